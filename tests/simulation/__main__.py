"""Runs a seed of the simulation again: `python -m tests.simulation SEED`."""

from __future__ import annotations

import argparse
import sys

from tests.simulation.running import run_seed


def main() -> int:
    """Run a seed, print what happened and which invariant broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("--trace", action="store_true", help="print the trace even where nothing breaks")
    arguments = parser.parse_args()
    outcome = run_seed(arguments.seed, traced=True)
    if outcome.broken or arguments.trace:
        sys.stdout.write("".join(f"{line}\n" for line in outcome.trace))
    sys.stdout.write(f"broken: {outcome.broken}: {outcome.detail}\n" if outcome.broken else "every invariant held\n")
    return 1 if outcome.broken else 0


if __name__ == "__main__":
    sys.exit(main())

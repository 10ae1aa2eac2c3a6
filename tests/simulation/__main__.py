"""Runs a seed of the simulation again: `python -m tests.simulation SEED`.

Where an invariant breaks, it looks for the shortest run that breaks the same one, and prints that run: a line for each
call of AWS and each action of the script, with its time, its process and what went wrong with it.
"""

from __future__ import annotations

import argparse
import sys

from tests.simulation.network import FAULTS
from tests.simulation.running import Cut, run_seed
from tests.simulation.script import draw
from tests.simulation.shrinking import shrink


def main() -> int:
    """Run a seed, print what happened and which invariant broke."""
    arguments = _parse()
    outcome = run_seed(arguments.seed, _cut(arguments))
    if outcome.broken and not arguments.as_it_is:
        cut, outcome = shrink(outcome)
    else:
        cut = outcome.cut
    if outcome.broken or arguments.trace:
        traced = run_seed(arguments.seed, cut, traced=True)
        sys.stdout.write("".join(f"{line}\n" for line in traced.trace))
    if outcome.broken is None:
        sys.stdout.write("every invariant held\n")
        return 0
    sys.stdout.write(f"broken: {outcome.broken}: {outcome.detail}\n")
    sys.stdout.write(f"again: python -m tests.simulation {arguments.seed} {_options(arguments.seed, cut)} --as-it-is\n")
    return 1


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument(
        "--without", default="", metavar="FAULT,...", help=f"faults that do not happen: {', '.join(FAULTS)}"
    )
    parser.add_argument("--only", metavar="NUMBER,...", help="the actions of the script that are done")
    parser.add_argument("--orderly", action="store_true", help="the pipe and the queue deliver all once and in order")
    parser.add_argument("--one-clock", action="store_true", help="all clocks show the same time")
    parser.add_argument("--as-it-is", action="store_true", help="look for no shorter run")
    parser.add_argument("--trace", action="store_true", help="print what happened even where nothing breaks")
    return parser.parse_args()


def _cut(arguments: argparse.Namespace) -> Cut:
    """What the options leave out."""
    left_out: frozenset[int] = frozenset()
    if arguments.only is not None:
        kept = {int(number) for number in arguments.only.split(",") if number}
        left_out = frozenset(action.number for action in draw(arguments.seed).actions) - kept
    faults = frozenset(filter(None, arguments.without.split(",")))
    return Cut(faults, left_out, is_orderly=arguments.orderly, has_skew=not arguments.one_clock)


def _options(seed: int, cut: Cut) -> str:
    """The options that leave out the same."""
    kept = [str(action.number) for action in draw(seed).actions if action.number not in cut.actions]
    options = [f"--only {','.join(kept)}"]
    options += [f'--without "{",".join(sorted(cut.faults))}"'] if cut.faults else []
    options += ["--orderly"] if cut.is_orderly else []
    options += [] if cut.has_skew else ["--one-clock"]
    return " ".join(options)


if __name__ == "__main__":
    sys.exit(main())

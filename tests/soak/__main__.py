"""`make soak`: boards on the embedded AWS at the highest rate that it holds, while parts of it are killed.

It ends with 1 where an activity is lost or counts twice, a reader gets answers that do not agree, or memory grows.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.soak.soak import Plan, soak
from tests.soak.summary import describe_outcome, find_growth


def main() -> int:
    """Read the command line, and soak."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="how long it lasts (default 30)")
    parser.add_argument("--rate", type=float, help="activities a second; the highest that is held by default")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = soak(Plan(60 * options.minutes, options.rate), Path(folder), _say)
    print(describe_outcome(outcome))
    return 1 if outcome.faults or find_growth(outcome) else 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())

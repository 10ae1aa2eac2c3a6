"""`make gameday`: breaks each part of a board on the embedded AWS, follows the runbook, and prints a transcript.

It ends with 1 at the first thing that is not as it should be: an alarm that does not go off or that does in vain, a
command of the runbook that fails, an activity that counts twice or not at all.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.gameday.faults import FAULTS
from tests.gameday.rehearsal import rehearse_day


def main() -> int:
    """Read the command line, and rehearse."""
    names = [fault.name for fault in FAULTS]
    parser = argparse.ArgumentParser(prog="make gameday", description=__doc__)
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=f"what to break; all by default: {', '.join(names)}")
    parser.add_argument("--json", action="store_true", help="write the result as JSON to stdout, the rest to stderr")
    options = parser.parse_args()
    if unknown := set(options.faults) - set(names):
        parser.error(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    chosen = tuple(fault for fault in FAULTS if not options.faults or fault.name in options.faults)
    stream, began = sys.stderr if options.json else sys.stdout, time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = rehearse_day(Path(folder), chosen, lambda line: print(line, file=stream, flush=True))
        except AssertionError as failure:
            print(f"\nfailed: {failure}", file=sys.stderr)
            return 1
    if options.json:
        print(json.dumps(found, indent=2))
    seconds = time.monotonic() - began
    print(f"\n{len(found)} faults, every alarm as expected, nothing lost; {seconds:.0f} seconds", file=stream)
    return 0


if __name__ == "__main__":
    sys.exit(main())

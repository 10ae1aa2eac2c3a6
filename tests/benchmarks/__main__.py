"""`make bench ARGS="MODE OPTIONS"`: measures one thing, and prints a table or JSON. `ARGS=--help` lists the modes.

A mode is a module of this package. It has a function `measure` and a function `table`, which formats for a person what
`measure` returns. It may have a function `add_options(parser)`: `measure` is called with the options that this adds.
INSTALLED names what the Makefile has to install first, so that nobody installs a tool that is not compared with.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from tests.benchmarks.measuring import CommandError
from tests.support.paths import REPOSITORY

DEFAULT = "generators"
MODES: Mapping[str, str] = {
    "generators": "`generate` and `validate`, against other generators",
    "gate": "`check`, against checkov alone; some minutes",
    "teams": "commands where 20 teams share a project of 200 boards",
    "plain": "commands with and without our faster code",
    "local": "answers and saves of `leaderboards local`",
    "merging": "merging of a rolling window's days, against adding them up",
    "units": "read and write units of an activity, against a claim, an update and an index",
    "rebuild": "rebuilds after some players have changed, against reading and sorting all, and Redis; an hour",
    "assembly": "the steps of an assembly, against a rebuild in one function; some minutes",
    "ranks": "ranks, pages and neighbours on large boards, against sqlite and Redis; half an hour",
    "processor": "what the processor decides about a batch, against `json.loads` of its messages",
    "calls": "calls and CPU of a batch with botocore, players alone and together",
}
"""What there is to measure: the module, and what it compares."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the arguments, install the peers, measure and print."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help")):
        given.insert(0, DEFAULT)
    first = argparse.ArgumentParser(
        prog="make bench ARGS=...",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures one of these, and prints ratios within one run. MODE --help lists its options.\n\n"
        + "\n".join(f"  {mode:<12} {compared}" for mode, compared in MODES.items()),
    )
    first.add_argument("mode", choices=MODES, metavar="MODE", help=f"what to measure; {DEFAULT} if left out")
    mode = first.parse_args(given[:1]).mode
    module: Any = import_module(f"tests.benchmarks.{mode}")
    parser = argparse.ArgumentParser(prog=f"make bench ARGS='{mode} ...'", description=module.__doc__)
    if hasattr(module, "add_options"):
        module.add_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = vars(parser.parse_args(given[1:]))
    as_json = options.pop("json")
    install(getattr(module, "INSTALLED", ()))
    try:
        found = module.measure(**options)
    except CommandError as error:
        sys.exit(str(error))
    print(json.dumps(found, indent=2) if as_json else module.table(found))


def install(peers: Sequence[str]) -> None:
    """Have the Makefile install what is compared with, where it is not there yet."""
    if peers and subprocess.run(["make", "--silent", *peers], cwd=REPOSITORY, check=False).returncode:
        sys.exit(3)


if __name__ == "__main__":
    main()

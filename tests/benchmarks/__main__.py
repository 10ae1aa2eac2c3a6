"""`make bench`: times all cases in turn, several times, and prints the best times, also as multiples of the first's."""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import cases, inputs, local, merging, saving
from tests.benchmarks.cases import Case
from tests.benchmarks.measuring import CommandError, Times, best, run

LONG_SECONDS = 10
"""A case that takes longer is run once: more runs would change its result by too little to matter."""


def main() -> None:
    """Parse the arguments, measure and print."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=...", description=__doc__)
    parser.add_argument("--boards", type=int, nargs="+", default=[1, 10, 100], metavar="N", help="1 10 100 if left out")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="runs of each case; 5 if left out")
    parser.add_argument("--only", default="", metavar="TEXT", help="cases whose names have this in them")
    parser.add_argument("--gate", action="store_true", help="time `check` against checkov instead; takes minutes")
    parser.add_argument("--teams", action="store_true", help="time commands for 200 boards of 20 teams instead")
    parser.add_argument("--plain", action="store_true", help="time commands with and without our faster code instead")
    parser.add_argument("--local", action="store_true", help="time answers and saves of `leaderboards local` instead")
    parser.add_argument("--merging", action="store_true", help="time merging of a rolling window's days instead")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args()
    if arguments.local:
        answers, saves = local.measure(), saving.measure_saves()
        if arguments.json:
            print(json.dumps({"answers": answers, "saves": saves}, indent=2))
        else:
            print(local.table(answers), saving.table(saves), sep="\n\n")
        return
    if arguments.merging:
        merged = merging.measure()
        print(json.dumps(merged, indent=2) if arguments.json else merging.table(merged))
        return
    if arguments.gate:
        chosen = cases.gate(max(arguments.boards))
    elif arguments.teams:
        chosen = cases.teams()
    elif arguments.plain:
        chosen = cases.plain_calls(arguments.boards)
    else:
        chosen = cases.generators(arguments.boards)
    compile_all()
    try:
        runs = measure([case for case in chosen if arguments.only in case.name], arguments.rounds)
    except CommandError as error:
        sys.exit(str(error))
    document = as_json(runs)
    print(json.dumps(document, indent=2) if arguments.json else table(document))


def compile_all() -> None:
    """Compiles every module once, as Python does at the first run of a command unless it may not write bytecode."""
    own = [inputs.ROOT / part for part in ("generator", "runtime")]
    for folder in (cases.BIN, cases.PEERS, cases.SCANNER):
        python = folder / "python"
        if python.exists():
            library = folder.parent / "lib"
            subprocess.run([python, "-m", "compileall", "-q", library, *own], stdout=subprocess.DEVNULL, check=False)


def measure(chosen: Sequence[Case], rounds: int) -> dict[Case, list[Times]]:
    """Runs the baseline and all cases in turn, so that other load on the machine slows all of them alike.

    Each run has a folder of its own, and none is deleted before the end: for some minutes ext4 does not reuse the
    inodes of deleted files, and skips them one by one, which makes every new file slow.
    """
    first = cases.baseline()
    runs: dict[Case, list[Times]] = {case: [] for case in (first, *chosen)}
    top = Path(tempfile.mkdtemp(prefix="leaderboards-bench-"))
    environment = cases.environment(top)
    try:
        for number in range(-1, rounds):
            for index, case in enumerate(runs):
                # Round -1 is not counted: it fills caches and compiles templates, for which one board is enough.
                if number < 0 and case.boards > 1:
                    continue
                if runs[case] and runs[case][0].wall > LONG_SECONDS:
                    continue
                note(f"round {max(0, number) + 1}/{rounds}: {case.name} {case.boards or ''}")
                folder = top / f"{index}-{number}"
                folder.mkdir()
                times = run(case.ready(folder, case.boards), folder, environment, case.codes)
                if number >= 0:
                    runs[case].append(times)
    finally:
        note("")
        shutil.rmtree(top, ignore_errors=True)
    return runs


def as_json(runs: dict[Case, list[Times]]) -> dict[str, object]:
    """The best run of each case, in seconds and in multiples of the baseline."""
    base = best(next(iter(runs.values())))
    rows = []
    for case, times in runs.items():
        least = best(times)
        rows.append(
            {
                "case": case.name,
                "boards": case.boards,
                "runs": len(times),
                "wall_seconds": round(least.wall, 4),
                "cpu_seconds": round(least.cpu, 4),
                "wall_ratio": round(least.wall / base.wall, 2),
                "cpu_ratio": round(least.cpu / base.cpu, 2),
            }
        )
    return {"versions": cases.versions(), "machine": platform.platform(), "rows": rows}


def table(document: dict[str, object]) -> str:
    """Formats what `as_json` returns as a table for a person."""
    lines = [f"{'best of the runs':<58} boards runs     wall      CPU   wall    CPU"]
    rows = document["rows"]
    assert isinstance(rows, list)
    for row in rows:
        lines.append(
            f"{row['case']:<58} {row['boards'] or '':>6} {row['runs']:>4} {row['wall_seconds'] * 1000:>5,.0f} ms "
            f"{row['cpu_seconds'] * 1000:>5,.0f} ms {row['wall_ratio']:>5.1f}x {row['cpu_ratio']:>5.1f}x"
        )
    versions = document["versions"]
    assert isinstance(versions, dict)
    lines += ["", ", ".join(f"{name} {version}" for name, version in versions.items()), str(document["machine"])]
    return "\n".join(lines)


def note(text: str) -> None:
    """Shows what is being timed, on one line of stderr, if that is a terminal."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

"""What is kept from one run of `leaderboards local` to the next: nothing is lost, and nothing is counted twice."""

from __future__ import annotations

import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from generator.local.keeping.folder import FILE
from generator.operations.local_run import LocalRun, read_local_run
from tests.end_to_end.game import get
from tests.support.processes import start_python
from tests.support.projects import board_yaml, project_yaml

YAML = project_yaml(board_yaml("wins", scoring="{rules: [{activity: win, points: 1}]}", window="{every: all_time}"))
COUNTED = "{aggregate: count, rules: [{activity: win}]}"
"""A scoring that gives the same scores, by another rule: what is stored means something else."""

PROGRAM = """
from generator.local.keeping import keeper
keeper.SAVE_SECONDS = 1.0
from generator.cli.main import main
main()
"""


@contextmanager
def run_local(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], LocalRun]]:
    """Run the command in a folder until the end of the `with`, with a folder that is saved every second."""
    ready = folder / "ready.json"
    arguments = ("local", "--keep", "kept", "--ready-file", str(ready), *options)
    process = start_python("-c", PROGRAM, *arguments, cwd=folder)
    try:
        until = time.monotonic() + 240
        while not ready.exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until, "not ready in time"
            time.sleep(0.05)
        yield process, read_local_run(ready)
    finally:
        process.kill()
        process.communicate()


def scan(run: LocalRun, table: str) -> list[dict[str, Any]]:
    """Every item of one of the board's tables."""
    pages = run.client("dynamodb").get_paginator("scan").paginate(TableName=run.boards["wins"][table])
    return [item for page in pages for item in page["Items"]]


def count_wins(run: LocalRun) -> Counter[str]:
    """The naive model: what each player must have, by the activities that are there."""
    return Counter(item["player_id"]["S"] for item in scan(run, "activities_table") if item["type"] == {"S": "win"})


def read_scores(run: LocalRun) -> Counter[str]:
    """What is counted of each player."""
    rows = [item for item in scan(run, "aggregates_table") if item["partition"]["S"].startswith("all-time#")]
    return Counter({item["player_id"]["S"]: int(item["columns"]["L"][0]["N"]) for item in rows})


def wait_until_counted(run: LocalRun, seconds: float = 120) -> Counter[str]:
    """Wait until the scores are those of the model for a while, and return them."""
    until = time.monotonic() + seconds
    while read_scores(run) != count_wins(run):
        assert time.monotonic() < until, (read_scores(run), count_wins(run))
        time.sleep(0.3)
    return read_scores(run)


def test_a_run_that_is_killed_under_load_loses_little_and_counts_nothing_twice(tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    for _ in range(2):
        with run_local(tmp_path, "--simulate", "60") as (process, run):
            before = len(scan(run, "activities_table"))
            until = time.monotonic() + 240
            while len(scan(run, "activities_table")) < before + 150:
                assert time.monotonic() < until, "nobody plays"
                time.sleep(0.2)
            for _ in range(2):  # the first save may have been begun before
                saved = (tmp_path / "kept" / FILE).stat().st_mtime_ns
                while (tmp_path / "kept" / FILE).stat().st_mtime_ns == saved:
                    time.sleep(0.05)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            (tmp_path / "ready.json").unlink()
    with run_local(tmp_path) as (process, run):
        scores = wait_until_counted(run)
        assert scores.total() >= 250
        api = run.boards["wins"]["api_url"]
        until = time.monotonic() + 240
        while get(f"{api}/v1/leaderboard?limit=1")[1]["entries"][0]["score"] != max(scores.values()):
            assert time.monotonic() < until
            time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    kept = f"kept in kept: {scores_described(scores, err)}"
    assert kept in err
    # What ends by itself keeps all.
    with run_local(tmp_path) as (process, run):
        assert wait_until_counted(run, 1) == scores


def scores_described(scores: Counter[str], err: str) -> str:
    """The words for what is kept: the number of activities is in the output, as some may have been rejected."""
    line = next(line for line in err.splitlines() if line.startswith("kept in kept: "))
    words = line.removeprefix("kept in kept: ")
    assert int(words.split(" ", 1)[0].replace(",", "")) >= scores.total()
    assert words.endswith("activities, 1 window")
    return words


def test_a_board_whose_score_means_something_else_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    with run_local(tmp_path, "--simulate", "60") as (process, run):
        while len(scan(run, "activities_table")) < 40:
            time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=240)
    (tmp_path / "leaderboards.yaml").write_text(YAML.replace("{rules: [{activity: win, points: 1}]}", COUNTED))
    with run_local(tmp_path) as (process, run):
        assert wait_until_counted(run).total() >= 30
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=240)
    assert "wins begins anew" in err


def test_the_clock_of_a_folder_goes_on(tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    with run_local(tmp_path, "--clock", "2030-01-01T00:00Z") as (process, _):
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=240)
    with run_local(tmp_path) as (_, run):
        assert run.call("now", {})["now"].startswith("2030-01-01T00:")

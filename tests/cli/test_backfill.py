"""`leaderboards backfill`: what is refused, and what it says."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from generator.activities.past import Survey
from generator.cli.operations.loading import backfill, text
from generator.cli.operations.loading.text import describe_load, describe_survey, show_progress
from generator.operations.backfilling.loading import LoadCounts
from generator.operations.following import Fate, PutBack
from runtime.domain.activity import StreamRecord
from tests.operations.past import Past, kill, write_lines
from tests.runtime.boards import NOW, board
from tests.support.cli import Result, run
from tests.support.executors import use_one_thread
from tests.support.projects import board_yaml, boards_of, head, project_yaml

FEED = f"""{head(project="past")}feeds:
  - {{name: matches, team: nebula, types: [kill]}}
boards:
{board_yaml("shared", feed="matches")}
"""


@pytest.fixture
def past(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Past:
    """A board in memory that the command finds."""
    use_one_thread(monkeypatch)
    found = Past(board(decimals=0, name="kills"))
    monkeypatch.setattr(backfill, "find_running", lambda *_: found.running)
    monkeypatch.setattr(backfill, "read_past_board", lambda *_: found.open(tmp_path).board)
    (tmp_path / "leaderboards.yaml").write_text(project_yaml(board_yaml("kills")))
    return found


def test_a_board_on_a_feed_and_a_file_that_is_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(FEED)
    assert run("backfill", "shared", "a.csv", cwd=tmp_path) == Result(
        2,
        "",
        "shared counts the feed matches: what is written there is for all its boards, and a grant is for one. Only a "
        "board with a table of its own can be backfilled; shared gets what is not over 30 days old from game servers, "
        "as always.\n",
    )
    (tmp_path / "leaderboards.yaml").write_text(project_yaml(board_yaml("kills")))
    assert run("backfill", "kills", "a.csv", cwd=tmp_path) == Result(2, "", "a.csv: there is no such file\n")
    assert run("backfill", "kills", ".", cwd=tmp_path) == Result(2, "", ".: is no file that can be read twice\n")


def test_what_is_wrong_is_said_and_nothing_written(past: Past, tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", [kill(), kill(type="kil")])
    said = 'a.jsonl:2:22: type: no rule of kills is for the type "kil". Did you mean "kill"?\nNothing is written.\n'
    assert run("backfill", "kills", "a.jsonl", cwd=tmp_path) == Result(2, "", said)
    write_lines(tmp_path / "b.jsonl", [kill(days=400)])
    assert run("backfill", "kills", "b.jsonl", cwd=tmp_path) == Result(
        1,
        "nebula/kills: 1 row in b.jsonl, 0 count\n  1 left out, over 365 days old (too_old)\n",
        "nothing of it would count in a window that has not ended\n",
    )
    assert not list(past.aws.tables["activities"].items())
    assert not list(past.aws.tables["marks"].items())


def test_it_says_what_counts_and_what_became_of_it(past: Past, tmp_path: Path) -> None:
    write_lines(
        tmp_path / "a.jsonl", [kill("ann", 0.5), kill("bob", 40), kill("bob", 40), kill("cid", 40, type="chat")]
    )
    lines = (
        "nebula/kills: 4 rows in a.jsonl, 3 count, 2026-10-15T00:00:00.000Z to 2026-11-23T12:00:00.000Z\n"
        "  1 in 2026-W48\n  3 in all-time\n  1 left out, not for this board (ignored)\nat 50 a second it takes 1 s\n"
    )
    assert run("backfill", "kills", "a.jsonl", "--dry-run", cwd=tmp_path) == Result(0, lines, "")
    assert not list(past.aws.tables["marks"].items())
    said = "nebula/kills: 3 written, 0 there already\n"
    done = run("backfill", "kills", "a.jsonl", "--no-wait", "--why", "the beta", cwd=tmp_path)
    assert done == Result(0, lines + said, "")
    past.settle()
    document = json.loads(run("backfill", "kills", "a.jsonl", "--json", "--rate", "7", cwd=tmp_path).stdout)
    assert document == {
        "board": "kills",
        "file": "a.jsonl",
        "dry_run": False,
        "rows": 4,
        "counting": 3,
        "windows": {"2026-W48": 1, "all-time": 3},
        "left_out": {"ignored": 1},
        "oldest": "2026-10-15T00:00:00.000Z",
        "newest": "2026-11-23T12:00:00.000Z",
        "rate": 7,
        "written": 0,
        "there": 3,
        "outcome": {"counted": 3, "rejected": {}, "unmarked": 0, "dead": 0, "unknown": 0},
    }
    deeds = [row for (partition, _), row in past.aws.tables["marks"].items() if partition == "#audit"]
    assert sorted((row["state"]["S"], row["why"]["S"]) for row in deeds) == [("done", ""), ("done", "the beta")]
    arguments = json.loads(deeds[0]["arguments"]["S"])
    assert (arguments["file"], arguments["rows"], len(arguments["sha256"])) == ("a.jsonl", 4, 64)


def test_what_is_rejected_is_a_finding(past: Past, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_lines(tmp_path / "a.jsonl", [kill()])
    fates = [Fate(rejected={"over_limit": 2}, counted=1, dead=1, unknown=1)]
    monkeypatch.setattr(backfill, "follow", lambda *_: fates)
    done = run("backfill", "kills", "a.jsonl", cwd=tmp_path)
    assert (done.code, done.stderr) == (
        1,
        "2 rejected (over_limit): `leaderboards rejected kills` says why\n"
        "1 in the dead-letter queue: the processor's log says why\n"
        "what becomes of 1 is not known after 240 seconds; run it again to see\n",
    )


def test_progress_has_the_time_that_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "monotonic", lambda: 110.0)
    assert show_progress(LoadCounts(1_500, 500), 10_000, 100.0) == "2,000 of 10,000, 40 s left"
    assert show_progress(LoadCounts(), 10_000, 100.0) == "0 of 10,000, 1 s left"
    assert show_progress(LoadCounts(1_000), 100_000, 100.0) == "1,000 of 100,000, 16 min left"
    assert show_progress(LoadCounts(100), 100_000, 100.0) == "100 of 100,000, 2.8 h left"


def test_of_very_many_only_some_are_followed() -> None:
    followed: Any = PutBack()
    followed.add(StreamRecord("ann", "x", NOW, {}))
    assert describe_load(Fate(counted=1), followed, False) == "1 counted"
    assert describe_load(Fate(unknown=1), followed, False) == "of 1: 0 counted, 1 on their way"
    (found,) = boards_of(project_yaml(board_yaml("kills")))
    survey = Survey(rows=1, left_out=Counter({"sealed": 1}))
    assert list(describe_survey(found, "\x1b.csv", survey, 1)) == [
        "nebula/kills: 1 row in \\x1b.csv, 0 count",
        "  1 left out, the window is sealed (sealed)",
    ]

"""`leaderboards export`: what is refused, where it writes, and that somebody took data out is written down."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from generator.cli.operations.ranks import export as command
from generator.errors import OperationError
from generator.operations.audit.reading import list_deeds
from generator.operations.ranks.exporting import ExportedRanks
from tests.operations.managed import Managed
from tests.runtime.boards import NOW, item
from tests.runtime.world import World
from tests.support.cli import Result, run

RANKS = (
    "rank,player_id,name,at,columns.score\r\n"
    "1,bob,'=1+1,2026-11-24T00:00:00.001Z,20\r\n"
    "2,ann,,2026-11-24T00:00:00.000Z,10\r\n"
)
SAID = "nebula/weekly-kills: 2 ranks of all-time, as of 2026-11-24T00:00:01.000Z"


@pytest.fixture
def managed(monkeypatch: pytest.MonkeyPatch) -> Managed:
    """A board on which two have played; the command finds it wherever it looks."""
    world = World()
    world.put(item("ann", NOW), item("bob", NOW, 1, name="=1+1"), item("bob", NOW + 1, 2))
    managed = Managed(world)
    managed.rebuild()
    monkeypatch.setattr(command, "find_managed", lambda _board, _place: managed.board)
    return managed


@pytest.fixture
def deeds(managed: Managed) -> Any:
    """What is written down of what was done, the newest first."""
    marks = managed.board.running.marks
    return lambda: [(each.command, each.arguments, each.window, each.state, each.outcome) for each in list_deeds(marks)]


def test_ranks_go_to_stdout_and_words_about_them_to_stderr(managed: Managed, folder: Path, deeds: Any) -> None:
    assert run("export", "weekly-kills", "--window", "all_time", cwd=folder) == Result(0, RANKS, f"{SAID}\n")
    assert deeds() == [("export", {"activities": False, "format": "csv"}, "all-time", "done", {"rows": 2})]


def test_a_file_is_replaced_as_a_whole_and_read_by_nobody_else(managed: Managed, folder: Path) -> None:
    file = folder / "kills.csv"
    file.write_text("old")
    words = ("export", "weekly-kills", "--window", "all-time", "--output", "kills.csv")
    assert run(*words, cwd=folder) == Result(0, "", f"{SAID}, in kills.csv\n")
    assert file.read_bytes().decode() == RANKS
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    document = json.loads(run(*words, "--json", cwd=folder).stdout)
    assert document == {
        "board": "weekly-kills",
        "window": "all-time",
        "format": "csv",
        "rows": 2,
        "as_of": "2026-11-24T00:00:01.000Z",
        "sealed": False,
        "output": "kills.csv",
    }


def test_one_that_fails_leaves_the_old_file_and_a_deed(
    managed: Managed, folder: Path, monkeypatch: pytest.MonkeyPatch, deeds: Any
) -> None:
    def read(self: ExportedRanks) -> Any:
        yield [{"rank": 1}]
        raise OperationError("AWS: no")

    monkeypatch.setattr(ExportedRanks, "read", read)
    (folder / "kills.jsonl").write_text("old")
    before = sorted(folder.iterdir())
    words = ("export", "weekly-kills", "--window", "all-time", "--output", "kills.jsonl")
    assert run(*words, cwd=folder) == Result(3, "", "AWS: no\n")
    assert ((folder / "kills.jsonl").read_text(), sorted(folder.iterdir())) == ("old", before)
    assert [each[3:] for each in deeds()] == [("failed", {"rows": 1})]


def test_one_is_one(managed: Managed, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExportedRanks, "read", lambda _: iter([[{"rank": 1}]]))
    said = "nebula/weekly-kills: 1 rank of all-time, as of 2026-11-24T00:00:01.000Z\n"
    assert run("export", "weekly-kills", "--window", "all_time", cwd=folder).stderr == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--window: ranks are those of a window; write its id, or a kind such as week.\n"),
        (("--window", "week", "--json"), "--json: it needs --output FILE, as stdout can have one of the two.\n"),
        (
            ("--window", "week", "--output", "/dev/null"),
            "--output: /dev/null is a device or a pipe, which cannot be replaced; - writes to stdout.\n",
        ),
        (("--window", "week", "--output", "."), "--output: . is a folder; write the name of a file.\n"),
        (
            ("--output", "no/x.csv"),
            "--window: ranks are those of a window; write its id, or a kind such as week.\n"
            "--output: there is no folder no.\n",
        ),
        (
            ("--window", "week", "--format", "parquet"),
            "--format: parquet needs pyarrow, which is not installed here: `pip install pyarrow` where `leaderboards` "
            "is, `uv tool install --with pyarrow leaderboards-from-yaml`, or `pipx inject leaderboards-from-yaml "
            "pyarrow`.\n"
            "--format parquet: it needs --output FILE, as stdout can have one of the two.\n",
        ),
        (
            ("--window", "x y"),
            "--window: window is a kind of window, KIND:previous, or the id of a window\n",
        ),
    ],
)
def test_what_is_wrong_is_told_at_once(
    managed: Managed, folder: Path, words: tuple[str, ...], said: str, deeds: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "has_parquet", lambda: False)
    assert run("export", "weekly-kills", *words, cwd=folder) == Result(2, "", said)
    assert deeds() == []

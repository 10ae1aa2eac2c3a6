"""An export has what the board shows, from one snapshot, and each activity with what became of it."""

from __future__ import annotations

import io
import sqlite3
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from generator.activities.files import open_data
from generator.errors import InputError, OperationError
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.ranks import exporting
from generator.operations.ranks.activities import ExportedActivities, list_read_fields
from generator.operations.ranks.exporting import export_ranks, find_window
from generator.operations.ranks.formats import Document, JsonLines
from runtime.config import BoardConfig, Segment, Ties
from runtime.domain.instants import DAY, rfc3339
from runtime.dynamodb.decisions import DecisionStore
from runtime.s3.cache import ByteCache
from runtime.s3.ranks import sizes
from tests.operations.game import Game
from tests.operations.lost import Lost
from tests.operations.managed import Managed
from tests.runtime.boards import BOARD, NOW, board, item
from tests.runtime.daily import DAILY, END, MINUTE, seal
from tests.runtime.world import World

SHOWN = board(
    decimals=2, ties="shared", segments=(Segment("country", "country", "Country"),), attach=("clip", "never"), top=3
)


def crowd(config: BoardConfig = SHOWN, players: int = 23) -> Managed:
    """A board on which players have several scores, some of them equal, and which was rebuilt."""
    world = World(config)
    made = [
        item(f"p{number:02}", NOW + number, kill, name=f"N {number}", country="DE" if number % 3 else None, clip="c")
        for number in range(players)
        for kill in range(number % 5 + 1)
    ]
    assert not world.put(*made).failed
    managed = Managed(world)
    managed.rebuild()
    return managed


def read_ranks(board: ManagedBoard, window: str = "all_time") -> list[Document]:
    return [document for page in export_ranks(board, window).read() for document in page]


def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of five entries, of which six are read at a time."""
    monkeypatch.setattr(sizes, "BLOCK", 5)
    monkeypatch.setattr(exporting, "PAGE", 3)
    monkeypatch.setattr(exporting, "PAGES", 2)


@pytest.mark.parametrize("ties", ["first", "shared", "dense"])
def test_ranks_are_those_that_the_api_shows(monkeypatch: pytest.MonkeyPatch, ties: Ties) -> None:
    small_blocks(monkeypatch)
    managed = crowd(replace(SHOWN, ties=ties))
    DecisionStore(managed.world.table).hide("p07", managed.now)
    managed.rebuild()
    found = read_ranks(managed.board)
    shown = managed.world.page(managed.now, window="all_time", limit="100")["entries"]
    assert len(found) == 22
    for document, entry in zip(found, shown, strict=True):
        assert {name: document[name] for name in ("rank", "player_id", "name", "at")} == {
            name: entry[name] for name in ("rank", "player_id", "name", "at")
        }
        assert {name: float(value) for name, value in document["columns"].items()} == entry["columns"]
        assert document["attached"] == entry["attached"]
    assert found[0]["columns"] == {"score": Decimal("50.00")}
    countries = {document["player_id"]: document["segments"]["country"] for document in found}
    assert (countries["p08"], countries["p09"]) == ("DE", None)
    assert [field.name for field in export_ranks(managed.board, "all_time").fields] == [
        *("rank", "player_id", "name", "at", "columns.score", "segments.country", "attached.clip", "attached.never")
    ]


def test_all_ranks_are_of_one_snapshot_whatever_is_rebuilt_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    small_blocks(monkeypatch)
    managed = crowd()
    before = read_ranks(managed.board)
    pages = export_ranks(managed.board, "all_time").read()
    found = list(next(pages))
    managed.world.play("p00", *["p00"] * 20, at=managed.now)
    managed.rebuild()
    found += [document for page in pages for document in page]
    assert found == before
    assert read_ranks(managed.board) != before


def test_a_snapshot_whose_files_are_gone_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    small_blocks(monkeypatch)
    managed = crowd()
    pages = export_ranks(managed.board, "all_time").read()
    next(pages)
    managed.world.aws.bucket.objects.clear()
    managed.world.bucket.cache = ByteCache()
    with pytest.raises(OperationError, match=r"^the snapshot was replaced while it was read: run this again$"):
        list(pages)


def test_current_kept_and_final_windows_are_found_as_the_api_finds_them() -> None:
    world = World(DAILY)
    world.play("ann", "bob")
    world.rebuild(NOW + 1)
    world.play("cid", at=END)
    now = seal(world)
    managed = Managed(world, now + MINUTE)
    managed.rebuild()
    for window, players in (("day:previous", ["ann", "bob"]), ("2026-11-24", ["ann", "bob"]), ("day", ["cid"])):
        assert [each["player_id"] for each in read_ranks(managed.board, window)] == players
    ranks = find_window(managed.board, "day:previous").ranks
    assert ranks
    assert ranks.sealed
    with pytest.raises(InputError) as refused:
        export_ranks(managed.board, "2026-11-20")
    assert str(refused.value) == "--window: no window 2026-11-20; this board has day, all_time"


def test_a_board_without_a_snapshot_has_no_ranks() -> None:
    assert read_ranks(Managed(World()).board) == []


class Played:
    """A board on which much was written, as its game server wrote it."""

    def __init__(self, config: BoardConfig, *written: dict[str, Any], unseen: tuple[dict[str, Any], ...] = ()) -> None:
        """`unseen`: what lies in the table and nobody has decided on."""
        game = Game(config)
        lost = Lost(game)
        lost.write(*written, *unseen)
        game.world.put(*written)
        managed = Managed(game.world)
        managed.rebuild()
        self.board = replace(managed.board, running=replace(lost.running, now=lambda: managed.now))

    def export(self, window: str | None = None, **more: Any) -> dict[tuple[str, str], Document]:
        view = find_window(self.board, window) if window else None
        self.exported = ExportedActivities(self.board, view.window if view else None, **more)
        found = [document for page in self.exported.read() for document in page]
        assert len({(each["player_id"], each["activity_id"]) for each in found}) == len(found)
        return {(each["player_id"], each["activity_id"][-1:]): each for each in found}


def outcomes(found: dict[tuple[str, str], Document]) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {key: (each["#outcome"], each["#reason"], each["#windows"]) for key, each in found.items()}


def test_each_activity_has_what_became_of_it() -> None:
    old = item("bob", NOW - 8 * DAY, 5)
    bad = {**item("eve", NOW, 6), "activity_id": {"S": "no id 7"}}
    played = Played(
        board(decimals=0),
        item("ann", NOW, 1, name="Ann", damage=Decimal("-12.50"), mode="ranked", best=True, extra=None),
        item("ann", NOW, 2, type="nonsense"),
        item("ann", NOW, 3, type="chat"),
        {**item("bob", NOW, 4), "list": {"L": []}, "#backfill": {"S": "x:y"}, "expires_at": {"N": "1900000000"}},
        old,
        bad,
        unseen=(item("bob", NOW, 8), item("#probe-1", NOW, 9)),
    )
    found = played.export()
    assert outcomes(found) == {
        ("ann", "1"): ("counted", None, "2026-W48 all-time"),
        ("ann", "2"): ("rejected", "unknown_type", None),
        ("ann", "3"): (None, None, None),
        ("bob", "4"): ("counted", None, "2026-W48 all-time"),
        ("bob", "5"): ("counted", None, "all-time"),
        ("eve", "7"): ("rejected", "bad_activity_id", None),
        ("bob", "8"): (None, None, None),
    }
    assert played.exported.left_out == 1
    assert found["ann", "2"]["#detail"] == 'no rule of this board is for the type "nonsense"'
    assert {name: value for name, value in found["ann", "1"].items() if not name.startswith("#")} == {
        "player_id": "ann",
        "activity_id": item("ann", NOW, 1)["activity_id"]["S"],
        "type": "kill",
        "at": rfc3339(NOW),
        "name": "Ann",
        "best": True,
        "damage": Decimal("-12.50"),
        "mode": "ranked",
    }
    assert set(played.export("week")) == set(found) - {("bob", "5"), ("eve", "7")}
    assert set(played.export(types={"nonsense"})) == {("ann", "2")}


def test_a_full_disk_is_no_fault_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reasons of many rejections do not fit into memory: SQLite writes them into a temporary file."""

    def connect(_: str) -> sqlite3.Connection:
        database = connect_for_real("")
        database.execute("PRAGMA max_page_count = 2")
        return database

    connect_for_real = sqlite3.connect
    played = Played(board(decimals=0), *(item("ann", NOW, number, type="x" * 2000) for number in range(5)))
    monkeypatch.setattr("sqlite3.connect", connect)
    said = "a temporary file cannot be written: database or disk is full; TMPDIR says in which folder"
    with pytest.raises(OperationError) as refused:
        played.export()
    assert str(refused.value) == said


def test_where_one_run_is_kept_its_score_says_which() -> None:
    runs = (item("ann", NOW + number, number) for number in (1, 2))
    found = Played(board(aggregate="last"), *runs, item("bob", NOW, 3)).export()
    assert outcomes(found) == {
        ("ann", "1"): (None, None, None),
        ("ann", "2"): ("kept", None, "2026-W48 all-time"),
        ("bob", "3"): ("kept", None, "2026-W48 all-time"),
    }


def test_a_table_has_the_fields_that_the_board_reads() -> None:
    config = replace(BOARD, attach=("clip",), segments=(Segment("land", "country", "Land"),))
    assert list_read_fields(config) == ["clip", "country", "damage", "mode"]


def test_json_lines_of_activities_are_a_file_of_activities(tmp_path: Path) -> None:
    written = [
        item("ann", NOW, 1, name="Ann", damage=Decimal("12.5"), mode='"7"\u2028', best=True, country="#DE"),
        item("7", NOW, 2, type="nonsense"),
    ]
    file = tmp_path / "activities.jsonl"
    output = io.BytesIO()
    JsonLines(output, []).write([*Played(board(decimals=0), *written).export().values()])
    file.write_bytes(output.getvalue())
    assert output.getvalue().count(b'"#outcome"') == 2
    [data] = open_data([str(file)], ["weekly-kills"])
    read = [dict(draft.item) for _, draft in data.read(NOW)]
    assert all(each.pop("expires_at") for each in read)
    assert sorted(read, key=str) == sorted(written, key=str)

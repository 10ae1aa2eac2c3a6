"""What the event of a closed window says of numbers as people read them: beside the numbers, and within its size."""

from __future__ import annotations

import json
from typing import Any

from generator.operations.event_text import describe_window_closed
from runtime.config import BOUND, BoardConfig, Column
from runtime.domain import events
from runtime.domain.instants import HOUR
from runtime.domain.ranking import RankedEntry, WindowRanks
from runtime.domain.texts.attached import MAX_BYTES, attach
from runtime.domain.windows import Window
from tests.runtime.boards import NOW, board

READ = (
    Column("time_ms", "ascending", title="Time", format="duration", unit="ms"),
    Column("fish", "descending"),
    Column("biggest", "descending", decimals=2, unit="kg"),
)


def close(config: BoardConfig, *entries: RankedEntry) -> dict[str, Any]:
    ranks = WindowRanks(Window("2026-11-24", "day", NOW, NOW + 24 * HOUR), 10**7, "", "", "first")
    return events.window_closed_detail(config, ranks, entries)


def test_texts_stand_beside_the_numbers_of_columns_that_say_how() -> None:
    detail = close(board(columns=READ), RankedEntry(0, 1, "ann", None, (92417, 30, 9940), NOW))
    assert detail["top"] == [
        {
            "rank": 1,
            "player_id": "ann",
            "name": None,
            "columns": {"time_ms": 92417, "fish": 30, "biggest": 99.4},
            "texts": {"time_ms": "1:32.417", "biggest": "99.40 kg"},
        }
    ]
    assert describe_window_closed(detail).endswith('1. ann time_ms 1:32.417 fish 30 biggest "99.40 kg"')


def test_a_board_whose_columns_say_nothing_has_none() -> None:
    entry = RankedEntry(0, 1, "ann", None, (92417,), NOW)
    (plain,) = close(board(columns=(Column("score", "descending", title="Kills"),)), entry)["top"]
    assert [*plain] == ["rank", "player_id", "name", "columns"]


def test_texts_of_an_event_are_a_strangers() -> None:
    """Whatever stands in an event is quoted before it reaches a terminal."""
    top = [{"rank": 1, "player_id": "ann", "columns": {"a": 1, "b": 2}, "texts": {"a": "\x1b[31m", "c": 5}}]
    assert describe_window_closed({"players": 1, "top": top}) == '1 player: 1. ann a "\\x1b[31m" b 2'
    assert describe_window_closed({"players": 1, "top": [top[0] | {"texts": 3}]}) == "1 player: 1. ann a 1 b 2"
    assert describe_window_closed({"players": 2, "top": [], "revision": "\x1b"}) == 'revision "\\x1b", 2 players'


def test_the_largest_event_with_texts_fits() -> None:
    """256 kB (EventBridge quotas, "PutEvents entry size"), with every entry as large as it may be."""
    columns = tuple(Column(f"c{number}_{'x' * 29}", "descending", unit="\U0001f389" * 12) for number in range(8))
    names = tuple("abcdefgh")
    fields = attach(names, dict.fromkeys(names, "x" * (MAX_BYTES // 8 - 8)))
    entry = RankedEntry(0, 10**7, "x" * 128, "\U0001f389" * 64, (-BOUND,) * 8, NOW, fields)
    detail = close(board(columns=columns, attach=names), *[entry] * events.TOP_IN_EVENT)
    size = len(json.dumps(detail, ensure_ascii=False).encode())
    assert 230_000 < size < 250_000
    have = ["texts" in each for each in detail["top"]]
    assert len(have) == 100
    assert 50 < sum(have) < 60
    assert have == sorted(have, reverse=True), "the first have them"


def test_usual_texts_all_fit() -> None:
    entries = [RankedEntry(n, n + 1, f"p{n}", None, (92417 + n, 30, 9940), NOW) for n in range(100)]
    assert all("texts" in each for each in close(board(columns=READ), *entries)["top"])

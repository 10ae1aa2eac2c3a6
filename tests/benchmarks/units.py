"""Counts the read and write units of an activity, and those of the plain design for the same activities.

The plain design is what a game server does that keeps a table of scores itself: for each activity it claims the id with
a conditional put, adds to the score in each window, and DynamoDB keeps an index by score up to date. An index by a
value that changes costs two writes for each change (Amazon DynamoDB developer guide, "Global secondary indexes: write
considerations"). It counts an activity twice or never where it dies between its writes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from runtime.config import BoardConfig, Column, Points, Rule, WindowKind
from tests.benchmarks.stand_in import metering
from tests.benchmarks.stand_in.counting import Counts
from tests.runtime.boards import NOW, board, item
from tests.runtime.world import World
from tests.support.memory_aws import Call

BATCH = 100
"""Activities of a batch."""
EACH = (1, 5, 20)
"""How many of them are of one player."""
INDEX_WRITES = 2
"""Writes of an index for each change of a score."""
_ENDLESS, _DAY, _WEEK = WindowKind("all_time"), WindowKind("day"), WindowKind("week")
_SCORED = (Rule("boss", (Points(Decimal(0), "damage"),)),)
_TIME = (Column("time_ms", "ascending", "best"),)


def _run_board(aggregate: str, *windows: WindowKind) -> BoardConfig:
    return board(rules=_SCORED, columns=_TIME, aggregate=aggregate, windows=windows)


BOARDS = {
    "a sum in one window": board(rules=_SCORED, windows=(_ENDLESS,)),
    "a sum in two windows": board(rules=_SCORED, windows=(_ENDLESS, _WEEK)),
    "a sum in three windows": board(rules=_SCORED, windows=(_ENDLESS, _WEEK, _DAY)),
    "a best run in one window": _run_board("best", _ENDLESS),
    "a best run in two windows": _run_board("best", _ENDLESS, _WEEK),
    "a last run in one window": _run_board("last", _ENDLESS),
}
"""Boards of several kinds, by what they are."""

Row = dict[str, Any]


def measure() -> list[Row]:
    """Units for each activity, on each kind of board, with several activities of a player in a batch."""
    return [_measure_board(name, config, each) for name, config in BOARDS.items() for each in EACH]


def table(rows: Sequence[Row]) -> str:
    """Formats what `measure` returns as a table for a person."""
    lines = [f"{'units of an activity':<28} {'of each player':>14} {'writes':>8} {'reads':>8} {'plain writes':>13}"]
    for row in rows:
        lines.append(
            f"{row['board']:<28} {row['of_each']:>14} {row['writes']:>8.2f} {row['reads']:>8.2f} "
            f"{row['plain_writes']:>13.2f}   {row['writes'] / row['plain_writes']:.2f}x"
        )
    return "\n".join(lines)


def _measure_board(name: str, config: BoardConfig, each: int) -> Row:
    world = World(config)
    counts = Counts()
    world.aws.set_page_items(10_000)

    def intercept(call: Call, carry_out: Callable[[], Any]) -> Any:
        if call.service != "dynamodb":
            return carry_out()
        return metering.carry_out(world.aws.tables, counts, call.operation, call.request, carry_out)

    world.aws.intercept = intercept
    # The first batch opens windows, and finds no player.
    for batch in range(2):
        counts.take()
        assert not world.put(*_make_batch(each, batch)).failed
    units, windows = counts.take(), len(config.windows)
    return {
        "board": name,
        "of_each": each,
        "writes": units.get("write_units", 0) / BATCH,
        "reads": units.get("read_units", 0) / BATCH,
        "plain_writes": 1 + windows * (1 + INDEX_WRITES),
    }


def _make_batch(each: int, batch: int) -> list[dict[str, Any]]:
    """A batch in which every activity is better than those before it."""
    made = []
    for number in range(BATCH):
        at = NOW + batch * 1000 + number
        fields = {"type": "boss", "damage": Decimal(1000 - batch * BATCH - number)}
        made.append(item(f"player-{number // each:03}", at, number, **fields))
    return made

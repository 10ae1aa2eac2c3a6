"""Counts what each key of a board costs: `python -m tests.cost.keys` prints the table of docs/cost.md.

A board in memory counts an activity and makes a rebuild, without the key and with it. Units are those that AWS charges:
a write of each begun kB, twice that in a transaction; a read of each begun 4 kB.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from generator.aws.limits import ceil_div
from generator.cost.functions import BATCH_READS, READ_UNIT_BYTES, WRITE_UNIT_BYTES
from runtime.config import BoardConfig, Column, Points, Rule, Segment, WindowKind
from tests.cost.metering import Meter
from tests.runtime.boards import NOW, board, item
from tests.runtime.world import World
from tests.support.memory_aws import Call
from tests.support.memory_aws.values import item_bytes

PLAYERS = 10
"""So few that each list has one block: each 2,000 more add as many files again, but for the first two of a window."""
WEEK = (WindowKind("week"),)
RULE = (Rule("kill", (Points(Decimal(10)), Points(Decimal(0), "kg"))),)
PLAIN = (Column("fish", "descending"), Column("biggest", "descending"))
OWN = (Column("fish", "descending", "sum"), Column("biggest", "descending", "best", 2))
READABLE = tuple(Column(each.name, each.order, title="Fish", format="distance", unit="km") for each in PLAIN)
SUM = board(windows=WEEK, columns=PLAIN, rules=RULE)
RUN = (Rule("kill", (Points(Decimal(0), "kg"),)),)
BEST = board(windows=WEEK, aggregate="best", rules=RUN)
COUNTRY = (Segment("country", "country", "Country"),)


@dataclass(frozen=True)
class Cost:
    """What an activity and a rebuild ask for."""

    writes: int
    """Write units of an activity in the marks and aggregates tables."""
    reads: int
    """Read units of an activity in the same, beside those of its batch."""
    objects: int
    """Files that a rebuild writes for one window."""


KEYS: dict[str, tuple[BoardConfig, BoardConfig]] = {
    "`rank_by` with an `aggregate` of each column": (SUM, board(windows=WEEK, columns=OWN, rules=RULE)),
    "`title`, `format`, `unit`": (SUM, board(windows=WEEK, columns=READABLE, rules=RULE)),
    "`lasts`": (SUM, board(windows=(WindowKind("week", lasts_seconds=6 * 86_400),), columns=PLAIN, rules=RULE)),
    "`attach`, sum": (SUM, board(windows=WEEK, columns=PLAIN, rules=RULE, attach=("photo",))),
    "`attach`, best": (BEST, board(windows=WEEK, aggregate="best", rules=RUN, attach=("photo",))),
    "`segments`, sum": (SUM, board(windows=WEEK, columns=PLAIN, rules=RULE, segments=COUNTRY)),
    "`segments`, best": (BEST, board(windows=WEEK, aggregate="best", rules=RUN, segments=COUNTRY)),
    "`api.search_names`": (SUM, board(windows=WEEK, columns=PLAIN, rules=RULE, search_names=True)),
}
"""Each key, with a board that lacks it and one that has it."""


class WriteMeter(Meter):
    """Counts writes by the size of the item, and twice in a transaction."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.world = world

    def _meter(self, call: Call, carry_out: Callable[[], Any]) -> Any:
        written = _list_writes(call)
        if not written and call.operation != "batch_get_item":
            return super()._meter(call, carry_out)
        answer = carry_out()
        for action in written:
            times = 2 if call.operation == "transact_write_items" else 1
            self.units["writes"] += times * ceil_div(self._size(action), WRITE_UNIT_BYTES)
        for found in answer.get("Responses", {}).values():
            self.units["reads"] += sum(ceil_div(item_bytes(each), READ_UNIT_BYTES) for each in found)
        return answer

    def _size(self, action: dict[str, Any]) -> int:
        """The bytes of the item that an action wrote."""
        table = self.world.aws.tables[action["TableName"]]
        key = action.get("Key") or action["Item"]
        return item_bytes(table[tuple(key[name]["S"] for name in table.keys_of_items)])


def _list_writes(call: Call) -> list[dict[str, Any]]:
    """The writes of a call to a table."""
    if call.operation == "transact_write_items":
        return [action for each in call.request["TransactItems"] for action in each.values()]
    return [dict(call.request)] if call.operation in ("put_item", "update_item") else []


def count(config: BoardConfig) -> Cost:
    """Count what a board asks for: an activity of a player who has played before, and a rebuild."""
    world = World(config)
    play = [_catch(f"p{player:02}", player) for player in range(PLAYERS)]
    assert not world.put(*play).failed
    # A processor that has just started remembers no aggregate of the player, but soon what all activities ask for.
    world.deploy(config)
    assert not world.put(_catch("p01", PLAYERS + 1)).failed
    meter = WriteMeter(world)
    assert not world.put(_catch("p00", PLAYERS)).failed
    took = meter.take()
    world.rebuild(NOW + 1000)
    files = [key for key in world.aws.bucket.bodies() if "/ranks/" in key]
    return Cost(took["writes"], took["reads"] - BATCH_READS, len(files))


def make_table() -> str:
    """The table: each key with what the board asks for, without and with it."""
    rows = [
        "| key | write units of an activity | read units of an activity | files of a window |",
        "|---|---:|---:|---:|",
    ]
    for key, (without, having) in KEYS.items():
        before, after = count(without), count(having)
        pairs = ((before.writes, after.writes), (before.reads, after.reads), (before.objects, after.objects))
        cells = [f"{old}" if old == new else f"{old}, with it {new}" for old, new in pairs]
        rows.append(f"| {key} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _catch(player: str, number: int) -> dict[str, Any]:
    """A catch with all that any of the boards reads."""
    more: dict[str, Any] = {"photo": "https://cdn.example.com/photos/0196a3c27c1e.jpg", "country": "BR", "kg": number}
    return item(player, NOW + number, number, name=f"Player {number}", **more)


if __name__ == "__main__":
    print(make_table(), end="")

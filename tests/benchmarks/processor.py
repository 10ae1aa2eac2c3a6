"""Times what the processor decides about a batch, as multiples of reading the same messages with `json.loads`.

That is: reading each message as a stream record, judging it, and folding it into its player's stored aggregates. No
call to AWS is made meanwhile. The unit is what no consumer of the queue can do without, so the multiples of two
releases compare, whatever machine each ran on.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from runtime import processor
from runtime.config import BoardConfig, Column, Points, Rule, Segment, WindowKind
from runtime.domain.counting import count_activities
from runtime.domain.instants import DAY
from runtime.domain.judging import Contribution
from runtime.domain.scoring import Aggregate, aggregate_of_one, keep_run
from runtime.domain.windows import Window
from runtime.processor import BatchResult
from tests.runtime.boards import NOW, board, item
from tests.runtime.world import processor_of
from tests.support.memory_aws import HookedAws

BATCH, ROUNDS = 1_000, 9
KILL = Rule("kill", (Points(Decimal(10)),))
BOSS = (
    Rule("boss", (Points(Decimal(50), "damage", Decimal("0.01")),), (("mode", ("ranked", "brawl")), ("won", (True,)))),
    Rule("boss", (Points(Decimal(0), "damage", Decimal("0.5")),), (("mode", ("casual",)),)),
    Rule("boss", (Points(Decimal("0.5")),)),
)
ENDLESS, WEEK, DAILY = WindowKind("all_time"), WindowKind("week", "Europe/Berlin", 240), WindowKind("day")
TIME = (Column("time_ms", "ascending", "best"),)
BOARDS = {
    "a sum of one rule": board(rules=(KILL,), windows=(ENDLESS,), decimals=0),
    "a sum of a number (per)": board(rules=(Rule("boss", (Points(Decimal(0), "damage"),)),), windows=(ENDLESS,)),
    "a sum by conditions (when)": board(rules=(KILL, *BOSS), windows=(ENDLESS,)),
    "a sum in two windows": board(rules=(KILL,), windows=(WEEK, ENDLESS), decimals=0),
    "a sum in a day, a week, 30 days": board(rules=(KILL,), windows=(DAILY, WEEK, WindowKind("rolling", days=30))),
    "a best time": board(rules=(Rule("boss", (Points(Decimal(0), "damage"),)),), columns=TIME, aggregate="best"),
    "segments and attached fields": board(
        rules=(KILL,), windows=(ENDLESS,), attach=("weapon", "replay"), segments=(Segment("mode", "mode", "Mode"),)
    ),
}
"""Boards of several kinds, by what they are. Their activities are alike, apart from the type."""
SPREADS = {"one player": 0, "5 of each": 5, "1 of each": 1}
"""How many of a batch's activities are of each player; 0: all of one."""


def measure(batch: int = BATCH) -> dict[str, dict[str, float]]:
    """The CPU time of deciding about a batch, in multiples of the unit, by the kind of board."""
    return {
        name: {
            spread: _compare(config, messages(config, batch // (each or batch), batch))
            for spread, each in SPREADS.items()
        }
        for name, config in BOARDS.items()
    }


def table(found: dict[str, dict[str, float]]) -> str:
    """Format what `measure` returns as a table for a person."""
    lines = [f"{'CPU time of a batch, in json.loads of its messages':<52}" + "".join(f"{name:>12}" for name in SPREADS)]
    lines += [f"{name:<52}" + "".join(f"{ratio:>11.1f}x" for ratio in row.values()) for name, row in found.items()]
    return "\n".join(lines)


def messages(config: BoardConfig, players: int, batch: int, first: int = 0) -> list[dict[str, Any]]:
    """A batch of one second of the game, as the pipe puts it on the queue: whole records of the table's stream.

    `first`: the number of its first activity, which are all different.
    """
    return [_message(config, number, f"player-{number % players:05}") for number in range(first, first + batch)]


def _compare(config: BoardConfig, batch: list[dict[str, Any]]) -> float:
    stores = processor_of(HookedAws(), config)
    stores[0].check_identity()
    decide(batch, config, stores, {})  # opens the windows
    windows = [state.window for state in stores[0].read_for_change()]
    stored = {window: _stored(config, number) for number, window in enumerate(windows)}
    bodies = [message["body"] for message in batch]
    # In turn, so that other load on the machine slows both alike.
    gc.collect()
    pairs = [
        (_time(lambda: list(map(json.loads, bodies))), _time(lambda: decide(batch, config, stores, stored)))
        for _ in range(ROUNDS)
    ]
    return round(min(whole for _, whole in pairs) / min(unit for unit, _ in pairs), 2)


def decide(batch: list[dict[str, Any]], config: BoardConfig, stores: Any, stored: dict[Window, Aggregate]) -> int:
    """Decide what a batch changes of what is stored; how many activities count."""
    window_store, aggregates, heartbeats = stores
    players = processor._judge_batch(batch, config, window_store, aggregates.grants, heartbeats, NOW, BatchResult())
    decided = 0
    for player in players.values():
        verdicts = [each.verdict for each in player.judged.values()]
        if config.keeps_one_run:
            runs = [each for each in verdicts if isinstance(each, Contribution)]
            keep_run(config, [aggregate_of_one(config, each.activity, each.points) for each in runs])
        else:
            count_activities(config, verdicts, stored, {})
        decided += len(verdicts)
    return decided


def _stored(config: BoardConfig, number: int) -> Aggregate:
    return Aggregate(
        columns=(number,) * len(config.columns), at=NOW - DAY, name="Nova", named_by="0", counted=3, run="~"
    )


def _message(config: BoardConfig, number: int, player: str) -> dict[str, Any]:
    image = item(
        player,
        at=NOW + number % 1000,
        number=number,
        type=config.rules[0].activity if number % 4 == 0 else config.rules[-1].activity,
        name="Nova",
        mode=("ranked", "casual", "brawl")[number % 3],
        damage=Decimal(99_999 - number),
        won=number % 2 == 0,
        weapon="railgun",
        replay="https://example.com/replays/0001",
        expires_at=(NOW + 40 * DAY) // 1000,
    )
    record = {
        "eventID": f"{number:032x}",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": NOW // 1000,
            "Keys": {key: image[key] for key in ("player_id", "activity_id")},
            "NewImage": image,
            "SequenceNumber": f"{700000000000000000000 + number}",
            "SizeBytes": 321,
            "StreamViewType": "NEW_IMAGE",
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/arcade-kills-activities/stream/2026-11-01",
    }
    return {"messageId": str(number), "body": json.dumps(record)}


def _time(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began

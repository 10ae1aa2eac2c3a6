"""Boards and activities that the runtime's tests share."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

from runtime.config import BoardConfig, Column, Points, Rule, WindowKind
from runtime.domain.activity import make_id

UNTIMED = {"as_of": None, "next_reset_at": None, "next_starts_at": None}
"""What a page says of the time of its reading, left out."""
NOW = 1_795_478_400_000
"""2026-11-24T00:00:00Z, a Tuesday, in milliseconds."""

BOARD = BoardConfig(
    name="weekly-kills",
    title="Weekly kills",
    aggregate="sum",
    ties="first",
    columns=(Column("score", "descending", "sum", 2),),
    rules=(
        Rule("kill", (Points(Decimal(10)),)),
        Rule("boss", (Points(Decimal(50), "damage", Decimal("0.01")),), (("mode", ("ranked", Decimal(1), True)),)),
        Rule("boss", (Points(Decimal("0.5")),)),
    ),
    ignore=("chat",),
    windows=(WindowKind("week", "Europe/Berlin", 240, 0, 600, 8), WindowKind("all_time")),
    top=10,
    shards=4,
    max_age_seconds=30,
    stale_seconds=600,
)


def board(**changes: Any) -> BoardConfig:
    """The shared board with some of its values changed, as `change_board` does."""
    return change_board(BOARD, **changes)


def change_board(config: BoardConfig, **changes: Any) -> BoardConfig:
    """A board with some of its values changed; `aggregate` and `decimals` change every column besides."""
    of_columns = {"aggregate": changes.get("aggregate"), "decimals": changes.pop("decimals", None)}
    wanted = {name: value for name, value in of_columns.items() if value is not None}
    changed = replace(config, **changes)
    return replace(changed, columns=tuple(replace(column, **wanted) for column in changed.columns))


def item(player: str = "ann", at: int = NOW, number: int = 0, **fields: Any) -> dict[str, Any]:
    """An activity's item in DynamoDB's JSON; a kill unless `type` is given. `number` makes ids of one time differ."""
    values: dict[str, Any] = {"player_id": player, "activity_id": make_id(at, number), "type": "kill", **fields}
    return {key: attribute(value) for key, value in values.items() if value is not None}


def attribute(value: Any) -> dict[str, Any]:
    """A Python value in DynamoDB's JSON."""
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | Decimal):
        return {"N": str(value)}
    return {"S": value} if isinstance(value, str) else {"L": []}


def stream_record(image: dict[str, Any], written: int | None = None) -> dict[str, Any]:
    """The stream record of an item that was written at the time `written` (milliseconds), by default at NOW."""
    return {
        "eventName": "INSERT",
        "dynamodb": {
            "ApproximateCreationDateTime": (NOW if written is None else written) // 1000,
            "Keys": {key: image[key] for key in ("player_id", "activity_id")},
            "NewImage": image,
        },
    }


def message(image: dict[str, Any], message_id: str = "m", written: int | None = None) -> dict[str, Any]:
    """The SQS message that carries an item's stream record, as the processor receives it."""
    return {"messageId": message_id, "body": json.dumps(stream_record(image, written))}

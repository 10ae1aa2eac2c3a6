"""The simulator: plausible activity for a board, written as a game server would write it.

A few hundred players, each with a skill of their own, play what the board's rules are for, some in bursts. A few of the
activities are what happens in real life too: written twice, long after they happened, or wrong. It may only put items
into the activities table: what it makes goes the whole way like anyone's.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from runtime import aws, clock, config
from runtime.config import BoardConfig, Points, Rule, Scalar
from runtime.domain.activity import DAY, make_id

PLAYERS = 200
MAX_ACTIVITIES = 10_000
"""The most that one call writes."""
ODD = 0.03
"""The share of activities that are late, written twice or wrong, each a third of it."""
BURST = 0.05
"""How often a player goes on playing at once, several activities in a row."""
_FEW = 3
_LIFE_SECONDS = 40 * 86_400
_FIRST = (
    "Nova", "Kestrel", "Ōkami", "Zoë", "Marrow", "Vesper", "Łukasz", "Sable", "Ember", "Quill",
    "Åsa", "Rook", "Дарья", "Onyx", "Juniper", "海斗", "Ибрагим", "Wren", "Pixel", "Tamsin",
)  # fmt: skip
_SECOND = ("", " the Swift", "42", " of Dawn", "_x", " Prime", "Fox", " II", "-77", " 星")

logger = Logger()


@dataclass(frozen=True)
class Made:
    """An item for the activities table in DynamoDB's JSON, without id and life, which come when it is written."""

    item: dict[str, Any]
    late: int = 0
    """How long before it is written it happened, in milliseconds."""
    copies: int = 1
    """How often it is written."""


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry: {"activities": how many, "seconds": spread over how long, "seed": repeatable players, optional}.

    Answers {"written": how many}.
    """
    count = min(int(event.get("activities", 100)), MAX_ACTIVITIES)
    seconds = min(float(event.get("seconds", 10)), 100.0)
    chance = random.Random(event.get("seed"))  # noqa: S311 (a game of chance, not a secret)
    began = time.time()

    def write(index: int, made: Made) -> None:
        time.sleep(max(0.0, began + index * seconds / count - time.time()))
        # The id is made at the moment of writing: its time is the activity's time.
        made.item["activity_id"] = {"S": make_id(clock.now() - made.late, random.SystemRandom().getrandbits(74))}
        made.item["expires_at"] = {"N": str(clock.now() // 1000 + _LIFE_SECONDS)}
        for _ in range(made.copies):
            aws.dynamodb().put_item(TableName=aws.setting("ACTIVITIES_TABLE"), Item=made.item)

    with ThreadPoolExecutor(aws.THREADS) as pool:
        tasks = [pool.submit(write, index, made) for index, made in enumerate(activities(config.load(), chance, count))]
    for task in tasks:
        task.result()
    logger.info("simulated", written=len(tasks))
    return {"written": len(tasks)}


def activities(board: BoardConfig, chance: random.Random, count: int, odd: float = ODD) -> Iterator[Made]:
    """That many activities; the share `odd` of them late, written twice or wrong."""
    player = 0
    for _ in range(count):
        # Some play far more than others.
        if chance.random() >= BURST:
            player = min(PLAYERS - 1, int(chance.expovariate(1 / 40)))
        item = _item(board, chance, player)
        kind = chance.random() / odd if odd else 1.0
        if kind < 1 / 3:
            yield Made(item, late=chance.randrange(DAY, 3 * DAY))
        elif kind < 2 / 3:
            yield Made(item, copies=2)
        elif kind < 1:
            yield Made(item | {"type": {"S": "not_in_the_rules"}})
        else:
            yield Made(item)


def _item(board: BoardConfig, chance: random.Random, player: int) -> dict[str, Any]:
    # The few who are good at it score more for the same.
    skill = 0.5 + (player * 7919 % PLAYERS) / PLAYERS
    rule = chance.choice(board.rules)
    item: dict[str, Any] = {
        "player_id": {"S": f"sim-{player:03}"},
        "name": {"S": _FIRST[player % len(_FIRST)] + _SECOND[player // len(_FIRST) % len(_SECOND)]},
        "type": {"S": rule.activity},
    }
    for field, values in rule.when:
        item[field] = _attribute(chance.choice(values))
    for field, points, column in _fields(board, rule):
        item.setdefault(field, {"N": str(_amount(board, chance, skill, field, points, column))})
    return item


def _fields(board: BoardConfig, rule: Rule) -> Iterator[tuple[str, Points, int]]:
    """Every field that a rule for this type reads, with its column: one that is missing would have it rejected."""
    for other in board.rules:
        if other.activity == rule.activity:
            for column, points in enumerate(other.points):
                if points.field is not None:
                    yield points.field, points, column


def _amount(
    board: BoardConfig, chance: random.Random, skill: float, field: str, points: Points, column: int
) -> Decimal:
    """A number in the range of its field: better for the skilled, now and then much better."""
    ascending = board.columns[column].order == "ascending"
    better = skill * math.exp(chance.gauss(0, 0.2 if ascending else 0.4))
    low, high = _range(board, points, column)
    typical = _unit(field)
    if typical is None and low is not None and high is not None:
        share = math.exp(-better)
        amount = float(low) + float(high - low) * (share if ascending else 1 - share)
    else:
        amount = (typical or _worth_ten(points)) * (1 / better if ascending else better)
    step = Decimal(1).scaleb(-_digits(board, points, low, high))
    least = step if low is None else low.quantize(step, ROUND_CEILING)
    found = max(least, Decimal(amount).quantize(step))
    return found if high is None else min(found, high.quantize(step, ROUND_FLOOR))


def _digits(board: BoardConfig, points: Points, low: Decimal | None, high: Decimal | None) -> int:
    """Digits after the point of a field: most count something whole. A score itself has the board's, and what has room
    for a few whole numbers only, a share of 1 that is worth up to 100 points, as many as make a difference."""
    if points.factor == 1:
        return board.decimals
    if low is None or high is None or high - low >= _FEW:
        return 0
    power_of_ten = points.factor.normalize().as_tuple().digits == (1,)
    return max(0, board.decimals + points.factor.adjusted() + (not power_of_ten))


def _range(board: BoardConfig, points: Points, column: int) -> tuple[Decimal | None, Decimal | None]:
    """The least and the most that a field may hold for what it gives to be within the board's limits."""
    if column or not points.factor:
        return None, None
    low, high = (
        None if limit is None else (Decimal(limit).scaleb(-board.decimals) - points.constant) / points.factor
        for limit in (board.limits.min_points, board.limits.max_points)
    )
    return (low, high) if points.factor > 0 else (high, low)


def _unit(field: str) -> float | None:
    """What a field usually holds whose name tells its unit: a minute and a half."""
    if field.endswith("_ms"):
        return 90_000
    return 90 if field.endswith(("_s", "_seconds")) else None


def _worth_ten(points: Points) -> float:
    """What a field holds that is a score itself, or else so much that it is worth some ten points; a few at least."""
    if points.constant == 0 and points.factor == 1:
        return 500
    return max(3, 10 / abs(float(points.factor))) if points.factor else 10


def _attribute(value: Scalar) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"N": str(value)} if isinstance(value, Decimal) else {"S": value}

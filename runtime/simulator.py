"""The simulator: plausible activity for a board, written as a game server would write it.

A few hundred players, each with a skill of their own, play what the board's rules are for. It may only put items into
the activities table: what it makes goes the whole way like anyone's.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from runtime import aws, config
from runtime.activity import make_id
from runtime.config import BoardConfig, Rule, Scalar

PLAYERS = 200
MAX_ACTIVITIES = 10_000
"""The most that one call writes."""
_LIFE_SECONDS = 40 * 86_400
_FIRST = (
    "Nova", "Kestrel", "Ōkami", "Zoë", "Marrow", "Vesper", "Łukasz", "Sable", "Ember", "Quill",
    "Åsa", "Rook", "Дарья", "Onyx", "Juniper", "海斗", "Ибрагим", "Wren", "Pixel", "Tamsin",
)  # fmt: skip
_SECOND = ("", " the Swift", "42", " of Dawn", "_x", " Prime", "Fox", " II", "-77", " 星")

logger = Logger()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry: {"activities": how many, "seconds": spread over how long, "seed": repeatable players, optional}.

    Answers {"written": how many}.
    """
    count = min(int(event.get("activities", 100)), MAX_ACTIVITIES)
    seconds = min(float(event.get("seconds", 10)), 100.0)
    seed = event.get("seed")
    chance = random.Random(seed)  # noqa: S311 (a game of chance, not a secret)
    began = time.time()

    def write(index: int, item: dict[str, Any]) -> None:
        time.sleep(max(0.0, began + index * seconds / count - time.time()))
        # The id is made at the moment of writing: its time is the activity's time.
        item["activity_id"] = {"S": make_id(time.time_ns() // 1_000_000, random.SystemRandom().getrandbits(74))}
        item["expires_at"] = {"N": str(int(time.time()) + _LIFE_SECONDS)}
        aws.dynamodb().put_item(TableName=aws.setting("ACTIVITIES_TABLE"), Item=item)

    with ThreadPoolExecutor(aws.THREADS) as pool:
        tasks = [pool.submit(write, index, item) for index, item in enumerate(items(config.load(), chance, count))]
    for task in tasks:
        task.result()
    logger.info("simulated", written=len(tasks))
    return {"written": len(tasks)}


def items(board: BoardConfig, chance: random.Random, count: int) -> Iterator[dict[str, Any]]:
    """That many items for the activities table in DynamoDB's JSON, without id and life, which come when written."""
    for _ in range(count):
        # Some play far more than others, and the few who are good at it score more for the same.
        number = min(PLAYERS - 1, int(chance.expovariate(1 / 40)))
        skill = 0.5 + (number * 7919 % PLAYERS) / PLAYERS
        rule = chance.choice(board.rules)
        item: dict[str, Any] = {
            "player_id": {"S": f"sim-{number:03}"},
            "name": {"S": _FIRST[number % len(_FIRST)] + _SECOND[number // len(_FIRST) % len(_SECOND)]},
            "type": {"S": rule.activity},
        }
        for field, values in rule.when:
            item[field] = _attribute(chance.choice(values))
        for field, factor in _fields(board, rule):
            item.setdefault(field, {"N": str(_amount(chance, skill, factor))})
        yield item


def _fields(board: BoardConfig, rule: Rule) -> Iterator[tuple[str, Decimal]]:
    """Every field that a rule for this type reads: one that is missing would have the activity rejected."""
    for other in board.rules:
        if other.activity == rule.activity:
            for points in other.points:
                if points.field is not None:
                    yield points.field, points.factor


def _amount(chance: random.Random, skill: float, factor: Decimal) -> int:
    """A number that is worth some ten points, more for the skilled, now and then much more."""
    typical = 10 / abs(float(factor)) if factor else 10
    return max(1, round(typical * skill * math.exp(chance.gauss(0, 0.5))))


def _attribute(value: Scalar) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"N": str(value)} if isinstance(value, Decimal) else {"S": value}

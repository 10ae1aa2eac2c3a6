"""The simulator's Lambda handler: it writes plausible activities for a board, as a game server would.

A few hundred players, each with a skill of their own, do what the board's rules give points for, some in bursts. As in
real life, a few of the activities are written twice, written long after they happened, or wrong. The simulator may only
put items into the activities table, so its activities go through the same pipeline as any other.
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

from aws_lambda_powertools.utilities.typing import LambdaContext

from runtime import aws, clock, config, logs
from runtime.config import BoardConfig, Points, Rule, Scalar
from runtime.domain.activity import make_id
from runtime.domain.instants import DAY
from runtime.domain.texts.attached import make_value
from runtime.domain.texts.segments import make_segment_value

PLAYERS = 200
"""How many simulated players there are."""
SIMULATED_ID = "sim-"
"""What the ids of simulated players begin with."""
MAX_ACTIVITIES = 10_000
"""The most activities of one call."""
MAX_SECONDS = 100.0
"""The longest time that one call spreads its activities over: the function's timeout is 120 seconds."""
ODD_SHARE = 0.03
"""The share of activities that are odd: a third of them is late, a third is written twice, a third is wrong."""
BURST_SHARE = 0.05
"""The probability that a player plays once more before the next player's turn."""

_MIN_WHOLE_RANGE = 3
"""The least difference between the ends of a field's range for which the field holds whole numbers."""
_LIFE_SECONDS = 40 * 86_400
"""How long an item lives after it is written: 40 days. It must live 31 days from the activity's time, and a late
activity is written up to 3 days after its time."""
_FIRST_NAMES = (
    "Nova", "Kestrel", "Ōkami", "Zoë", "Marrow", "Vesper", "Łukasz", "Sable", "Ember", "Quill",
    "Åsa", "Rook", "Дарья", "Onyx", "Juniper", "海斗", "Ибрагим", "Wren", "Pixel", "Tamsin",
)  # fmt: skip
_SECOND_NAMES = ("", " the Swift", "42", " of Dawn", "_x", " Prime", "Fox", " II", "-77", " 星")


@dataclass(frozen=True)
class SimulatedActivity:
    """An activity to write. Its id and the time when it expires are added when it is written."""

    item: dict[str, Any]
    """The item in DynamoDB's JSON."""
    late: int = 0
    """How long before it is written the activity happened, in milliseconds."""
    copies: int = 1
    """How often it is written."""


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Write as many activities as the event asks for, and answer {"written": how many}.

    The event is {"activities": how many, "seconds": spread over how long, "seed": a number that makes the same players
    do the same again}; each key is optional. A person calls this, or `leaderboards simulate`.
    """
    logs.begin(context)
    count = min(int(event.get("activities", 100)), MAX_ACTIVITIES)
    seconds = min(float(event.get("seconds", 10)), MAX_SECONDS)
    chance = random.Random(event.get("seed"))  # noqa: S311 (a game of chance, not a secret)
    began = time.time()
    # Made here: two threads that ask for a client at once would each begin to make one, of parts that they share.
    dynamodb, table = aws.dynamodb(), aws.setting("ACTIVITIES_TABLE")

    def write(index: int, activity: SimulatedActivity) -> None:
        time.sleep(max(0.0, began + index * seconds / count - time.time()))
        # The id is made at the moment of writing, because its time is the activity's time.
        activity_id = make_id(clock.now() - activity.late, random.SystemRandom().getrandbits(74))
        activity.item["activity_id"] = {"S": activity_id}
        activity.item["expires_at"] = {"N": str(clock.now() // 1000 + _LIFE_SECONDS)}
        for _ in range(activity.copies):
            dynamodb.put_item(TableName=table, Item=activity.item)

    activities = enumerate(make_activities(config.load_board(), chance, count))
    with ThreadPoolExecutor(aws.THREADS) as pool:
        tasks = [pool.submit(write, index, activity) for index, activity in activities]
    for task in tasks:
        task.result()
    logs.info("simulated", written=len(tasks))
    return {"written": len(tasks)}


def make_activities(
    board: BoardConfig, chance: random.Random, count: int, odd_share: float = ODD_SHARE
) -> Iterator[SimulatedActivity]:
    """Make `count` activities; the share `odd_share` of them is late, written twice or wrong."""
    player = 0
    for _ in range(count):
        # Some play far more than others.
        if chance.random() >= BURST_SHARE:
            player = min(PLAYERS - 1, int(chance.expovariate(1 / 40)))
        item = _item(board, chance, player)
        odd = chance.random() / odd_share if odd_share else 1.0
        if odd < 1 / 3:
            yield SimulatedActivity(item, late=chance.randrange(DAY, 3 * DAY))
        elif odd < 2 / 3:
            yield SimulatedActivity(item, copies=2)
        elif odd < 1:
            yield SimulatedActivity(item | {"type": {"S": "not_in_the_rules"}})
        else:
            yield SimulatedActivity(item)


def _item(board: BoardConfig, chance: random.Random, player: int) -> dict[str, Any]:
    # Skills are spread evenly from 0.5 to 1.5, without a pattern over the players' numbers.
    skill = 0.5 + (player * 7919 % PLAYERS) / PLAYERS
    rule = chance.choice(board.rules)
    item: dict[str, Any] = {
        "player_id": {"S": f"{SIMULATED_ID}{player:03}"},
        "name": {"S": _name(player)},
        "type": {"S": rule.activity},
    }
    for field, values in rule.when:
        item[field] = _attribute(chance.choice(values))
    for field, points, column in _fields(board, rule):
        item.setdefault(field, {"N": str(_amount(board, chance, skill, field, points, column))})
    for field in board.attach:
        # Few values: a player's character changes seldom.
        item.setdefault(field, {"S": make_value(field, player + chance.randrange(2))})
    for segment in board.segments:
        # A player stays where he is, and some places have more players than others.
        value = make_segment_value(segment, min(player % 7, player % 11))
        item.setdefault(segment.field, {"S": value})
    return item


def _name(player: int) -> str:
    second, first = divmod(player, len(_FIRST_NAMES))
    return _FIRST_NAMES[first] + _SECOND_NAMES[second % len(_SECOND_NAMES)]


def _fields(board: BoardConfig, rule: Rule) -> Iterator[tuple[str, Points, int]]:
    """Every field that the rules for the type of `rule` read, with its points and its column.

    An activity of that type must have all of these fields.
    """
    for other in board.rules:
        if other.activity == rule.activity:
            for column, points in enumerate(other.points):
                if points.field is not None:
                    yield points.field, points, column


def _amount(
    board: BoardConfig, chance: random.Random, skill: float, field: str, points: Points, column: int
) -> Decimal:
    """A number in the range of its field: better for a skilled player, and now and then much better."""
    ascending = board.columns[column].order == "ascending"
    better = skill * math.exp(chance.gauss(0, 0.2 if ascending else 0.4))
    low, high = _range(board, points, column)
    typical = _typical_by_unit(field)
    if typical is None and low is not None and high is not None:
        share = math.exp(-better)
        amount = float(low) + float(high - low) * (share if ascending else 1 - share)
    else:
        amount = (typical or _typical_by_points(points)) * (1 / better if ascending else better)
    step = Decimal(1).scaleb(-_digits(board.columns[column].decimals, points, low, high))
    least = step if low is None else low.quantize(step, ROUND_CEILING)
    rounded = max(least, Decimal(amount).quantize(step))
    return rounded if high is None else min(rounded, high.quantize(step, ROUND_FLOOR))


def _digits(decimals: int, points: Points, low: Decimal | None, high: Decimal | None) -> int:
    """How many digits after the point a field has. `decimals`: of the column that it gives points.

    A field that is the column itself has as many. Most others count something and are whole. Where the
    field's range is shorter than `_MIN_WHOLE_RANGE` (such as 0 to 1, for a share worth up to 100 points), it has as
    many as make a difference to the score.
    """
    if points.factor == 1:
        return decimals
    if low is None or high is None or high - low >= _MIN_WHOLE_RANGE:
        return 0
    power_of_ten = points.factor.normalize().as_tuple().digits == (1,)
    return max(0, decimals + points.factor.adjusted() + (not power_of_ten))


def _range(board: BoardConfig, points: Points, column: int) -> tuple[Decimal | None, Decimal | None]:
    """The least and the most that a field may hold for its points to be within the board's limits; None: no limit."""
    if column or not points.factor:
        return None, None
    low, high = (
        None if limit is None else (Decimal(limit).scaleb(-board.columns[0].decimals) - points.constant) / points.factor
        for limit in (board.limits.min_points, board.limits.max_points)
    )
    return (low, high) if points.factor > 0 else (high, low)


def _typical_by_unit(field: str) -> float | None:
    """A typical duration, a minute and a half, in the unit that the field's name ends in; None where it has no unit."""
    if field.endswith("_ms"):
        return 90_000
    return 90 if field.endswith(("_s", "_seconds")) else None


def _typical_by_points(points: Points) -> float:
    """A typical number: 500 for a field that is the score itself, otherwise as much as gives ten points, at least 3."""
    if points.constant == 0 and points.factor == 1:
        return 500
    return max(3, 10 / abs(float(points.factor))) if points.factor else 10


def _attribute(value: Scalar) -> dict[str, Any]:
    """A value in DynamoDB's JSON."""
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"N": str(value)} if isinstance(value, Decimal) else {"S": value}

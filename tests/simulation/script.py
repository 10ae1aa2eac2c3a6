"""The script of a run: the board, and what games and people do when. All of it is drawn from the seed in advance."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from runtime.config import AssemblyConfig, BoardConfig
from runtime.domain.activity import make_id
from tests.runtime.naive_rules import Rules
from tests.runtime.random_boards import any_own, config_of
from tests.simulation.model import DAY, GRACE, HOUR, MINUTE

BOUNDARIES = (
    1_780_272_000_000,  # 2026-06-01, a Monday: an hour, a day, a week and a month end
    1_782_864_000_000,  # 2026-07-01: an hour, a day, a month and a quarter end
    1_798_761_600_000,  # 2027-01-01: an hour, a day, a month, a quarter and a year end
    1_780_326_000_000,  # 2026-06-01T15:00: only an hour ends
)
"""Moments at which windows end, in milliseconds since 1970."""
LENGTH = 50 * MINUTE
"""How long a script goes on."""
KINDS = ("all_time", "hour", "hour", "day", "week", "month", "season", "rolling")
PLAYERS = ("ann", "bob", "cy~1", "d:e@f", "eve")

Item = dict[str, Any]


@dataclass(frozen=True)
class Action:
    """Something that happens `at` milliseconds after the start."""

    number: int
    at: int
    kind: str
    item: Item = field(default_factory=dict)
    """The activity that is written."""
    amount: int = 0
    """How long something lasts, in milliseconds; or how many there are."""


@dataclass(frozen=True)
class Script:
    """A board and what happens to it."""

    rules: Rules
    board: BoardConfig
    start: int
    """When it begins, in milliseconds since 1970."""
    receives: int
    """How often a message is received before it is a dead letter."""
    visibility: int
    """For how many seconds a message that is received is hidden."""
    processors: int
    """How many processors may run at once."""
    shards: int
    """How many shards the stream has."""
    page: int
    """How many items a page of a query has."""
    gives_up: bool
    """Whether the pipe often gives up."""
    is_long: bool
    """Whether the board goes on for over a month, so that items and marks expire."""
    actions: tuple[Action, ...]


def draw(seed: int) -> Script:
    """Draw the script of a seed."""
    chance = random.Random(f"{seed}/script")
    rules = _draw_rules(chance)
    if random.Random(f"{seed}/segments").random() < 0.3:
        rules = replace(rules, segments=(("country", "country", ()),))
    timeout, receives = chance.choice((5, 10, 20)), chance.choice((2, 3, 5))
    # As the generator decides them: six timeouts and the wait to fill a batch; the drain is what a message can take.
    visibility = 6 * timeout + 1
    board = replace(
        config_of(rules),
        shards=chance.choice((1, 1, 2, 4)),
        top=chance.choice((1, 3, 10)),
        drain_seconds=receives * visibility,
        processor_seconds=timeout,
        lease_seconds=chance.choice((30, 60, 120)),
        stale_seconds=chance.choice((600, 120)),
    )
    large = random.Random(f"{seed}/assembly")
    if not rules.segments and large.random() < 0.4:
        board = replace(
            board, assembly=AssemblyConfig(large.choice((1, 1, 2)), len(PLAYERS), large.choice((1, 2, 5)), 3)
        )
    ends = chance.randint(5, 25) * MINUTE - chance.randrange(1000)
    start = chance.choice(BOUNDARIES) - ends
    drawn = [*_play(chance, rules, start), *_run(chance), *_interfere(chance)]
    is_rush = chance.random() < 0.2
    if is_rush:
        drawn += _rush(chance, rules, start, ends + GRACE, board.drain_seconds * 1000)
    if chance.random() < 0.3:
        drawn += _play_around(chance, rules, start, [action.at for action in drawn if action.kind == "rebuild"])
    drawn += _decide(random.Random(f"{seed}/players"))
    drawn.sort(key=lambda action: action.at)
    return Script(
        rules=rules,
        board=board,
        start=start,
        receives=receives,
        visibility=visibility,
        processors=chance.choice((1, 2, 4, 8)),
        shards=chance.choice((1, 2, 4)),
        page=chance.choice((1, 3, 1000, 1000)),
        gives_up=is_rush and chance.random() < 0.7,
        is_long=chance.random() < 0.15,
        actions=tuple(replace(action, number=number) for number, action in enumerate(drawn)),
    )


def _draw_rules(chance: random.Random) -> Rules:
    aggregate = chance.choice(("sum", "sum", "count", "average", "best", "last"))
    columns = 1 if aggregate == "count" else chance.choice((1, 1, 2))
    kinds = dict.fromkeys(chance.sample(KINDS, chance.choice((1, 2, 2, 3))))
    windows = tuple((every, chance.randint(1, 3) if every == "rolling" else 0) for every in kinds)
    rules = Rules(
        aggregate=aggregate,
        orders=tuple(chance.choice(("descending", "ascending")) for _ in range(columns)),
        decimals=0 if aggregate == "count" else chance.choice((0, 0, 2)),
        ties=chance.choice(("first", "shared", "dense")),
        windows=windows,
        per_minute=chance.choice((None, None, None, 2)),
        most=chance.choice((None, None, 8)) if aggregate != "count" else None,
        milestones=tuple(chance.sample((2, 5, 10, 20), chance.choice((0, 0, 1, 2)))),
    )
    rules = replace(rules, attach=chance.choice(((), ("note",))))
    return any_own(chance, rules) if chance.random() < 0.3 else rules


def _play(chance: random.Random, rules: Rules, start: int) -> Iterator[Action]:
    """Activities: alone, in bursts of one player, again, and wrong ones."""
    players = PLAYERS[: chance.choice((1, 2, 3, 5))]
    number = 0
    for _ in range(chance.randint(4, 14)):
        at = chance.randrange(LENGTH * 4 // 5)
        for _ in range(chance.choice((1, 1, 2, 4, 6))):
            number += 1
            player = chance.choice(players)
            item = _draw_item(chance, rules, player, start + at, number)
            yield Action(0, at, "play", item)
            if chance.random() < 0.25:
                other = item | _draw_fields(chance, rules) if chance.random() < 0.5 else item
                yield Action(0, at + chance.choice((1, 1000, 20_000, 10 * MINUTE)), "play", other)
            at += chance.choice((0, 0, 5, 500, 3000))


def _play_around(chance: random.Random, rules: Rules, start: int, moments: list[int]) -> Iterator[Action]:
    """Activities just before and just after some rebuilds begin."""
    for moment in chance.sample(moments, min(4, len(moments))):
        for number in range(4):
            at = max(0, moment + chance.choice((-8000, -2000, -500, 20, 500, 4000, 15_000)))
            yield Action(0, at, "play", _draw_item(chance, rules, PLAYERS[0], start + at, moment * 4 + number))


def _draw_item(chance: random.Random, rules: Rules, player: str, written: int, number: int) -> Item:
    behind = chance.choice((0, 0, 0, 0, 50, 2000, MINUTE, 6 * MINUTE, 30 * MINUTE, 2 * HOUR, 2 * DAY, -MINUTE))
    item: Item = {
        "player_id": {"S": player},
        "activity_id": {"S": make_id(written - behind, number)},
        "type": {"S": "run"},
        **_draw_fields(chance, rules),
    }
    if chance.random() < 0.5:
        item["expires_at"] = {"N": str((written - behind + 31 * DAY) // 1000 + 1)}
    match chance.randrange(40):
        case 0:
            item["type"] = {"S": "jump"}
        case 1:
            item["type"] = {"S": "chat"}
        case 2:
            item["expires_at"] = {"N": str((written + DAY) // 1000)}
        case 3:
            item["activity_id"] = {"S": make_id(written + 10 * MINUTE, number)}
        case 4:
            item["activity_id"] = {"S": make_id(written - 31 * DAY, number)}
        case 5:
            item["player_id"] = {"S": "#" + player}
        case 6:
            item["activity_id"] = {"S": item["activity_id"]["S"].upper() + "x"}
        case 7:
            item.pop("c0", None)
        case 8:
            del item["type"]
    return item


def _draw_fields(chance: random.Random, rules: Rules) -> Item:
    fields: Item = {}
    if chance.random() < 0.6:
        fields["name"] = {"S": chance.choice(("Ann", "Bob", "<b>", "Ωmega"))}
    if rules.attach and chance.random() < 0.6:
        fields["note"] = {"S": chance.choice(("https://example.com/1", "<b>", "Ωmega"))}
    if rules.segments and chance.random() < 0.6:
        fields["country"] = {"S": chance.choice(("BR", "DE", "Ωmega"))}
    for number in range(len(rules.orders)):
        value = Decimal(chance.choice((0, 1, 1, 2, 3, 5, 9, -2))) + chance.choice(
            (Decimal(0), Decimal("0.5"), Decimal("0.125"))
        )
        fields[f"c{number}"] = {"N": str(value)}
    return fields


def _run(chance: random.Random) -> Iterator[Action]:
    """The schedules: rebuilds and watches, late, twice and left out; and readers."""
    gap = chance.choice((60, 120, 180, 300)) * 1000
    for at in range(chance.randrange(gap), LENGTH, gap):
        if chance.random() < 0.9:
            late = chance.choice((0, 0, 0, 200, 5000, 40_000))
            yield Action(0, at + late, "rebuild")
            if chance.random() < 0.15:
                yield Action(0, at + late + chance.choice((0, 0, 3, 50, 30_000)), "rebuild")
    for at in range(chance.randrange(10 * MINUTE), LENGTH, 10 * MINUTE):
        yield Action(0, at, "watch")
    for _ in range(chance.randint(2, 8)):
        yield Action(0, chance.randrange(LENGTH), "read", amount=chance.choice((0, 0, 500, 60_000)))


def _rush(chance: random.Random, rules: Rules, start: int, ended: int, drain: int) -> Iterator[Action]:
    """Rebuilds in quick succession while windows are probed and sealed; activities that come in the last seconds of the
    grace, and redrives that come when the windows are sealed."""
    for number in range(8):
        at = ended - chance.choice((1000, 1100, 3000, 20_000, 60_000))
        item = _draw_item(chance, rules, chance.choice(PLAYERS), start + at, 10**6 + number)
        item["activity_id"] = {"S": make_id(start + ended - GRACE - chance.randint(1, 5 * MINUTE), 10**6 + number)}
        yield Action(0, at, "play", item)
    for begin, length in ((ended, 25_000), (ended + drain, 60_000)):
        at = begin
        while at < begin + length:
            at += chance.choice((10, 1000, 3000, 6000))
            yield Action(0, at, "rebuild")
    for _ in range(4):
        at = ended + drain + chance.randrange(40_000)
        yield Action(0, at, chance.choice(("redrive pipe", "redrive dead", "redrive rejected")))


def _interfere(chance: random.Random) -> Iterator[Action]:
    """What people do to a board that runs, and what happens to its pipeline as a whole."""
    for _ in range(chance.choice((0, 1, 2))):
        kind = chance.choice(("stop queue", "stop pipe"))
        yield Action(0, chance.randrange(LENGTH), kind, amount=chance.choice((30_000, 2 * MINUTE, 10 * MINUTE)))
    for _ in range(chance.choice((0, 0, 1, 3))):
        at = chance.randrange(5 * MINUTE, LENGTH)
        for _ in range(chance.choice((1, 1, 2))):
            kind = chance.choice(("redrive rejected", "redrive rejected", "redrive dead", "redrive pipe"))
            yield Action(0, at + chance.choice((0, 5, 2000)), kind)
    for _ in range(chance.choice((0, 0, 1, 2))):
        yield Action(0, chance.randrange(LENGTH), "forget")
    for _ in range(chance.choice((0, 0, 0, 1, 2))):
        yield Action(0, chance.randrange(LENGTH), "poison", amount=chance.randrange(4))


def _decide(chance: random.Random) -> Iterator[Action]:
    """An operator hides players, and mostly shows them again."""
    for _ in range(chance.choice((0, 0, 1, 4))):
        at, player = chance.randrange(LENGTH), chance.choice(PLAYERS[:2])
        yield Action(0, at, "hide", {"player_id": {"S": player}})
        if chance.random() < 0.5:
            yield Action(0, max(0, at - 2000), "read", amount=5000)
            yield Action(0, at + 1000, "rebuild")
        if chance.random() < 0.7:
            later = chance.choice((500, 20_000, 5 * MINUTE, 20 * MINUTE))
            yield Action(0, at + later, "restore", {"player_id": {"S": player}})

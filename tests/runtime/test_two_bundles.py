"""Two bundles at once: during a deployment, processors of the old and of the new configuration write together."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.config import BoardConfig, Limits, Segment, WindowKind
from runtime.dynamodb import outbox
from runtime.dynamodb.table import Table
from tests.runtime.boards import board, item, message
from tests.runtime.world import process_messages, scores
from tests.support.effort import examples
from tests.support.memory_aws import Call, HookedAws
from tests.support.memory_aws.interceptors import only

ALL_TIME = (WindowKind("all_time"),)
ONE_RUN = board(aggregate="best", windows=ALL_TIME)
WITH_MILESTONES = board(aggregate="best", windows=ALL_TIME, milestones=(10_000,))
PAIRS = {
    "best": (ONE_RUN, WITH_MILESTONES),
    "last": (board(aggregate="last"), board(aggregate="last", limits=Limits(activities_per_minute=100))),
    "sum": (board(), board(windows=(WindowKind("day"), *ALL_TIME), limits=Limits(activities_per_minute=100))),
}


def boss(damage: int, number: int, player: str = "ann") -> dict[str, Any]:
    return item(player, number=number, type="boss", mode="ranked", damage=damage)


def count(aws: HookedAws, config: BoardConfig, *images: dict[str, Any]) -> None:
    for image in images:
        assert not process_messages(aws, [message(image)], config).failed


def test_a_transaction_knows_an_aggregate_that_others_have_written_anew() -> None:
    """The old bundle keeps one run without a version, so the new one's versions begin anew, and meet an older one."""
    aws = HookedAws()
    count(aws, WITH_MILESTONES, *(boss(number, number) for number in range(1, 4)))

    def overtake(call: Call) -> None:
        aws.unhook()
        count(aws, ONE_RUN, boss(1000, 11))
        count(aws, WITH_MILESTONES, *(boss(number, number) for number in range(12, 15)))

    aws.before = only(overtake, "transact_write_items")
    count(aws, WITH_MILESTONES, boss(500, 10))
    assert scores(aws)["all-time", "ann"] == 5050 + 1000


def test_no_event_is_lost_that_is_written_again_while_it_is_sent() -> None:
    """A release that forgets which were reached lets the other one write the event again, with a next."""
    aws = HookedAws()
    table = Table(aws.client("dynamodb"), "aggregates", ("partition", "player_id"))
    config = board(aggregate="best", windows=ALL_TIME, milestones=(5_100, 6_000))
    count(aws, config, boss(100, 1))

    def overtake(call: Call) -> None:
        aws.unhook()
        del next(row for (window, _), row in aws.tables["aggregates"].items() if window.startswith("all"))["reached"]
        count(aws, config, boss(1000, 3))

    aws.after = only(overtake, "put_events")
    outbox.send(table, aws.client("events"), "arcade")
    outbox.send(table, aws.client("events"), "arcade")
    assert [detail["milestone"] for _, detail in aws.events.sent] == [51, 51, 60]
    assert outbox.send(table, aws.client("events"), "arcade") == 0


@pytest.mark.parametrize("aggregate", ["best", "last", "sum"])
def test_what_was_reached_is_not_told_again_after_a_time_without_milestones(aggregate: str) -> None:
    """The next one that is reached meanwhile is told with the player's next activity, and each has its own id."""
    aws = HookedAws()
    plain = board(aggregate=aggregate, windows=ALL_TIME)
    told = board(aggregate=aggregate, windows=ALL_TIME, milestones=(5_100, 5_300, 20_000))
    table = Table(aws.client("dynamodb"), "aggregates", ("partition", "player_id"))
    for config, damage, number in ((told, 100, 1), (plain, 400, 2), (plain, 450, 3), (told, 500, 4), (told, 600, 5)):
        count(aws, config, boss(damage, number))
        outbox.send(table, aws.client("events"), "arcade")
    milestones = [detail["milestone"] for _, detail in aws.events.sent]
    assert milestones == ([51, 53, 200] if aggregate == "sum" else [51, 53])
    assert len({detail["id"] for _, detail in aws.events.sent}) == len(milestones)


def test_keeping_a_run_leaves_nothing_of_the_run_before() -> None:
    """But what the player has reached. A board that never had milestones stores what it did."""
    aws, plain = HookedAws(), HookedAws()
    named = {**boss(100, 1), "name": {"S": "Ann"}, "country": {"S": "BR"}}
    segments = (Segment("country", "country", "Country"),)
    count(aws, replace(WITH_MILESTONES, segments=segments, milestones=(5_050,)), named)
    for each in (aws, plain):
        count(each, ONE_RUN, named, boss(200, 2))
    (kept,), (written,) = (
        [row for (window, _), row in each.tables["aggregates"].items() if window.startswith("all-time#")]
        for each in (aws, plain)
    )
    assert kept.keys() - written.keys() == {"reached"}
    assert written == {name: value for name, value in kept.items() if name != "reached"}
    assert written.keys() == {"partition", "player_id", "columns", "at", "run"}


@examples(40)
@given(st.sampled_from(list(PAIRS)), st.integers(0, 2**32))
def test_what_counts_does_not_depend_on_which_bundle_counts_it(aggregate: str, seed: int) -> None:
    chance = random.Random(seed)
    images = [boss(chance.randrange(100), number, chance.choice("ab")) for number in range(12)]
    deliveries = [image for image in images for _ in range(chance.randint(1, 3))]
    chance.shuffle(deliveries)
    aws, alone = HookedAws(), HookedAws()
    for image in deliveries:
        count(aws, chance.choice(PAIRS[aggregate]), image)
    count(alone, PAIRS[aggregate][0], *images)
    found, expected = (
        {player: score for (window, player), score in scores(each).items() if window == "all-time"}
        for each in (aws, alone)
    )
    assert found == expected

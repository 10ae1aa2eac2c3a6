"""One rebuild at a time: the lease, what ends it, and how long a rebuild that has died keeps the others waiting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runtime import aws, rebuilder
from runtime.config import WindowKind
from runtime.dynamodb.lease import Lease, LeaseHeldError
from tests.runtime.boards import NOW, board
from tests.runtime.world import World
from tests.support.lambda_context import CONTEXT
from tests.support.memory_aws import Call
from tests.support.memory_aws.errors import error
from tests.support.memory_aws.interceptors import only

SECONDS = 60
HELD = ("#lease", "rebuild")


class Clock:
    """The time that the handler is told."""

    now = NOW


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A board whose rebuilder is the handler's."""
    world = World(board(decimals=0, milestones=(1,), lease_seconds=SECONDS))
    Clock.now = NOW
    monkeypatch.setattr(aws, "events", lambda: world.event_bus)
    monkeypatch.setattr("runtime.clock.now", lambda: Clock.now)
    monkeypatch.setattr(rebuilder, "_rebuilder", lambda: world.rebuilder(Clock.now))
    return world


def rebuild() -> dict[str, Any]:
    return rebuilder.handler({"task": "rebuild"}, CONTEXT)


def test_a_rebuild_that_finds_another_under_way_ends_at_once_and_says_so(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Lease(world.table, SECONDS)
    other.take(NOW)
    assert rebuild() == {"skipped": "another rebuild is under way"}
    assert "a rebuild was skipped" in capsys.readouterr().out + caplog.text
    assert world.snapshots.read_newest() is None
    other.give_back()
    assert "as_of" in rebuild()


def test_the_lease_ends_with_the_rebuild_whether_it_succeeds_or_fails(world: World) -> None:
    rebuild()
    assert HELD not in world.aws.tables["aggregates"]
    world.play("ann")
    world.aws.events.refuse = True
    with pytest.raises(RuntimeError, match="EventBridge refused"):
        rebuild()
    assert HELD not in world.aws.tables["aggregates"]


def test_a_rebuild_that_died_stops_the_board_for_no_longer_than_its_lease(world: World) -> None:
    Lease(world.table, SECONDS).take(NOW)
    Clock.now = NOW + SECONDS * 1000 - 1
    assert "skipped" in rebuild()
    Clock.now += 1
    assert "as_of" in rebuild()


def test_a_rebuild_that_outlasted_its_lease_leaves_the_next_one_its_own(world: World) -> None:
    first, second, third = (Lease(world.table, SECONDS) for _ in range(3))
    first.take(NOW)
    second.take(NOW + SECONDS * 1000)
    first.give_back()
    with pytest.raises(LeaseHeldError):
        third.take(NOW + SECONDS * 1000 + 1)
    second.give_back()
    third.take(NOW + SECONDS * 1000 + 2)


def test_a_rebuild_that_finds_nothing_changed_needs_no_lease(world: World) -> None:
    world.play("ann")
    rebuild()
    Clock.now = NOW + 10 * 60_000
    rebuild()
    Lease(world.table, SECONDS).take(Clock.now)
    Clock.now += 1000
    assert "as_of" in rebuild()


@pytest.mark.parametrize(
    "kind",
    [
        WindowKind("hour", grace_seconds=60),  # it has ended, and is read until it is sealed
        WindowKind("rolling", timezone="Atlantic/Azores", days=2),  # it has moved on: midnight is at 1 o'clock in UTC
    ],
)
def test_what_must_be_read_on_a_quiet_board_is_read_under_the_lease(world: World, kind: WindowKind) -> None:
    world.deploy(board(decimals=0, windows=(kind,)))
    world.play("ann")
    answers = []
    for minute in range(61):
        Clock.now = NOW + minute * 60_000
        if minute == 59:
            Lease(world.table, SECONDS + 1).take(Clock.now)
        answers.append(rebuild())
    assert "as_of" in answers[59]
    assert answers[60] == {"skipped": "another rebuild is under way"}


def test_a_lease_that_cannot_be_given_back_fails_no_rebuild(world: World) -> None:
    def refuse(call: Call) -> None:
        raise error("InternalServerError", call.operation)

    world.aws.before = only(refuse, "delete_item")
    assert "as_of" in rebuild()
    assert world.snapshots.read_newest()


def test_a_rebuild_that_fails_as_it_takes_the_lease_does_not_leave_it_behind(world: World) -> None:
    def lose_answer(call: Call) -> None:
        if HELD in world.aws.tables["aggregates"]:
            raise error("InternalServerError", call.operation)

    world.aws.after = only(lose_answer, "put_item")
    with pytest.raises(ClientError, match="InternalServerError"):
        rebuild()
    assert HELD not in world.aws.tables["aggregates"]


def test_an_answer_that_is_lost_on_its_way_costs_no_lease(world: World) -> None:
    def ask_again(call: Call, carry_out: Callable[[], Any]) -> Any:
        # The SDK does so where the connection breaks before the first answer.
        carry_out()
        return carry_out()

    world.aws.intercept = ask_again
    Lease(world.table, SECONDS).take(NOW)
    with pytest.raises(LeaseHeldError):
        Lease(world.table, SECONDS).take(NOW)

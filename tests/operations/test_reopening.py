"""Correcting a score of a window that has ended: its ranks get another revision, and an event that names it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from generator.errors import InputError
from generator.operations.corrections.correction import Correction
from generator.operations.corrections.counting import count_correction
from generator.operations.ranks.rebuilding import rebuild_when_free
from runtime.domain.instants import DAY
from runtime.domain.ranking import WindowRanks
from runtime.dynamodb import outbox
from runtime.dynamodb.decisions import DecisionStore
from tests.operations.corrected import happen_before
from tests.operations.lived import happen_at
from tests.operations.managed import Managed
from tests.runtime.boards import NOW, board
from tests.runtime.daily import DAILY, END, MINUTE, seal, state
from tests.runtime.world import World
from tests.support.memory_aws import Call

ID = "2026-11-24"


class Death(BaseException):
    """Stands for the death of the rebuild at this point."""


def sealed(config: Any = DAILY) -> Managed:
    """A board whose day is sealed, with ann before bob."""
    world = World(config)
    world.play("ann", "ann", "bob")
    world.rebuild(NOW + 1)
    managed = Managed(world, seal(world) + MINUTE)
    managed.rebuild()
    send(managed)
    return managed


def fix(managed: Managed, player: str, score: int, reason: str = "ticket", *, reopen: bool = True) -> bool:
    asked = Correction(player, "set", {"score": score}, (ID,), reason)
    return count_correction(managed.board, asked, reopen=reopen)[1]


def send(managed: Managed) -> list[dict[str, Any]]:
    """Send the events that wait. Returns all that were sent of the day."""
    world = managed.world
    outbox.send(world.table, world.event_bus, "arcade")
    return [each for kind, each in world.aws.events.sent if kind == "leaderboard.window_closed"]


def shown(managed: Managed) -> list[tuple[int, str, int]]:
    page = managed.world.page(managed.now, window=ID)
    assert page["window"]["sealed"]
    return [(entry["rank"], entry["player_id"], entry["score"]) for entry in page["entries"]]


def final(managed: Managed) -> WindowRanks:
    newest = managed.world.snapshots.read_newest()
    assert newest is not None
    found = newest.find_ranks(ID)
    assert found is not None
    return found


def test_a_sealed_window_gets_new_ranks_and_an_event_that_names_the_revision() -> None:
    managed = sealed()
    with pytest.raises(InputError) as caught:
        fix(managed, "bob", 30, reopen=False)
    assert str(caught.value) == (
        f"{ID}: it is sealed, and its event window_closed was sent. If its prizes are not out, add --reopen: its ranks "
        "get another revision, and another window_closed"
    )
    [first] = send(managed)
    before = final(managed)
    assert fix(managed, "bob", 30)
    managed.rebuild()
    assert shown(managed) == [(1, "bob", 30), (2, "ann", 20)]
    assert (final(managed).revision, [each.prefix for each in final(managed).former]) == (1, [before.prefix])
    events = send(managed)
    assert events[0] == first
    assert "revision" not in first
    [second] = events[1:]
    assert (second["id"], second["revision"]) == (f"window/weekly-kills/{ID}/1", 1)
    assert second["window"] == first["window"]
    assert [each["player_id"] for each in second["top"]] == ["bob", "ann"]
    # The same command again, and rebuilds, change nothing more.
    assert not fix(managed, "bob", 30)
    managed.now += DAY
    managed.rebuild()
    assert send(managed) == events
    assert fix(managed, "ann", 5, "another")
    managed.rebuild()
    assert [each["revision"] for each in send(managed)[1:]] == [1, 2]


def test_a_correction_that_changes_no_rank_has_no_event() -> None:
    managed = sealed()
    DecisionStore(managed.world.table).hide("bob", managed.now)
    managed.rebuild()
    assert (shown(managed), final(managed).revision) == ([(1, "ann", 20)], 1)
    fix(managed, "bob", 30)
    managed.rebuild()
    assert (shown(managed), final(managed).revision) == ([(1, "ann", 20)], 1)
    assert len(send(managed)) == 1
    # What an operator decides afterwards has the correction in it, and its revision has no event either.
    DecisionStore(managed.world.table).restore("bob", managed.now)
    managed.rebuild()
    assert (shown(managed), final(managed).revision) == ([(1, "bob", 30), (2, "ann", 20)], 2)
    assert len(send(managed)) == 1
    fix(managed, "bob", 1, "another")
    managed.rebuild()
    assert [each.get("revision") for each in send(managed)] == [None, 3]


def test_a_window_that_has_ended_and_is_not_sealed_is_corrected_before_its_seal() -> None:
    for minutes in range(1, 45, 3):
        world = World(DAILY)
        world.play("ann", "ann", "bob")
        world.rebuild(NOW + 1)
        managed = Managed(world, END + minutes * MINUTE)
        assert fix(managed, "bob", 30, reopen=False)
        managed.now = seal(world) + MINUTE
        managed.rebuild()
        assert shown(managed) == [(1, "bob", 30), (2, "ann", 20)]
        [event] = send(managed)
        assert "revision" not in event
        assert event["top"][0]["player_id"] == "bob"


def test_a_window_that_is_being_sealed_takes_no_correction() -> None:
    world = World(DAILY)
    world.play("bob")
    world.rebuild(NOW + 1)
    managed = Managed(world)
    delivered = 0
    for minute in range(5, 120):
        managed.now = END + minute * MINUTE
        world.rebuild(managed.now)
        probes = [row for row in world.aws.tables["activities"].values() if row["type"]["S"] == "#probe"]
        world.put(*probes[delivered:], written=managed.now)
        delivered = len(probes)
        if state(world) == "sealing":
            break
    with pytest.raises(InputError, match=f"^{ID}: it is being sealed; once it is, in a few minutes, add --reopen$"):
        fix(managed, "bob", 30)


def test_a_window_that_is_kept_no_longer_takes_no_correction() -> None:
    kind = DAILY.windows[0].__class__("day", grace_seconds=300, keep=1)
    managed = sealed(board(decimals=0, windows=(kind,), drain_seconds=1800))
    world = managed.world
    for _ in range(12):
        managed.now += 6 * 60 * MINUTE
        managed.rebuild()
        probes = [row for row in world.aws.tables["activities"].values() if row["type"]["S"] == "#probe"]
        world.put(*probes, written=managed.now)
    with pytest.raises(InputError, match=f"^{ID}: the board keeps it no longer$"):
        fix(managed, "bob", 30)


def test_a_rebuild_that_dies_anywhere_tells_of_a_correction_once() -> None:
    died = 0
    for step in range(100):
        for moment in ("before", "after"):
            managed = sealed()
            fix(managed, "bob", 30)
            left = step

            def die(call: Call) -> None:
                nonlocal left
                left -= 1
                if left < 0:
                    raise Death

            setattr(managed.world.aws, moment, die)
            with suppress(Death):
                managed.rebuild()
            is_dead = left < 0
            managed.world.aws.unhook()
            managed.now += 2 * MINUTE
            check_told_once(managed)
            died += is_dead
        if not is_dead:
            break
    assert died > 10


def test_another_rebuild_or_correction_between_two_writes_of_a_rebuild_changes_nothing() -> None:
    def rebuild_too(managed: Managed) -> None:
        managed.now += 10 * MINUTE
        managed.rebuild()

    def correct_too(managed: Managed) -> None:
        fix(managed, "ann", 25, "another")

    for happen in (rebuild_too, correct_too):
        for step in range(30):
            managed = sealed()
            fix(managed, "bob", 30)
            happened = happen_at(managed.world, step, partial(happen, managed))
            managed.rebuild()
            managed.world.aws.unhook()
            managed.now += 2 * MINUTE
            check_told_once(managed, *([25, 2] if happened and happen is correct_too else []))
            if not happened:
                break
        assert step > 4


@pytest.mark.parametrize("why", ["a name", "files"])
def test_a_correction_that_a_rebuild_for_something_else_meets_is_told(why: str) -> None:
    """Ranks are made anew for another reason, with scores that were corrected after the windows were read."""
    for step in range(30):
        managed = sealed()
        world = managed.world
        if why == "a name":
            DecisionStore(world.table).rename("ann", "Player 7", managed.now)
        happened = happen_before(world, step, partial(fix, managed, "bob", 30))
        managed.now += 1000
        replace(world.rebuilder(managed.now), anew=ID if why == "files" else "").rebuild()
        world.aws.intercept = world.aws.call_hooks
        managed.now += 2 * MINUTE
        if not happened:
            break
        check_told_once(managed)
    assert step > 4


def check_told_once(managed: Managed, ann: int = 20, most: int = 1) -> None:
    """In the end the ranks are right, the last event has them, and no two events have one id."""
    for _ in range(2):
        list(rebuild_when_free(managed.board.rebuild, managed.wait))
        managed.now += MINUTE
    assert shown(managed) == [(1, "bob", 30), (2, "ann", ann)]
    events = send(managed)
    assert len({each["id"] for each in events}) == len(events) <= 1 + most
    assert [each["columns"]["score"] for each in events[-1]["top"]] == [30, ann]
    ranks = final(managed)
    assert ranks.revision == events[-1]["revision"]
    for prefix in (ranks.prefix, *(each.prefix for each in ranks.former)):
        assert f"{prefix}top" in managed.world.aws.bucket.bodies()


def test_ranks_that_come_back_have_what_was_corrected_and_a_later_revision() -> None:
    """The board kept fewer windows for a while, and the files are gone."""
    managed = sealed()
    fix(managed, "bob", 30)
    managed.rebuild()
    found = managed.world.window_store.find(ID)
    assert found is not None
    assert found.final is not None
    assert (found.final.revision, found.final.corrected) == (1, 1)
    other = board(decimals=0, windows=(DAILY.windows[1],), drain_seconds=1800)
    managed.world.deploy(other)
    managed.now += MINUTE
    managed.world.rebuild(managed.now)
    managed.world.deploy(DAILY)
    managed.now += MINUTE
    again = Managed(managed.world, managed.now)
    again.rebuild()
    assert (shown(again), final(again).revision) == ([(1, "bob", 30), (2, "ann", 20)], 1)
    fix(again, "ann", 40, "another")
    again.rebuild()
    assert [each.get("revision") for each in send(again)] == [None, 1, 2]

"""A rebuild that finds nothing changed reads no aggregates, and shows the ranks that one shows that reads them all."""

from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime import rebuilder
from runtime.config import WindowKind
from runtime.domain.instants import DAY, MINUTE
from runtime.dynamodb.changes import Changes, is_over
from tests.runtime.boards import NOW, board, item
from tests.runtime.world import World

CONFIG = board(
    decimals=0, windows=(WindowKind("hour", grace_seconds=60), WindowKind("all_time"), WindowKind("rolling", days=2))
)
PLAYED = st.tuples(st.just("play"), st.integers(0, 59_000), st.sampled_from("abc"), st.booleans())
"""A batch that began that many milliseconds before it wrote, in one of two processors."""
STEPS = st.lists(st.tuples(st.integers(0, 5 * MINUTE), PLAYED | st.just(("rebuild", 0, "", False))), max_size=30)


@given(STEPS)
def test_whatever_happened_the_ranks_are_those_of_a_full_read(
    steps: list[tuple[int, tuple[str, int, str, bool]]],
) -> None:
    world, now = World(CONFIG), NOW
    first, number = world.aggregates, 0
    world.deploy(CONFIG)
    second = world.aggregates
    for wait, (what, lag, player, is_second) in [*steps, (0, ("rebuild", 0, "", False))]:
        now += wait
        if what == "play":
            number += 1
            world.aggregates = second if is_second else first
            assert not world.put(item(player, at=now, number=number), written=now, now=now - lag).failed
            continue
        made = world.rebuild(now).snapshot
        with mock.patch.object(rebuilder, "is_over", return_value=False):
            read = world.rebuild(now).snapshot
        assert [(each.window, each.content) for each in made.ranks] == [
            (each.window, each.content) for each in read.ranks
        ]


def test_a_quiet_board_is_not_read_but_once_a_day() -> None:
    world = World(board(windows=CONFIG.windows[1:]))
    world.play(*(f"p{number}" for number in range(9)))
    settled = {minute: world.rebuild(NOW + minute * MINUTE).settled for minute in range(1, 1500)}
    assert [minute for minute, is_settled in settled.items() if not is_settled and minute > 10] == [DAY // MINUTE]


@pytest.mark.parametrize("stale_seconds", [600, 33 * 3600])
def test_a_board_is_quiet_soon_after_its_last_activity_however_late_its_alarm_is(stale_seconds: int) -> None:
    world = World(board(windows=CONFIG.windows[1:], stale_seconds=stale_seconds))
    world.play("ann")
    results = [world.rebuild(NOW + minute * MINUTE) for minute in range(1, 6)]
    assert [(result.settled, result.published) for result in results] == [
        # Until the batch that said that it would write is over for certain, `as_of` moves on.
        (False, True),
        (False, True),
        (False, True),
        (True, False),
        (True, False),
    ]


def test_a_board_that_nobody_has_played_on_is_quiet() -> None:
    world = World(CONFIG)
    assert [world.rebuild(NOW + minute * MINUTE).published for minute in range(4)] == [True, False, False, False]


def test_a_rejected_activity_moves_as_of_on() -> None:
    world = World(CONFIG)
    world.play("ann")
    for minute in range(1, 6):
        world.rebuild(NOW + minute * MINUTE)
    then = NOW + 6 * MINUTE
    assert world.put(item("ann", then, type="unheard-of"), written=then).counts["Rejected"] == 1
    assert world.rebuild(then).published


def test_a_table_filled_by_an_older_release_is_read() -> None:
    world = World(CONFIG)
    world.play("ann")
    del world.aws.tables["aggregates"]["#changes", "aggregates"]
    for minute in range(1, 10):
        assert not world.rebuild(NOW + minute * MINUTE).settled


def test_a_table_that_was_restored_is_read() -> None:
    world = World(CONFIG)
    world.play("ann")
    before = dict(world.aws.tables["aggregates"])
    world.play("bob", at=NOW + MINUTE)
    for minute in range(2, 12):
        settled = world.rebuild(NOW + minute * MINUTE).settled
    assert settled
    world.aws.tables["aggregates"].replace_all(before)
    assert [entry["player_id"] for entry in world.page(NOW + 12 * MINUTE, window="all_time")["entries"]] == [
        "ann",
        "bob",
    ]
    assert not world.rebuild(NOW + 12 * MINUTE).settled
    assert [entry["player_id"] for entry in world.page(NOW + 12 * MINUTE, window="all_time")["entries"]] == ["ann"]


def test_a_processor_says_it_once_in_twenty_seconds_and_never_goes_back() -> None:
    world = World(CONFIG)
    changes, other = Changes(world.table), Changes(world.table)
    stored = world.aws.tables["aggregates"]
    changes.announce(NOW)
    for now, expected in ((NOW + 19_999, NOW), (NOW + 20_000, NOW + 20_000)):
        changes.announce(now)
        assert stored["#changes", "aggregates"]["at"]["S"] == f"{expected:015}"
    other.announce(NOW + 5)
    assert stored["#changes", "aggregates"]["at"]["S"] == f"{NOW + 20_000:015}"


@pytest.mark.parametrize(("after", "expected"), [(80_000, False), (80_001, True)])
def test_a_change_is_over_after_a_batch_and_what_a_processor_remembers(after: int, expected: bool) -> None:
    world = World(CONFIG)
    Changes(world.table).announce(NOW)
    assert is_over(Changes(world.table).find(), NOW + after, 60) is expected
    assert not is_over(None, NOW + after, 60)

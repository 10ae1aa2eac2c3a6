"""Listing rejected activities and putting them back, wherever the redrive is interrupted.

The processor is the real one, tables and queues are in memory; tests/end_to_end does the same on the embedded AWS.
"""

from __future__ import annotations

import json

import pytest

from generator.errors import OperationError
from generator.operations.redrives.putting_back import RedriveCounts, redrive_dead_letters
from generator.operations.redrives.receiving import HIDDEN_SECONDS
from runtime.domain.instants import DAY
from runtime.dynamodb import items
from runtime.dynamodb.items import MAX_IMAGE_CHARACTERS
from tests.operations.game import BOARDS, LATER, Game
from tests.runtime.boards import NOW, item, stream_record
from tests.support.memory_aws import Call
from tests.support.memory_aws.errors import error
from tests.support.memory_aws.interceptors import only


class Death(BaseException):
    """Stands for the death of the program at this point."""


@pytest.fixture(params=list(BOARDS))
def game(request: pytest.FixtureRequest) -> Game:
    """A board of each kind of storage: totals, or one run kept for each player."""
    return Game(BOARDS[request.param])


def test_a_rejected_activity_is_listed_with_reason_and_detail(game: Game) -> None:
    game.world.put(
        item("ann", type="new_kill"), item("bob"), item("a/b\x1b[2J", type="kill"), item("cleo", at=NOW + DAY)
    )
    found = {each.player_id: each for each in game.rejected()}
    assert {name: each.reason for name, each in found.items()} == {
        "ann": "unknown_type",
        "a/b\x1b[2J": "bad_player_id",
        "cleo": "in_future",
    }
    ann = found["ann"]
    assert (ann.type, ann.written, ann.activity_id) == ("new_kill", NOW + 999, item("ann")["activity_id"]["S"])
    assert "new_kill" in ann.detail
    assert [each.player_id for each in game.rejected(reason="in_future")] == ["cleo"]
    assert game.rejected(NOW + 20 * DAY) == []


def test_the_newest_are_listed_first(game: Game) -> None:
    times = [NOW - 3 * DAY, NOW - 5000, NOW - 2000, NOW]
    for number, at in enumerate(times):
        game.world.put(item(f"p{number}", at=at, number=number, type="nothing"), written=at)
    assert [each.player_id for each in game.rejected()] == ["p3", "p2", "p1", "p0"]


def test_an_activity_put_back_after_its_rule_is_added_counts_once(game: Game) -> None:
    game.world.put(item("ann", type="new_kill"), item("bob", number=1, type="new_kill"))
    game.add_missing_rule()
    assert game.redrive() == {"sent": 2, "counted": 0, "gone": 0}
    assert game.rejected() == []
    assert game.process_queue().counts["Rejected"] == 0
    assert game.scores() == {"ann": 7, "bob": 7}
    assert game.redrive() == {"sent": 0, "counted": 0, "gone": 0}
    # A producer that writes the same activity again changes nothing either.
    game.world.put(item("ann", type="new_kill"), written=NOW, now=LATER)
    assert game.scores() == {"ann": 7, "bob": 7}


def test_an_activity_put_back_without_a_rule_is_rejected_and_listed_again(game: Game) -> None:
    game.world.put(item("ann", type="new_kill"))
    game.redrive()
    assert game.process_queue().counts["Duplicate"] == 1
    (again,) = game.rejected()
    assert (again.player_id, again.written) == ("ann", NOW + 999)
    game.add_missing_rule()
    assert game.redrive(LATER + 1000)["sent"] == 1
    game.process_queue(LATER + 1000)
    assert game.scores() == {"ann": 7}


def test_an_activity_rejected_again_during_the_redrive_stays_listed(game: Game) -> None:
    game.world.put(item("ann", type="new_kill"))
    # The processor is faster than the last step of the redrive.
    game.aws.after = only(lambda call: game.process_queue(), "send_message")
    game.redrive()
    assert [each.player_id for each in game.rejected()] == ["ann"]


STEPS = [
    ("before", "delete_item", 1),
    ("after", "delete_item", 1),
    ("before", "send_message", 1),
    ("after", "send_message", 1),
    ("before", "delete_item", 2),
    ("after", "delete_item", 2),
]


@pytest.mark.parametrize("processed_between", [False, True])
@pytest.mark.parametrize(("when", "operation", "nth"), STEPS)
def test_a_redrive_that_dies_at_any_step_is_completed_by_the_next(
    game: Game, when: str, operation: str, nth: int, processed_between: bool
) -> None:
    game.world.put(item("ann", type="new_kill"))
    game.add_missing_rule()
    calls = 0

    def die(call: Call) -> None:
        nonlocal calls
        calls += 1
        if calls == nth:
            raise Death

    setattr(game.aws, when, only(die, operation))
    with pytest.raises(Death):
        game.redrive()
    game.aws.unhook()
    if processed_between:
        game.process_queue()
    for _ in range(3):
        game.redrive()
        game.process_queue()
    assert game.scores() == {"ann": 7}
    assert game.rejected() == []


def test_an_activity_that_was_counted_since_is_not_put_back() -> None:
    game = Game(BOARDS["keeps totals"])
    game.world.put(item("ann", type="new_kill"))
    (left,) = game.rejected()
    game.add_missing_rule()
    game.redrive()
    game.process_queue()
    # Put the rejection back, as if the redrive had died before its last step.
    record = left.make_record()
    game.world.aws.tables["marks"][left.key] = {
        **game.running.marks.key_attributes(left.key),
        **{name: {"S": value} for name, value in (("reason", left.reason), ("detail", ""), ("by", "ann"))},
        "activity": {"S": left.activity_id},
        "written": {"N": str(left.written)},
        "rejection": {"S": left.token},
        "image": {"S": json.dumps(record.image)},
    }
    assert game.redrive() == {"sent": 0, "counted": 1, "gone": 0}
    assert game.queue.bodies == []
    assert game.world.aws.tables["marks"][items.mark_key(record)]["outcome"] == {"S": "counted"}
    assert game.rejected() == []


def test_an_activity_too_large_to_keep_is_read_from_the_activities_table(game: Game) -> None:
    there = item("ann", type="new_kill", note="x" * MAX_IMAGE_CHARACTERS)
    gone = item("bob", number=1, type="new_kill", note="x" * MAX_IMAGE_CHARACTERS)
    game.world.activities.put(there)
    game.world.put(there, gone)
    assert [each.type for each in game.rejected()] == [None, None]
    game.add_missing_rule()
    assert game.redrive() == {"sent": 1, "counted": 0, "gone": 1}
    game.process_queue()
    assert game.scores() == {"ann": 7}
    # Its mark and its rejection are as they were.
    assert [each.player_id for each in game.rejected()] == ["bob"]
    assert game.redrive() == {"sent": 0, "counted": 0, "gone": 1}


def test_what_a_producer_writes_later_under_the_same_id_is_not_put_back(game: Game) -> None:
    first = item("ann", type="new_kill", note="x" * MAX_IMAGE_CHARACTERS)
    game.world.put(first)
    game.world.activities.put({**first, "note": {"S": "y" * MAX_IMAGE_CHARACTERS}})
    game.add_missing_rule()
    assert game.redrive() == {"sent": 0, "counted": 0, "gone": 1}
    assert game.queue.bodies == []
    assert [each.player_id for each in game.rejected()] == ["ann"]


def test_a_large_activity_with_bytes_and_sets_is_put_back(game: Game) -> None:
    in_stream = item("ann", type="new_kill", note="x" * MAX_IMAGE_CHARACTERS)
    in_stream |= {"replay": {"B": "AAEC"}, "tags": {"SS": ["b", "a"]}, "SS": {"L": [{"B": "AAEC"}]}}
    # boto3 reads bytes where the stream has their Base64.
    in_table = {**in_stream, "replay": {"B": b"\0\1\2"}, "tags": {"SS": ["a", "b"]}, "SS": {"L": [{"B": b"\0\1\2"}]}}
    game.world.put(in_stream)
    game.world.activities.put(in_table)
    game.add_missing_rule()
    assert game.redrive() == {"sent": 1, "counted": 0, "gone": 0}
    (body,) = game.queue.bodies
    assert json.loads(body)["dynamodb"]["NewImage"]["replay"] == {"B": "AAEC"}
    game.process_queue()
    assert game.scores() == {"ann": 7}


def test_an_activity_of_any_characters_is_put_back_as_it_was(game: Game) -> None:
    odd = item("ann", type="new_kill", note="\ufffe\uffff\x00\x1f\x7f\\ufffe\u2028\U0001fffe")
    game.world.put(odd)
    game.add_missing_rule()
    assert game.redrive() == {"sent": 1, "counted": 0, "gone": 0}
    assert [json.loads(body)["dynamodb"]["NewImage"] for body in game.queue.bodies] == [odd]
    game.process_queue()
    assert game.scores() == {"ann": 7}


def test_an_activity_rejected_again_within_the_same_second_stays_listed(game: Game) -> None:
    game.world.put(item("ann", type="new_kill"), now=LATER)
    game.aws.after = only(lambda call: game.process_queue(LATER), "send_message")
    game.redrive()
    assert [each.player_id for each in game.rejected()] == ["ann"]
    game.add_missing_rule()
    game.redrive()
    game.aws.unhook()
    assert game.scores() == {"ann": 7}


def test_a_rejection_of_an_older_bundle_is_listed_and_put_back(game: Game) -> None:
    """It has no token and no hash. It may be rejected again by a bundle that gives it one."""
    game.world.put(item("ann", type="new_kill"), item("bob", type="new_kill", number=1))
    for key, row in list(game.aws.tables["marks"].items()):
        if key[0].startswith("#rejected#"):
            game.aws.tables["marks"][key] = {name: value for name, value in row.items() if name != "rejection"}
    assert sorted(each.player_id for each in game.rejected()) == ["ann", "bob"]
    game.redrive()
    assert game.rejected() == []
    game.process_queue(LATER)
    assert sorted(each.player_id for each in game.rejected()) == ["ann", "bob"]
    game.add_missing_rule()
    game.redrive()
    game.process_queue(LATER)
    assert game.scores() == {"ann": 7, "bob": 7}


def test_a_redriven_activity_is_judged_by_the_time_it_was_first_written(game: Game) -> None:
    old = item("ann", at=NOW - 60_000, type="new_kill")
    game.world.put(old, written=NOW)
    game.add_missing_rule()
    weeks_later = NOW + 10 * DAY
    game.redrive(weeks_later)
    batch = game.process_queue(weeks_later)
    assert not batch.missed
    assert game.scores(weeks_later) == {"ann": 7}
    assert game.world.page(weeks_later, window="2026-W48")["players"] == 1


def test_dead_letters_are_put_back_unchanged(game: Game) -> None:
    bodies = [json.dumps(stream_record(item(f"p{number}", number=number))) for number in range(25)]
    for body in bodies:
        game.send_to_dead_letters(body)
    (*_, done) = redrive_dead_letters(game.running)
    assert done.sent == 25
    assert sorted(game.queue.bodies) == sorted(bodies)
    assert game.dead_letters.bodies == []
    assert list(redrive_dead_letters(game.running)) == []


def test_a_redrive_of_dead_letters_that_dies_loses_none_and_counts_none_twice(game: Game) -> None:
    game.send_to_dead_letters(json.dumps(stream_record(item("ann"))))

    def die(call: Call) -> None:
        raise Death

    game.aws.before = only(die, "delete_message")
    with pytest.raises(Death):
        list(redrive_dead_letters(game.running))
    game.aws.unhook()
    assert list(redrive_dead_letters(game.running)) == [RedriveCounts(hidden=1)], "the dead letter is hidden"
    game.now += HIDDEN_SECONDS * 1000
    list(redrive_dead_letters(game.running))
    assert len(game.queue.bodies) == 2
    game.process_queue()
    assert game.scores() == {"ann": 10}


def test_a_refusal_of_aws_is_one_sentence(game: Game) -> None:
    game.world.put(item("ann", type="new_kill"))

    def refuse(call: Call) -> None:
        raise error("AccessDeniedException", call.operation)

    game.aws.before = only(refuse, "send_message")
    with pytest.raises(OperationError, match="AccessDenied"):
        game.redrive()

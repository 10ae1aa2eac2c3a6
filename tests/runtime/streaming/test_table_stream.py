"""What has changed, as the stream of the aggregates tells: shards, fences, gaps, delays, and what AWS refuses."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from runtime.dynamodb.streaming.positions import Positions, StreamBehindError, StreamGapError
from runtime.dynamodb.streaming.table_stream import FENCE_SECONDS, FENCES, TableStream
from tests.runtime.streaming.watched import HOUR, NOW, Watched
from tests.support.memory_aws import Call
from tests.support.memory_aws.errors import error


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_a_read_finds_the_newest_of_what_was_written_since_the_last(watched: Watched) -> None:
    watched.play("ann", "bob")
    positions = watched.stream.begin()
    assert watched.changed(positions)[0] == {}
    watched.play("bob", points=2)
    watched.play("cid")
    watched.play("bob", points=3)
    watched.table.delete(("week#ann", "ann"))
    watched.play("ann", window="all-time")
    watched.table.put({"partition": {"S": "#changes"}, "player_id": {"S": "aggregates"}, "at": {"S": "1"}})
    found, after = watched.changed(positions)
    assert found == {"ann": None, "bob": 3, "cid": 1}
    assert set(watched.stream.read(positions).changed) == {"week", "all-time"}
    assert watched.changed(after)[0] == {}
    assert watched.changed(Positions.from_json(positions.to_json()))[0] == found
    assert not watched.pauses


def test_whatever_becomes_of_shards_parents_come_before_their_children(watched: Watched) -> None:
    players = [f"p{number}" for number in range(20)]
    positions = watched.stream.begin()
    watched.play(*players)
    for points in (2, 3, 4):
        watched.shards.split(into=points)
        watched.play(*players, points=points)
    found, after = watched.changed(positions)
    assert found == dict.fromkeys(players, 4)
    assert len(after.shards) == 24
    assert set(after.shards) == {shard.id for shard in watched.shards.list_open()}
    watched.shards.split(next(watched.shards.list_open()))
    watched.play("p0", points=5)
    found, after = watched.changed(after)
    assert found == {"p0": 5}
    # A shard that was closed while nothing happened in it is followed by its children.
    watched.shards.split(into=1)
    assert watched.changed(after)[0] == {}
    watched.play("p1", points=6)
    assert watched.changed(after)[0] == {"p1": 6}


# Threads that write fences at the same time would find the shard closed, and the others not there yet.
@pytest.mark.usefixtures("one_thread")
def test_a_shard_that_closes_meanwhile_is_followed(watched: Watched) -> None:
    """The fence lies in a shard that was not there when the read began."""
    watched.shards.split(into=4)
    positions = watched.stream.begin()
    watched.play("ann", "bob")

    def split(call: Call) -> None:
        watched.aws.unhook()
        watched.shards.split()
        watched.play("ann", points=2)

    watched.aws.before = split
    found, after = watched.changed(positions)
    assert found == {"ann": 2, "bob": 1}
    assert watched.changed(after)[0] == {}


def test_it_waits_until_what_was_written_before_has_come(watched: Watched) -> None:
    for into in (1, 3):
        watched.shards.split(into=into)
        positions = watched.stream.begin()
        watched.play("ann", "bob", "cid", points=into)
        watched.shards.held = 3 + FENCES

        def come() -> None:
            watched.shards.held = max(0, watched.shards.held - 1)

        watched.in_pause = come
        assert watched.changed(positions)[0] == dict.fromkeys(("ann", "bob", "cid"), into)
        assert len(watched.pauses) >= 3
        watched.pauses.clear()


def test_a_stream_that_stays_behind_is_told(watched: Watched) -> None:
    positions = watched.stream.begin()
    watched.shards.held = 1
    watched.in_pause = lambda: setattr(watched.shards, "held", 1)
    with pytest.raises(StreamBehindError):
        watched.stream.read(positions)
    assert sum(watched.pauses) == pytest.approx(FENCE_SECONDS)
    with pytest.raises(StreamBehindError):
        watched.stream.begin()


def test_more_than_a_read_may_take_is_told(watched: Watched) -> None:
    positions = watched.stream.begin()
    watched.play(*(f"p{number}" for number in range(9)))
    ticks = iter(range(0, 1000, 60))
    streams, elapsed = watched.aws.client("dynamodbstreams"), lambda: float(next(ticks))
    for given in ({"elapsed": elapsed}, {"elapsed": lambda: 0.0, "most": 5}):
        stream = TableStream(
            streams, watched.table, watched.shards.arn, lambda: NOW, pause=lambda seconds: None, **given
        )
        with pytest.raises(StreamBehindError):
            stream.read(positions)
    assert len(watched.changed(positions)[0]) == 9


@pytest.mark.parametrize("spoil", ["too old", "of the future", "another stream", "no such shard", "an orphan"])
def test_positions_that_may_lack_something_are_refused(watched: Watched, spoil: str) -> None:
    positions = watched.stream.begin()
    watched.play("ann")
    if spoil == "too old":
        watched.now += 23 * HOUR
    elif spoil == "of the future":
        watched.now -= 1
    elif spoil == "another stream":
        watched.shards.renew()
    elif spoil == "no such shard":
        positions = replace(positions, shards={**positions.shards, "shardId-gone": ""})
    else:
        watched.shards.split()
        watched.shards.split()
        oldest = next(iter(watched.shards.shards))
        positions = replace(positions, shards={list(watched.shards.shards)[-1]: ""})
        for each in list(watched.shards.shards)[1:3]:
            del watched.shards.shards[each]
        assert oldest in watched.shards.shards
    with pytest.raises(StreamGapError):
        watched.stream.read(positions)


def test_a_trimmed_position_is_a_gap(watched: Watched) -> None:
    watched.play("ann")
    positions = watched.stream.begin()
    watched.now += 22 * HOUR
    watched.play("bob")
    watched.shards.trim(keep=21 * 3600)
    with pytest.raises(StreamGapError):
        watched.stream.read(positions)
    assert watched.changed(watched.stream.begin())[0] == {}


def test_there_may_be_no_stream(watched: Watched) -> None:
    stream = watched.stream
    watched.shards.renew()
    with pytest.raises(StreamGapError):
        stream.begin()


@pytest.mark.parametrize(
    ("operation", "code", "times", "outcome"),
    [
        ("get_records", "ExpiredIteratorException", 3, None),
        ("get_records", "LimitExceededException", 3, None),
        ("get_records", "ProvisionedThroughputExceededException", 999, StreamBehindError),
        ("get_records", "TrimmedDataAccessException", 1, StreamGapError),
        ("get_records", "InternalServerError", 1, None),
        ("get_shard_iterator", "TrimmedDataAccessException", 1, StreamGapError),
        ("get_shard_iterator", "ThrottlingException", 2, None),
        ("describe_stream", "ThrottlingException", 1, StreamBehindError),
        ("describe_stream", "ResourceNotFoundException", 1, StreamGapError),
        ("get_records", "AccessDeniedException", 1, Exception),
    ],
)
def test_what_aws_says_decides(
    watched: Watched, operation: str, code: str, times: int, outcome: type[Exception] | None
) -> None:
    positions = watched.stream.begin()
    watched.play("ann", "bob", "cid", "dan")
    left = times

    def refuse(call: Call, carry_out: Callable[[], Any]) -> Any:
        nonlocal left
        if call.operation == operation and left:
            left -= 1
            raise error(code, call.operation)
        return carry_out()

    watched.aws.intercept = refuse
    if outcome is None:
        assert watched.changed(positions)[0] == dict.fromkeys(("ann", "bob", "cid", "dan"), 1)
        assert not left
        return
    with pytest.raises(outcome) as raised:
        watched.stream.read(positions)
    if outcome is Exception:
        assert type(raised.value) not in (StreamGapError, StreamBehindError)
    # Nothing is lost by that: the same positions are good still.
    left = 0
    assert len(watched.changed(positions)[0]) == 4


def test_an_empty_answer_is_no_end(watched: Watched) -> None:
    """AWS may answer without records though some follow."""
    positions = watched.stream.begin()
    watched.play("ann", "bob", "cid", "dan", "eve")
    empty = 0

    def answer(call: Call, carry_out: Callable[[], Any]) -> Any:
        nonlocal empty
        empty += call.operation == "get_records"
        if call.operation == "get_records" and empty % 2:
            return {"Records": [], "NextShardIterator": call.request["ShardIterator"]}
        return carry_out()

    watched.aws.intercept = answer
    assert len(watched.changed(positions)[0]) == 5


def test_fences_are_as_many_as_the_shards_ask_for(watched: Watched) -> None:
    def fences() -> int:
        before = len(watched.aws.calls)
        watched.stream.begin()
        return sum(call.operation == "put_item" for call in watched.aws.calls[before:])

    assert fences() == 1
    watched.shards.split()
    assert fences() == FENCES
    stored = {key for key in watched.aws.tables["aggregates"] if key[0].startswith("#fence#")}
    assert len(stored) == FENCES, "they do not grow more"


def test_python_looks_for_cycles_again_however_a_read_ends(watched: Watched) -> None:
    positions = watched.stream.begin()
    seen: list[bool] = []
    watched.in_pause = lambda: seen.append(gc.isenabled())
    watched.shards.held = 1
    with pytest.raises(StreamBehindError):
        watched.stream.read(positions)
    assert gc.isenabled()
    assert set(seen) == {False}


def test_two_readers_at_once_do_no_harm(watched: Watched) -> None:
    watched.shards.split(into=3)
    positions = watched.stream.begin()
    watched.play("ann", "bob")

    def read_too(call: Call) -> None:
        watched.aws.unhook()
        assert watched.changed(positions)[0] == {"ann": 1, "bob": 1}

    watched.aws.before = read_too
    assert watched.changed(positions)[0] == {"ann": 1, "bob": 1}

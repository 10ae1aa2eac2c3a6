"""Streams with many shards in which much happens, or much has happened: what a read of one does not read."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from runtime.domain.instants import MINUTE
from runtime.dynamodb.streaming.table_stream import FENCE, FENCE_NUMBERS, FENCES
from tests.runtime.streaming.watched import Watched
from tests.support.memory_aws import Call


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_a_shard_without_a_fence_that_is_never_empty_ends_no_read(watched: Watched) -> None:
    """More happens in it than a page has, always: what was written after the fences is for the next read."""
    watched.shards.split(into=FENCES * 8)
    positions = watched.stream.begin()
    watched.play("ann", "bob")
    written = 0

    def write(call: Call, carry_out: Callable[[], Any]) -> Any:
        nonlocal written
        if call.operation == "get_records" and call.request["ShardIterator"].split("|")[1] == hot.id:
            written += 1
            watched.now += 1000
            assert written < 60, "it reads for ever"
            watched.aws.tables["aggregates"][f"week#{name}", name] = {
                "partition": {"S": f"week#{name}"},
                "player_id": {"S": name},
                "columns": {"L": [{"N": str(written)}]},
            }
        return carry_out()

    name, hot = next(_find_unfenced(watched))
    watched.aws.intercept = write
    found, after = watched.changed(positions)
    watched.aws.intercept = watched.aws.call_hooks
    last = written
    assert found | {name: 0} == {"ann": 1, "bob": 1, name: 0}
    assert watched.changed(after)[0] == ({name: last} if found[name] != last else {})


def _find_unfenced(watched: Watched) -> Iterator[tuple[str, Any]]:
    """Players whose changes lie in a shard that no fence comes to, each with that shard."""
    first = watched.now // MINUTE * FENCES
    fences = [f"{FENCE}{(first + number) % FENCE_NUMBERS}" for number in range(FENCES)]
    fenced = {_place(watched, fence).id for fence in fences}
    others = ((f"p{number}", _place(watched, f"week#p{number}")) for number in range(1000))
    return ((name, shard) for name, shard in others if shard.id not in fenced)


def _place(watched: Watched, partition: str) -> Any:
    """The shard of a partition."""
    number = zlib.crc32(partition.encode())
    return next(each for each in watched.shards.list_open() if each.low <= number < each.high)


def test_a_shard_that_begins_with_an_empty_answer_is_read_at_last(watched: Watched) -> None:
    """No read of it gets further, unless a fence comes in it. Each fence alone would come in the same shard always."""
    watched.shards.split(into=32)
    positions = watched.stream.begin()
    fenced = {_place(watched, f"{FENCE}{number}").id for number in range(FENCES)}
    others = {shard.id for shard in watched.shards.list_open()} - fenced
    players = {f"player-{number}" for number in range(64)}
    watched.play(*players)
    empty: dict[str, int] = {}

    def answer(call: Call, carry_out: Callable[[], Any]) -> Any:
        place = call.request.get("ShardIterator", "")
        if empty.get(place, 0):
            empty[place] -= 1
            return {"Records": [], "NextShardIterator": place}
        found = carry_out()
        if call.operation == "get_shard_iterator" and call.request["ShardId"] in others:
            empty[found["ShardIterator"]] = 2
        return found

    watched.aws.intercept = answer
    for _ in range(FENCE_NUMBERS // FENCES):
        watched.now += MINUTE
        changed, positions = watched.changed(positions)
        players -= changed.keys()
    assert not players
    stored = {key for key in watched.aws.tables["aggregates"] if key[0].startswith("#fence#")}
    assert len(stored) == FENCE_NUMBERS, "and no more"


def test_what_was_in_the_stream_as_it_was_begun_is_not_read_again(watched: Watched) -> None:
    """Neither of a shard in which nothing happens then: a day of changes may be in it."""
    watched.shards.split(into=64)
    watched.play(*(f"p{number}" for number in range(200)))
    positions = watched.stream.begin()
    watched.play("ann")
    assert watched.changed(positions)[0] == {"ann": 1}

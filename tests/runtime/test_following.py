"""What a rebuild reads, and what it does where the stream or the ranks before it are in doubt."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from runtime.config import WindowKind
from runtime.domain.instants import DAY, MINUTE
from runtime.dynamodb.decisions import DecisionStore
from runtime.dynamodb.streaming.table_stream import TableStream
from runtime.s3.snapshots import POINTER
from tests.runtime.boards import NOW, board, item
from tests.runtime.daily import probes
from tests.runtime.stepping import Clock, Process, rebuilder_of
from tests.runtime.world import World
from tests.support.memory_aws import Call

ALL_TIME = board(decimals=0, windows=(WindowKind("all_time"),), shards=1)
pytestmark = pytest.mark.usefixtures("one_thread")

ROLLING = board(decimals=0, windows=(WindowKind("rolling", days=3),), shards=1)


def read_shards(world: World) -> list[str]:
    """The partitions with aggregates of players that were read, since the calls were cleared."""
    queries = [call.request["ExpressionAttributeValues"] for call in world.aws.calls if call.operation == "query"]
    partitions = [text for values in queries for text in (value.get("S", "") for value in values.values())]
    return list(dict.fromkeys(each for each in partitions if each and not each.startswith("#")))


def shown(world: World, now: int) -> dict[str, int]:
    """The scores that readers see."""
    return {entry["player_id"]: entry["score"] for entry in world.page(now, limit="100")["entries"]}


def played(config: Any = ALL_TIME) -> World:
    """A board of three players and a snapshot of it."""
    world = World(config)
    world.play("ann", "bob", "cid")
    world.rebuild(NOW + MINUTE)
    world.aws.calls.clear()
    return world


def test_a_rebuild_reads_no_aggregate_of_a_window_that_was_ranked_before() -> None:
    world = played()
    world.play("bob")
    world.aws.calls.clear()
    world.rebuild(NOW + 2 * MINUTE)
    assert (read_shards(world), shown(world, NOW)) == ([], {"ann": 10, "bob": 20, "cid": 10})
    assert not [call for call in world.aws.calls if call.operation == "batch_get_item"]


def test_where_nothing_has_changed_no_aggregate_is_read_and_one_pointer_written() -> None:
    world = played()
    world.rebuild(NOW + 2 * MINUTE)
    assert read_shards(world) == []
    writes = [call.request["Key"] for call in world.aws.calls if call.service == "s3" and call.is_write]
    assert writes == [POINTER]


def test_of_a_rolling_window_the_days_of_those_who_have_played_are_read() -> None:
    world = played(ROLLING)
    world.put(item("ann", NOW - DAY, 50), item("dan", NOW - DAY, 51), written=NOW)
    world.aws.calls.clear()
    world.rebuild(NOW + 2 * MINUTE)
    assert (read_shards(world), shown(world, NOW)) == ([], {"ann": 20, "bob": 10, "cid": 10, "dan": 10})
    (read,) = (call.request["RequestItems"] for call in world.aws.calls if call.operation == "batch_get_item")
    assert {key["player_id"]["S"] for key in read["aggregates"]["Keys"]} == {"ann", "dan"}


def test_a_day_that_has_left_a_rolling_window_is_shown_no_more_though_nobody_plays() -> None:
    world = played(ROLLING)
    later = NOW + 3 * DAY
    world.rebuild(later)
    assert shown(world, later) == {}


@pytest.mark.parametrize("what", ["renew", "trim", "hold"])
def test_where_the_stream_does_not_tell_all_is_read_and_then_followed_again(what: str) -> None:
    world, clock = played(), Clock(NOW)
    world.aws.clock = clock
    world.play("bob")
    if what == "renew":
        world.aws.stream.renew()
        world.deploy(ALL_TIME)
    elif what == "trim":
        clock.now += 25 * 60 * MINUTE
    else:
        world.aws.stream.held = 1000
    world.rebuild(NOW + 2 * MINUTE)
    assert (read_shards(world), shown(world, NOW)) == (["all-time#0"], {"ann": 10, "bob": 20, "cid": 10})
    world.aws.stream.held = 0
    world.play("cid", "dan", at=NOW + 3 * MINUTE)
    world.rebuild(NOW + 3 * MINUTE)
    world.play("dan", at=NOW + 4 * MINUTE)
    world.aws.calls.clear()
    world.rebuild(NOW + 4 * MINUTE)
    assert (read_shards(world), shown(world, NOW)) == ([], {"ann": 10, "bob": 20, "cid": 20, "dan": 20})


def test_what_is_too_much_to_be_read_is_not_read_again_by_the_next_rebuild() -> None:
    """The clearing of a large window is all in the stream, too."""
    world = played()
    world.play(*(f"p{number}" for number in range(30)))
    streams = world.aws.client("dynamodbstreams")
    world.stream = TableStream(streams, world.table, world.aws.stream.arn, lambda: NOW, lambda: 0.0, print, most=20)
    world.rebuild(NOW + 2 * MINUTE)
    assert (read_shards(world), len(shown(world, NOW))) == (["all-time#0"], 33)
    world.play("ann")
    world.aws.calls.clear()
    world.rebuild(NOW + 3 * MINUTE)
    assert (read_shards(world), shown(world, NOW)["ann"]) == ([], 20)


def test_positions_stay_where_they_were_while_the_stream_is_behind() -> None:
    """What is written then is in the ranks, and comes again: nothing is lost, whatever the next rebuild reads."""
    world = played()
    before = json.loads(world.aws.bucket.bodies()[POINTER])["positions"]
    world.play("bob")
    world.aws.stream.held = 1000
    world.rebuild(NOW + 2 * MINUTE)
    assert json.loads(world.aws.bucket.bodies()[POINTER])["positions"] == before
    assert shown(world, NOW)["bob"] == 20


def spoil(world: World, player: str = "ann") -> None:
    """Let the table have another score of a player, of which the stream tells nothing."""
    table = world.aws.tables["aggregates"]
    ((key, row),) = ((key, row) for key, row in table.items() if key[1] == player)
    stream, table.shards = table.shards, None
    table[key] = row | {"columns": {"L": [{"N": "70"}]}}
    table.shards = stream


def healed(output: str) -> bool:
    """Whether functions have said that ranks were wrong."""
    return "RanksHealed" in output


def test_ranks_that_are_wrong_are_right_on_the_next_day_and_a_person_hears_of_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    world = played()
    spoil(world)
    world.play("bob")
    world.rebuild(NOW + 2 * MINUTE)
    assert (shown(world, NOW)["ann"], healed(capsys.readouterr().out)) == (10, False)
    world.play("bob")
    world.rebuild(NOW + DAY)
    assert (shown(world, NOW), healed(capsys.readouterr().out)) == ({"ann": 70, "bob": 30, "cid": 10}, True)


@pytest.mark.parametrize("config", [ALL_TIME, ROLLING])
def test_what_is_played_during_a_check_is_no_difference(config: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """The table is read later than the stream, and again later it is known what has changed meanwhile."""
    world = played(config)
    world.play("bob")
    waiting = [True]

    def play_meanwhile(call: Call, carry_out: Callable[[], Any]) -> Any:
        values = call.request.get("ExpressionAttributeValues", {}).values()
        if call.operation == "query" and waiting and not any(value["S"].startswith("#") for value in values):
            waiting.clear()
            world.play("ann", "bob", "eve")
        return carry_out()

    world.aws.intercept = play_meanwhile
    world.rebuild(NOW + DAY)
    assert not waiting
    assert (shown(world, NOW), healed(capsys.readouterr().out)) == ({"ann": 20, "bob": 30, "cid": 10, "eve": 10}, False)


def test_where_a_check_finds_the_same_no_file_of_ranks_is_written() -> None:
    world = played()
    world.play("bob")
    world.rebuild(NOW + 2 * MINUTE)
    world.aws.calls.clear()
    world.rebuild(NOW + DAY)
    assert read_shards(world) == ["all-time#0"]
    assert [call.request["Key"] for call in world.aws.calls if call.service == "s3" and call.is_write] == [POINTER]


def test_a_player_in_a_day_that_is_opened_between_two_calls_is_not_lost() -> None:
    """The stream tells of players in a day that was not there when the rebuild began."""
    for step in range(30):
        world = played(ROLLING)
        later = NOW + 10 * MINUTE
        process = Process(world, lambda own: rebuilder_of(own, Clock(NOW + 10 * MINUTE)).rebuild()).step(step)
        world.put(item("dan", NOW - DAY, 50), written=later)
        process.finish()
        world.put(item("ann", later, 51), written=later)
        world.rebuild(later + MINUTE)
        assert shown(world, NOW) == {"ann": 20, "bob": 10, "cid": 10, "dan": 10}, step


def test_who_is_hidden_is_shown_by_no_rebuild_that_follows() -> None:
    world = played()
    DecisionStore(world.table).hide("bob", NOW)
    for minute in (2, 3, 4):
        world.play("bob", "ann")
        world.rebuild(NOW + minute * MINUTE)
        assert "bob" not in shown(world, NOW)
    assert len(read_shards(world)) == 1
    DecisionStore(world.table).restore("bob", NOW)
    world.rebuild(NOW + 5 * MINUTE)
    assert shown(world, NOW)["bob"] == 40


def test_the_last_ranks_of_a_window_are_read_from_the_table() -> None:
    world = World(board(decimals=0, windows=(WindowKind("hour", grace_seconds=0),), shards=1, drain_seconds=60))
    world.play("ann", "bob")
    world.rebuild(NOW + MINUTE)
    world.play("bob")
    world.rebuild(NOW + 2 * MINUTE)
    states = []
    for minute in range(61, 90):
        world.aws.calls.clear()
        world.rebuild(NOW + minute * MINUTE)
        world.put(*probes(world), written=NOW + minute * MINUTE)
        states.append((world.window_store.find("2026-11-24T00").state, "2026-11-24T00#0" in read_shards(world)))  # type: ignore[union-attr]
        if states[-1][0] == "sealed":
            break
    # It is closed by one rebuild, and sealed by the next that may.
    assert [each for each in states if each[1]] == [("sealing", True), ("sealed", True)] or states[-1] == (
        "sealed",
        True,
    )
    assert all(not reads for state, reads in states if state in ("open", "probing"))

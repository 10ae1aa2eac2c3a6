"""Players about whom an operator has decided: hidden, renamed, restored. What is counted of them stays as it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runtime.config import Segment, WindowKind
from runtime.domain.instants import DAY
from runtime.dynamodb.decisions import DecisionStore
from runtime.queries import ProblemError
from runtime.s3.snapshots import HISTORY
from tests.runtime.boards import NOW, board, item
from tests.runtime.daily import END, MINUTE, seal, state
from tests.runtime.world import World
from tests.support.memory_aws import Call
from tests.support.memory_aws.errors import error
from tests.support.memory_aws.interceptors import only

DAILY = board(
    decimals=0,
    windows=(WindowKind("day", grace_seconds=300), WindowKind("all_time"), WindowKind("rolling", days=7)),
    milestones=(50,),
    search_names=True,
    segments=(Segment("country", "country", "Country"),),
    drain_seconds=1800,
)


def decided(world: World) -> DecisionStore:
    return DecisionStore(world.table)


def listed(world: World, window: str = "all_time", now: int = NOW) -> list[tuple[int, str, int]]:
    """Rank, player and score of each entry."""
    page = world.page(now, window=window, limit="100")
    assert page["players"] == len(page["entries"])
    return [(entry["rank"], entry["player_id"], entry["score"]) for entry in page["entries"]]


def play(world: World, *players: str, at: int = NOW, **more: str) -> None:
    for player in players:
        world.number += 1
        made = item(player, at=at, number=world.number, name=player.title(), country="DE", **more)
        assert world.put(made, written=at).counts["Counted"] == 1


def refused(world: World, ask: Any) -> HTTPStatus:
    with pytest.raises(ProblemError) as caught:
        ask()
    return caught.value.status


def test_a_hidden_player_is_counted_and_shown_nowhere_until_restored() -> None:
    world = World(DAILY)
    play(world, "ann", "ann", "bob", "cat", "cat", "cat")
    world.rebuild(NOW + 1)
    assert listed(world) == [(1, "cat", 30), (2, "ann", 20), (3, "bob", 10)]
    before = world.page(NOW + 1, window="all_time")["as_of"]
    assert decided(world).hide("cat", NOW + 1)
    play(world, "cat", "bob", at=NOW + 2)
    world.rebuild(NOW + 3)
    for window in ("all_time", "day", "rolling"):
        assert listed(world, window, NOW + 3) == [(1, "ann", 20), (2, "bob", 20)]
        assert refused(world, lambda window=window: world.player("cat", NOW + 3, window=window)) == 404
        assert refused(world, lambda window=window: world.api.neighbours("cat", {"window": window}, NOW + 3)) == 404
        for query in ({"ids": "cat,ann"}, {"name": "ca"}, {"ids": "cat"}):
            found = world.api.friends({"window": window, **query}, NOW + 3).body["entries"]
            assert "cat" not in [entry["player_id"] for entry in found]
    assert world.page(NOW + 3, window="all_time", player="cat")["around"] == []
    assert world.api.segments({}, NOW + 3).body["segments"][0]["values"] == [{"value": "DE", "players": 2}]
    # Nobody gets the snapshot before either.
    assert refused(world, lambda: world.page(NOW + 3, window="all_time", as_of=before)) in (404, 410)
    assert decided(world).restore("cat", NOW + 4)
    world.rebuild(NOW + 5)
    assert listed(world, now=NOW + 5) == [(1, "cat", 40), (2, "ann", 20), (3, "bob", 20)]


def test_a_hidden_player_reaches_milestones_in_silence() -> None:
    world = World(DAILY)
    decided(world).hide("cat", NOW)
    play(world, *["cat", "bob"] * 6)
    waiting = [row for (partition, _), row in world.aws.tables["aggregates"].items() if partition.startswith("#outbox")]
    assert {"bob"} == {each for row in waiting for each in ("bob", "cat") if f'"{each}"' in str(row)}


def test_a_renamed_player_keeps_the_name_whatever_activities_say() -> None:
    world = World(DAILY)
    play(world, "ann")
    assert decided(world).rename("ann", "Player 7", NOW)
    world.rebuild(NOW + 1)
    play(world, "ann", at=NOW + 2)
    world.rebuild(NOW + 3)
    assert world.player("ann", NOW + 3, window="all_time")["entry"]["name"] == "Player 7"
    assert world.api.friends({"window": "all_time", "name": "player"}, NOW + 3).body["entries"][0]["player_id"] == "ann"
    assert world.api.friends({"window": "all_time", "name": "ann"}, NOW + 3).body["entries"] == []
    decided(world).restore("ann", NOW + 3)
    world.rebuild(NOW + 4)
    assert world.player("ann", NOW + 4, window="all_time")["entry"]["name"] == "Ann"


def test_a_sealed_window_gets_another_revision_only_where_the_player_is_in_it() -> None:
    world = World(DAILY)
    play(world, "ann", "ann", "bob")
    world.rebuild(NOW + 1)
    play(world, "bob", at=END)
    now = seal(world)
    first = world.snapshots.read_newest()
    assert first is not None
    closed = [row for (partition, _), row in world.aws.tables["aggregates"].items() if "window/" in str(row)]
    assert "ann" in str(closed)
    decided(world).hide("ann", now)
    now += MINUTE
    world.rebuild(now)
    assert listed(world, "2026-11-24", now) == [(1, "bob", 10)]
    newest = world.snapshots.read_newest()
    assert newest is not None
    old, new = (snapshot.find_ranks("2026-11-24") for snapshot in (first, newest))
    assert old is not None
    assert new is not None
    assert (new.revision, [each.prefix for each in new.former], new.sealed) == (1, [old.prefix], True)
    # The old ranks stay for the operator, however long.
    later = now + 3 * DAY
    for passed in range(3):
        world.rebuild(now + passed * DAY)
        world.snapshots.sweep(later, 10)
    entries = world.rank_files.read_page(replace(old, sealed=True), 0, 10)
    assert [entry.player_id for entry in entries] == ["ann", "bob"]
    decided(world).hide("nobody", later)
    world.rebuild(later + 1)
    newest = world.snapshots.read_newest()
    assert newest is not None
    again = newest.find_ranks("2026-11-24")
    assert again is not None
    assert (again.revision, again.prefix) == (1, new.prefix)
    for player in ("ann", "nobody"):
        decided(world).restore(player, later + 2)
    world.rebuild(later + 3)
    assert listed(world, "2026-11-24", later + 3) == [(1, "ann", 20), (2, "bob", 10)]


def test_a_window_that_is_sealed_while_a_player_is_hidden_tells_nobody_of_the_player() -> None:
    world = World(DAILY)
    play(world, "ann", "bob")
    decided(world).hide("ann", NOW)
    world.rebuild(NOW + 1)
    seal(world)
    closed = [row for (partition, _), row in world.aws.tables["aggregates"].items() if "window/" in str(row)]
    assert "bob" in str(closed)
    assert "ann" not in str(closed)


def test_a_board_without_decisions_reads_and_stores_nothing_of_them() -> None:
    world = World(DAILY)
    play(world, "ann")
    world.rebuild(NOW + 1)
    stored = str(world.aws.tables["aggregates"].items()) + str(world.bucket.get("snapshots/current.json"))
    assert "decided" not in stored
    world.aws.calls.clear()
    play(world, "ann", at=NOW + 2)
    world.rebuild(NOW + 3)
    before = Counter(call.operation for call in world.aws.calls)
    assert "#players" not in str(world.aws.calls)
    decided(world).hide("ann", NOW + 4)
    world.aws.calls.clear()
    world.rebuild(NOW + 5)
    assert "#players" in str(world.aws.calls)
    # Once everybody is restored, it is as it was.
    decided(world).restore("ann", NOW + 6)
    world.rebuild(NOW + 7)
    world.aws.calls.clear()
    play(world, "ann", at=NOW + 8)
    world.rebuild(NOW + 9)
    assert "#players" not in str(world.aws.calls)
    assert Counter(call.operation for call in world.aws.calls) == before


def test_a_release_that_knows_no_decisions_does_not_make_batches_forget_them() -> None:
    world = World(DAILY)
    play(world, "ann")
    decided(world).hide("cat", NOW)
    edges = world.aws.tables["aggregates"][("#edges", "version")]
    del edges["players"]
    world.rebuild(NOW + 1)
    world.deploy(DAILY)
    world.window_store.refresh()
    assert world.window_store.decisions.hides("cat")


def test_windows_open_beside_a_decision_and_after_it() -> None:
    """A decision that comes first makes the item that windows are opened with."""
    world = World(DAILY)
    decided(world).hide("cat", NOW)
    play(world, "ann", "cat")
    world.rebuild(NOW + 1)
    assert listed(world, now=NOW + 1) == [(1, "ann", 10)]
    play(world, "ann", at=END)
    world.window_store.refresh()
    assert world.window_store.decisions.hides("cat"), "opening a window keeps what else the item says"


def test_a_player_is_hidden_on_a_quiet_board_by_an_operator_whose_clock_is_behind() -> None:
    """Then aggregates have not changed as far as the board knows, and no rebuild would read them for that."""
    world = World(DAILY)
    play(world, "ann", "bob")
    world.rebuild(NOW + 1)
    quiet = NOW + 10 * MINUTE
    world.rebuild(quiet)
    assert world.rebuild(quiet + 1).settled
    decided(world).hide("ann", NOW - 1)
    result = world.rebuild(quiet + MINUTE)
    assert result.settled
    assert result.published
    assert listed(world, now=quiet + MINUTE) == [(1, "bob", 10)]


def test_a_window_that_was_sealed_and_never_shown_is_ranked_anew_after_a_decision() -> None:
    """The rebuild that sealed it died, and its files are gone: an erasure or a sweep has removed them."""
    world = World(DAILY)
    play(world, "ann", "bob")
    world.rebuild(NOW + 1)

    def die(call: Call) -> None:
        if call.request["Key"].startswith(HISTORY) and state(world) == "sealed":
            raise error("InternalError", call.operation)

    world.aws.before = only(die, "put_object")
    with pytest.raises(ClientError):
        seal(world)
    world.aws.unhook()
    now = END + DAY // 2
    found = world.window_store.find("2026-11-24")
    assert found is not None
    assert found.final is not None
    world.bucket.delete(world.bucket.list_keys(found.final.prefix))
    world.deploy(DAILY)
    decided(world).hide("nobody", now)
    world.rebuild(now)
    assert listed(world, "2026-11-24", now) == [(1, "ann", 10), (2, "bob", 10)]

"""A snapshot describes itself: readers get the last one where a changed board's functions refuse to write."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.answers import ApiAnswer
from runtime.config import BoardConfig, Column, Segment, WindowKind
from runtime.domain import instants
from runtime.dynamodb.window_store import IdentityError
from runtime.queries import ProblemError
from runtime.s3.description import describe_board, restore_board
from tests.runtime.boards import NOW, board, item
from tests.runtime.random_boards import any_rules, config_of
from tests.runtime.world import World
from tests.support.effort import examples

MINUTE = 60_000
WINDOWS = (WindowKind("all_time"), WindowKind("rolling", days=3))
SHOWN = board(
    decimals=1,
    windows=WINDOWS,
    attach=("replay",),
    segments=(Segment("country", "country", "Country"),),
    search_names=True,
)
LATER: dict[str, BoardConfig] = {
    "decimals": replace(SHOWN, columns=(Column("score", "descending", "sum", 2),)),
    "order": replace(SHOWN, columns=(Column("score", "ascending", "sum", 1),)),
    "name": replace(SHOWN, columns=(Column("kills", "descending", "sum", 1),)),
    "aggregate": replace(SHOWN, columns=(Column("score", "descending", "average", 1),), aggregate="average"),
    "more": replace(SHOWN, columns=(Column("kills", "ascending"), Column("deaths", "ascending"))),
    "all": replace(SHOWN, columns=(Column("kills", "ascending"),), attach=(), segments=(), ties="dense"),
}
"""What the board above may become that its data does not allow."""


def played(config: BoardConfig = SHOWN) -> World:
    """A board in whose snapshot two players are."""
    world = World(config)
    items = [
        item(player, number=number, name=player.title(), replay=f"r{number}", country=country)
        for number, (player, country) in enumerate([("ann", "BR"), ("bob", "DE"), ("ann", "BR")])
    ]
    assert not world.put(*items).failed
    world.rebuild(NOW + 1)
    return world


def answers(world: World, now: int) -> dict[str, ApiAnswer]:
    """What every path gives that reads a snapshot."""
    as_of = instants.rfc3339(NOW + 1)
    requests: dict[str, Callable[[], ApiAnswer]] = {
        "board": lambda: world.api.leaderboard({}, now),
        "followed": lambda: world.api.leaderboard({"player": "bob"}, now),
        "pinned": lambda: world.api.leaderboard({"as_of": as_of, "window": "all_time"}, now),
        "rolling": lambda: world.api.leaderboard({"window": "rolling"}, now),
        "segment": lambda: world.api.leaderboard({"segment": "country:BR"}, now),
        "player": lambda: world.api.player("ann", {}, now),
        "neighbours": lambda: world.api.neighbours("ann", {}, now),
        "friends": lambda: world.api.friends({"ids": "ann,bob"}, now),
        "names": lambda: world.api.friends({"name": "bo"}, now),
        "segments": lambda: world.api.segments({}, now),
        "windows": lambda: world.api.windows(now),
    }
    return {name: request() for name, request in requests.items()}


@pytest.mark.parametrize("changed", LATER)
def test_readers_get_the_last_snapshot_as_it_describes_itself(changed: str) -> None:
    world = played()
    before = answers(world, NOW + 2)
    world.deploy(LATER[changed])
    with pytest.raises(IdentityError):
        world.rebuild(NOW + MINUTE)
    for name, answer in answers(world, NOW + 2).items():
        assert answer.status == HTTPStatus.OK, name
        body = dict(answer.body)
        assert next(iter(body)) == "notice"
        notice = body.pop("notice")
        assert "stand still since 2026-11-24T00:00:00.001Z" in notice
        assert 'its scores are "sum of score descending with 1 decimals", its rules say' in notice
        reading = {"before": "", "after": "", "digits": 1, "seconds": 0, "ordinal": False}
        described = {"name": "score", "title": "score", "order": "descending", "decimals": 1, "reading": reading}
        assert body.pop("described_columns") == [described]
        assert body == before[name].body, name
        assert answer.content_hash != before[name].content_hash, "a cache would keep the answer without the notice"
        assert answer.as_of == before[name].as_of


def test_the_health_tells_that_the_ranks_stand_still_however_young_they_are() -> None:
    world = played()
    assert world.api.health(NOW + 2).status == HTTPStatus.OK
    world.deploy(LATER["name"])
    health = world.api.health(NOW + 2)
    assert health.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert health.body["as_of"] == "2026-11-24T00:00:00.001Z"
    assert "kills descending" in health.body["notice"]
    assert health.body["healthy"] is False


def test_all_goes_on_when_the_change_is_taken_back() -> None:
    world = played()
    world.deploy(LATER["name"])
    late = item("ann", number=9)
    assert world.put(late).failed, "the message waits for a redrive"
    world.deploy(SHOWN)
    assert not world.put(late).failed
    world.rebuild(NOW + 2 * MINUTE)
    page = world.page(NOW + 2 * MINUTE)
    assert "notice" not in page
    assert [entry["score"] for entry in page["entries"]] == [30, 10]
    assert world.api.health(NOW + 2 * MINUTE).status == HTTPStatus.OK


def rewrite(world: World, change: Callable[[dict[str, Any]], None]) -> None:
    """Write the pointer as another release would have."""
    key = "snapshots/current.json"
    stored, etag = world.bucket.get(key)
    assert stored is not None
    change(stored)
    assert world.bucket.put_if_unchanged(key, stored, etag)


def test_a_snapshot_of_a_release_that_described_none_is_shown_where_it_means_the_same() -> None:
    world = played()
    rewrite(world, lambda stored: stored.pop("board"))
    assert world.page()["entries"]
    world.deploy(LATER["decimals"])
    with pytest.raises(ProblemError) as raised:
        world.page()
    assert raised.value.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert "notice" in world.api.health(NOW + 2).body
    world.deploy(SHOWN)
    world.rebuild(NOW + MINUTE)
    world.deploy(LATER["decimals"])
    assert world.page()["notice"], "the next rebuild describes it"


def test_what_a_later_release_says_besides_is_left_out() -> None:
    world = played()

    def add(stored: dict[str, Any]) -> None:
        stored["weather"] = "fine"
        stored["board"] |= {"weather": "fine"}
        stored["board"]["columns"][0]["colour"] = "red"
        stored["board"]["segments"][0]["colour"] = "red"
        stored["board"]["windows"] = [{"every": "fortnight"}, *stored["board"]["windows"]]
        stored["windows"][0] |= {"weather": "fine"}
        stored["windows"][0]["span"] |= {"zone": "UTC"}

    rewrite(world, add)
    assert [entry["score"] for entry in world.page()["entries"]] == [20, 10]
    world.deploy(LATER["order"])
    assert [entry["score"] for entry in world.page()["entries"]] == [20, 10]


@examples(30)
@given(st.integers(0, 2**32))
def test_a_described_board_is_read_back_as_json_stores_it(seed: int) -> None:
    chance = Random(seed)
    config = config_of(any_rules(chance))
    described = describe_board(config)
    read = json.loads(json.dumps(described))
    assert read == described, "what is read must equal what is made: else each rebuild would publish anew"
    restored = restore_board(board(attach=("x",)), read)
    assert describe_board(restored) == described
    assert (restored.columns, restored.windows, restored.ties) == (config.columns, config.windows, config.ties)
    assert restored.aggregate == config.aggregate

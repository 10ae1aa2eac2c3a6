"""How many objects each kind of request reads of a large board, when nothing is in memory and when it was asked before.

The pointer is read each time: a cached one could give an older snapshot than the answer before.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest

from runtime.config import Segment, Ties
from runtime.s3.cache import ByteCache
from runtime.s3.ranks import sizes
from tests.runtime.boards import NOW, board, item
from tests.runtime.object_reads import list_reads
from tests.runtime.world import World

COUNTRY = Segment("country", "country", "Country")
BLOCK = "blocks/000000"
BUCKET = "players/000000"
VALUE = ["segments/index", "segments/country/blocks/000000"]


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "BLOCK", 10)


def crowd(ties: Ties = "first", segments: tuple[Segment, ...] = (), *, moves: bool = False) -> World:
    """A board of a hundred players, of whom some have equal scores. Nothing of it is in memory.

    With `moves` one of them has gone to another value since the last base.
    """
    world = _play(ties, segments, moves)
    world.deploy(world.config)
    return world


@cache
def _play(ties: Ties, segments: tuple[Segment, ...], moves: bool) -> World:
    world = World(board(decimals=0, ties=ties, segments=segments, top=20, search_names=bool(segments)))
    for number in range(100):
        times = 1 + number // 4
        kills = (item(f"p{number:02}", NOW + each, 100 * number + each, country="BR") for each in range(times))
        assert not world.put(*kills).failed
    world.rebuild()
    if moves:
        world.put(item("p10", NOW + 99, 99, country="DE"))
        assert world.rebuild(NOW + 100).newest.ranks[0].delta
    return world


def ask(world: World, player: str, query: Mapping[str, str]) -> Mapping[str, object]:
    """Ask for what a path of the API gives: a player's, or with `span` the neighbours', otherwise a page."""
    if "ids" in query or "name" in query:
        return world.api.friends(query, NOW).body
    if "span" in query:
        return world.api.neighbours(player, query, NOW).body
    return world.api.player(player, query, NOW).body if player else world.api.leaderboard(query, NOW).body


@pytest.mark.parametrize("ties", ["first", "shared", "dense"])
@pytest.mark.parametrize(
    ("player", "query", "reads"),
    [
        ("", {"limit": "20"}, ["top"]),
        ("", {"limit": "10", "offset": "40"}, [BLOCK]),
        ("", {"limit": "10", "offset": "45"}, [BLOCK]),
        ("", {"limit": "5", "player": "p50"}, ["top", BUCKET, BLOCK]),
        ("p50", {}, [BUCKET]),
        ("p50", {"span": "5"}, [BUCKET, BLOCK]),
        ("p95", {"span": "3"}, [BUCKET, "top"]),
        ("", {"ids": "p50"}, [BUCKET]),
        ("", {"ids": "p50", "span": "2"}, [BUCKET, BLOCK]),
    ],
)
def test_the_objects_that_a_request_reads(ties: Ties, player: str, query: dict[str, str], reads: list[str]) -> None:
    world = crowd(ties)
    for expected in (reads, []):
        assert list_reads(world, lambda: ask(world, player, query)) == ["current.json", *expected]


@pytest.mark.parametrize(
    ("player", "query", "reads"),
    [
        ("p50", {}, [BUCKET]),
        ("p50", {"segment": "country:BR"}, ["segments/index", BUCKET]),
        ("", {"segment": "country:BR", "offset": "5", "limit": "10"}, VALUE),
        ("p50", {"segment": "country:BR", "span": "5"}, ["segments/index", BUCKET, VALUE[1]]),
        ("", {"name": "z"}, ["names/index"]),
    ],
)
def test_the_objects_that_a_request_within_a_segment_reads(
    player: str, query: dict[str, str], reads: list[str]
) -> None:
    world = crowd(segments=(COUNTRY,))
    for expected in (reads, []):
        assert list_reads(world, lambda: ask(world, player, query)) == ["current.json", *expected]


@pytest.mark.parametrize(
    ("player", "query", "reads"),
    [
        ("", {"limit": "20"}, ["top"]),
        ("p50", {}, ["delta", BUCKET]),
        ("p10", {}, ["delta", "segments/index"]),
        ("p50", {"segment": "country:BR"}, ["segments/index", "delta", BUCKET]),
        ("p10", {"segment": "country:DE"}, ["segments/index", "delta"]),
        ("", {"segment": "country:BR", "offset": "5", "limit": "10"}, ["segments/index", "delta", VALUE[1]]),
        ("", {"segment": "country:DE"}, ["segments/index", "delta"]),
        ("p50", {"segment": "country:BR", "span": "5"}, ["segments/index", "delta", BUCKET, VALUE[1]]),
        ("", {"ids": "p10,p50"}, ["delta", "segments/index", BUCKET]),
    ],
)
def test_the_objects_that_a_request_reads_where_a_player_has_gone_to_another_value(
    player: str, query: dict[str, str], reads: list[str]
) -> None:
    world = crowd(segments=(COUNTRY,), moves=True)
    for expected in (reads, []):
        assert list_reads(world, lambda: ask(world, player, query)) == ["current.json", *expected]


def test_friends_are_a_bucket_each_at_the_most() -> None:
    world = crowd()
    friends = ",".join(f"p{number:02}" for number in range(50))
    reads = list_reads(world, lambda: ask(world, "", {"ids": friends}))
    assert reads[0] == "current.json"
    assert set(reads[1:]) == {BUCKET}
    assert len(reads) <= 1 + 50
    assert list_reads(world, lambda: ask(world, "", {"ids": friends})) == ["current.json"]


def test_what_is_kept_in_memory_is_bounded_whatever_is_asked() -> None:
    world = crowd()
    world.bucket.cache = ByteCache(2_000)
    for number in range(100):
        entry = ask(world, f"p{number:02}", {})["entry"]
        assert isinstance(entry, dict)
        assert entry["player_id"] == f"p{number:02}"
        assert 0 < world.bucket.cache.bytes <= 2_000

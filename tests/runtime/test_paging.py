"""A reader that goes through a whole board, page by page, while rebuilds go on: one snapshot, every rank once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from runtime.config import Ties
from runtime.domain import instants
from runtime.s3.ranks import sizes
from tests.runtime.boards import NOW, board
from tests.runtime.stepping import Process, fork, rebuilder_of, record
from tests.runtime.world import World
from tests.support.effort import seeds

LIMIT, SPAN = 2, 2
LOOKED_AT = "bdg"
"""The players whose own entries and neighbours are read too: a last, a middle and a first one."""
TIES: tuple[Ties, ...] = get_args(Ties)

pytestmark = pytest.mark.usefixtures("one_thread")
Ranked = list[tuple[int, str, int]]
"""(rank, player, score) in the board's order."""


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "BLOCK", 3)
    monkeypatch.setattr(sizes, "PER_PACK", 1)


class Game:
    """A board that is played between rebuilds, and the naive ranks of each of its snapshots."""

    def __init__(self, ties: Ties) -> None:
        self.world = World(board(decimals=0, ties=ties, top=3, shards=2))
        self.kills: list[str] = []
        self.ranked: dict[int, Ranked] = {}
        """By the `as_of` of the snapshot."""

    def fork(self) -> Game:
        """The same board, in a world of its own."""
        other = Game(self.world.config.ties)
        other.world, other.kills, other.ranked = fork(self.world), list(self.kills), dict(self.ranked)
        return other

    def play(self, players: str, as_of: int) -> None:
        """Let players make a kill each, before a rebuild that begins at `as_of`."""
        for player in players:
            self.world.play(player, at=NOW + len(self.kills))
            self.kills.append(player)
        self.ranked[as_of] = self.rank()

    def rank(self) -> Ranked:
        """The naive ranks of all kills: by the score, then by the time of the last kill."""
        scores = Counter(self.kills)
        last = {player: number for number, player in enumerate(self.kills)}
        players = sorted(scores, key=lambda player: (-scores[player], last[player]))
        better = [[other for other in players if scores[other] > scores[player]] for player in players]
        ranked: Ranked = []
        for place, player in enumerate(players):
            rank = {
                "first": place + 1,
                "shared": 1 + len(better[place]),
                "dense": 1 + len({scores[other] for other in better[place]}),
            }[self.world.config.ties]
            ranked.append((rank, player, 10 * scores[player]))
        return ranked

    def check(self, read: dict[str, Any]) -> None:
        """What a reader has read is one snapshot, and the whole of it."""
        ranked = self.ranked[instants.parse_rfc3339(read["as_of"])]
        assert read["pages"] == ranked
        for place, entry in enumerate(ranked):
            if entry[1] in LOOKED_AT:
                assert read["players"][entry[1]] == entry
                assert read["around"][entry[1]] == ranked[max(0, place - SPAN) : place + SPAN + 1]
        assert read["friends"] == [entry for entry in ranked if entry[1] in "aceg"]


def rebuild_at(now: int) -> Any:
    """The work of a rebuild that begins at a time."""
    return lambda own: rebuilder_of(own, lambda: now).rebuild()


def read_all(own: World, as_of: str | None = None) -> dict[str, Any]:
    """Read a whole board, as of one snapshot: the one that the first page tells of."""
    query = {"limit": str(LIMIT), **({"as_of": as_of} if as_of else {})}
    page = own.api.leaderboard(query, NOW).body
    pinned = {"as_of": page["as_of"]}
    pages = plain(page)
    while page["entries"]:
        page = own.api.leaderboard({**pinned, "limit": str(LIMIT), "offset": str(len(pages))}, NOW).body
        assert page["as_of"] == pinned["as_of"]
        pages += plain(page)
    names = [player for _, player, _ in pages if player in LOOKED_AT]
    return {
        **pinned,
        "pages": pages,
        "players": {name: plain({"entries": [own.api.player(name, pinned, NOW).body["entry"]]})[0] for name in names},
        "around": {name: plain(own.api.neighbours(name, {**pinned, "span": str(SPAN)}, NOW).body) for name in names},
        "friends": plain(own.api.friends({**pinned, "ids": "a,c,e,g"}, NOW).body),
    }


def plain(body: dict[str, Any]) -> Ranked:
    return [(each["rank"], each["player_id"], each["score"]) for each in body["entries"]]


def make_game(ties: Ties) -> Game:
    """A board with a snapshot, on which the ranks of all have changed since."""
    game = Game(ties)
    game.play("abcdefgaabcd", NOW + 1)
    game.world.rebuild(NOW + 1)
    game.play("gfegfeggd", NOW + 2)
    return game


def places(ties: Ties, work: Any, seed: int) -> Iterator[tuple[Game, int]]:
    """Each number of calls of the work after which something may happen, with a game for it.

    A seed tries one in 8 of them.
    """
    game = make_game(ties)
    calls = len(record(game.fork().world, work))
    for place in range(seed % 8, calls + 1, 8):
        yield game.fork(), place


@seeds(1)
@pytest.mark.parametrize("ties", TIES)
def test_a_reader_sees_one_snapshot_at_any_call_of_a_rebuild(ties: Ties, seed: int) -> None:
    for game, place in places(ties, rebuild_at(NOW + 2), seed):
        rebuild = Process(game.world, rebuild_at(NOW + 2)).step(place)
        before = read_all(game.world)
        game.check(before)
        rebuild.finish()
        # What it has pinned stays, and the newest is the other one.
        assert read_all(game.world, before["as_of"]) == before
        after = read_all(game.world)
        game.check(after)
        assert before["as_of"] <= after["as_of"] == "2026-11-24T00:00:00.002Z"


@seeds(1)
@pytest.mark.parametrize("ties", TIES)
def test_a_rebuild_at_any_call_of_a_reader_tears_nothing(ties: Ties, seed: int) -> None:
    for game, place in places(ties, read_all, seed):
        reader = Process(game.world, read_all).step(place)
        game.world.rebuild(NOW + 2)
        game.check(reader.finish())


@seeds(1)
@pytest.mark.parametrize("ties", TIES)
def test_a_rebuild_that_dies_before_any_write_leaves_the_old_snapshot_whole(ties: Ties, seed: int) -> None:
    calls = record(make_game(ties).world, rebuild_at(NOW + 2))
    writes = [place for place, call in enumerate(calls) if call.service == "s3" and call.is_write]
    # A delta and its top for each of two windows, the history, and the pointer.
    assert len(writes) == 6
    begun = make_game(ties)
    for place in writes[seed % 2 :: 2]:
        game = begun.fork()
        Process(game.world, rebuild_at(NOW + 2)).step(place).kill()
        read = read_all(game.world)
        assert read["as_of"] == "2026-11-24T00:00:00.001Z"
        game.check(read)
        # The next one is not in the way of what is left.
        game.play("a", NOW + 3)
        game.world.rebuild(NOW + 3)
        game.check(read_all(game.world))
        assert read_all(game.world, read["as_of"]) == read

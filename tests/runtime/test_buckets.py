"""A bucket says the same of a player, however many are asked for with the player."""

from __future__ import annotations

import pytest

from runtime.s3.ranks.buckets import SPLIT_FROM, find_player, find_players

PLAYERS = [f"p{number}" for number in range(3 * SPLIT_FROM)]
PIECE = "\n".join(
    f'{player}\t{number}\t{number + 1}\t{number + 1}\tKEY{player}\t["p1\\tp2"]\n#{player}\tmode\t0\t1\t1\t1'
    for number, player in enumerate(PLAYERS)
).encode()


@pytest.mark.parametrize("count", [0, 1, SPLIT_FROM - 1, SPLIT_FROM, len(PLAYERS)])
def test_players_are_found_by_search_and_by_splitting(count: int) -> None:
    wanted = [player.encode() for player in [*PLAYERS[:count], "p", "q1", "mode"]]
    found = find_players(PIECE, wanted)
    assert list(found) == wanted[:count]
    for player, text in found.items():
        single = find_player(PIECE, player.decode())
        assert single is not None
        position, rank, end, line = text.split(b"\t", 3)
        assert (int(position), int(rank), int(end), line) == (
            single.ranked.position,
            single.ranked.rank,
            single.end,
            single.ranked.line,
        )

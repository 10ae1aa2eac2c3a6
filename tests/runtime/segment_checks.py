"""Ranks within segments, as every path of the API shows them, compared to the naive model's."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from runtime.domain.instants import rfc3339
from runtime.queries import ProblemError
from tests.runtime.naive_model import Row
from tests.runtime.random_boards import entry_of
from tests.runtime.world import World

MOST_VALUES = 2
"""How many values of a segment get ranks here, instead of 250."""

Within = dict[str, dict[str, list[Row]]]
"""By segment and value."""


def player_part(within: Within, player: str) -> dict[str, Any]:
    """What an answer about a player says of segments; nothing on a board without any."""
    values = {
        name: {"value": value, "rank": row.rank, "players": len(rows)}
        for name, each in within.items()
        for value, rows in each.items()
        for row in rows
        if row.player == player
    }
    return {"segments": values} if within else {}


def check_segments(world: World, within: Within, rows: list[Row], now: int, window: str, chance: Random) -> None:
    """Compare each value of each segment, and who is in none of them."""
    overall = {row.player: {"rank": row.rank, "players": len(rows)} for row in rows}
    listed = world.api.segments({"window": window}, now).body["segments"]
    assert [each["name"] for each in listed] == list(within)
    for each in listed:
        name, values = each["name"], within[each["name"]]
        sizes = sorted(((value, len(some)) for value, some in values.items()), key=lambda one: (-one[1], one[0]))
        assert each["values"] == [{"value": value, "players": players} for value, players in sizes]
        for value, some in values.items():
            check_value(world, {"window": window, "segment": f"{name}:{value}"}, some, now, chance)
            row = chance.choice(some)
            answer = world.player(row.player, now, window=window, segment=f"{name}:{value}")["entry"]
            shown = {**player_part(within, row.player), "overall": overall[row.player]}
            assert answer == {**entry_of(row), "at": rfc3339(row.at), "percentile": row.percentile, **shown}
        with pytest.raises(ProblemError, match=f'nobody is in {name} "Elsewhere"'):
            world.page(now, window=window, segment=f"{name}:Elsewhere")


def check_value(world: World, query: dict[str, str], rows: list[Row], now: int, chance: Random) -> None:
    """Compare the players of one value: pages, neighbours, friends, and that no other is in it."""
    expected = [{**entry_of(row), "at": rfc3339(row.at)} for row in rows]
    found, limit = [], chance.randint(1, 4)
    for offset in range(0, len(rows) + limit, limit):
        page = world.page(now, **query, offset=str(offset), limit=str(limit))
        assert page["players"] == len(rows)
        assert ":".join(page["segment"].values()) == query["segment"]
        found += page["entries"]
    assert found == expected
    place, span = chance.randrange(len(rows)), chance.randint(1, 3)
    around = world.api.neighbours(rows[place].player, {**query, "span": str(span)}, now).body["entries"]
    assert around == expected[max(0, place - span) : place + span + 1]
    friends = world.api.friends({**query, "ids": "p5,p1,p8,p3"}, now).body
    assert friends["entries"] == [each for each in expected if each["player_id"] in ("p1", "p3", "p5")]
    inside = {row.player for row in rows}
    for outsider in {"p1", "p2", "p8"} - inside:
        with pytest.raises(ProblemError, match=f"no entry for the player {outsider} in "):
            world.player(outsider, now, **query)

"""The search by name, compared to what openapi.yaml says of it."""

from __future__ import annotations

from tests.rendering.api_reader import Reader, play
from tests.runtime.boards import NOW, board, item
from tests.runtime.world import World


def test_a_search_by_name() -> None:
    reader = Reader(World(board(search_names=True)))
    assert reader.get("/v1/players", name="ann")[1]["more"] is False
    play(reader.world)
    reader.world.put(item("eve", at=NOW + 9, number=9, name="Annika"))
    reader.world.rebuild(NOW + 1000)
    status, found = reader.get("/v1/players", name="ÁNN", limit="1", window="all_time")
    assert (status, [entry["name"] for entry in found["entries"]], found["more"]) == (200, ["Ann ☃"], True)
    assert reader.get("/v1/players", name="annika", as_of=found["as_of"])[1]["entries"][0]["player_id"] == "eve"
    known = reader.etag("/v1/players", name="ann")
    assert reader.get("/v1/players", known=known, name="ann")[0] == 304
    for query in ({}, {"name": "a", "ids": "b"}, {"name": "x" * 65}, {"name": "a", "limit": "21"}):
        assert reader.get("/v1/players", **query)[0] == 400
    assert Reader(World(board())).get("/v1/players", name="ann")[0] == 404

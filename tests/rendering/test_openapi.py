"""Each bundle's openapi.yaml, compared to what its API answers: statuses, headers, every property of every answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import yaml

from generator.source.tree import LOADER
from runtime import api as api_module
from runtime.config import Column, Segment, WindowKind
from runtime.domain.instants import DAY
from runtime.queries import PARAMETERS
from tests.rendering.api_reader import Reader, play
from tests.rendering.openapi import Schemas, document
from tests.runtime.boards import NOW, board, change_board, item
from tests.runtime.world import World
from tests.support.bundles import everything

COMPOSITE = board(
    decimals=1,
    ties="shared",
    aggregate="best",
    columns=(Column("score", "descending"), Column("on", "ascending")),
    rules=tuple(replace(rule, points=rule.points * 2) for rule in board().rules),
)
MIXED = board(
    columns=(Column("fish", "descending", "sum"), Column("biggest", "descending", "best", 2)),
    rules=tuple(replace(rule, points=rule.points * 2) for rule in board().rules),
)
BOARDS = {
    "columns of their own": MIXED,
    "two windows": board(decimals=2),
    "columns": COMPOSITE,
    "hours and rolling days": board(windows=(WindowKind("rolling", days=3), WindowKind("hour", grace_seconds=0))),
    "attached fields": board(attach=("photo", "level")),
    "names": board(search_names=True),
    "segments": board(segments=(Segment("country", "mode", "Country"), Segment("big", "level", "Big", ("3", "4")))),
    "a name that YAML reads as another type": board(name="on", windows=(WindowKind("day"),)),
}


@pytest.fixture(params=list(BOARDS))
def reader(request: pytest.FixtureRequest) -> Reader:
    return Reader(World(BOARDS[request.param]))


def test_every_path_is_documented_and_no_other() -> None:
    routes = {route.path.replace("<", "{").replace(">", "}") for route in api_module.app._static_routes}
    routes |= {
        path
        for route in api_module.app._dynamic_routes
        for path in [str(route.path).replace("<", "{").replace(">", "}")]
    }
    assert set(document(BOARDS["columns"])["paths"]) == routes


def test_every_parameter_is_documented_and_no_other() -> None:
    schemas = Schemas(document(BOARDS["columns"]))
    described = {
        path: {
            each["name"] for each in map(schemas.resolve, item["get"].get("parameters", [])) if each["in"] == "query"
        }
        for path, item in document(BOARDS["columns"])["paths"].items()
    }
    assert described == {path: set(names) for path, names in PARAMETERS.items()}


def test_answers_before_the_first_snapshot(reader: Reader) -> None:
    status, page = reader.get("/v1/leaderboard")
    assert (status, page["as_of"], page["entries"]) == (200, None, [])
    assert reader.get("/v1/players/{player_id}", player_id="ann")[0] == 404
    assert reader.get("/v1/players", ids="ann,bob")[1]["entries"] == []
    assert reader.get("/v1/windows")[0] == 200
    assert reader.get("/v1/segments")[0] == 200
    assert reader.get("/v1/health")[0] == 503


def test_answers_of_a_board_that_is_played(reader: Reader) -> None:
    play(reader.world)
    reader.world.rebuild(NOW + 1000)
    for kind in reader.world.config.windows:
        status, page = reader.get("/v1/leaderboard", window=kind.every, limit="2")
        assert (status, page["players"], len(page["entries"])) == (200, 4, 2)
        followed = reader.get("/v1/leaderboard", window=kind.every, limit="2", player="cleo:x@y")[1]
        assert 2 <= len(followed["around"]) <= 3
        assert reader.get("/v1/leaderboard", window=page["window"]["id"], as_of=page["as_of"])[0] == 200
        for player in ("ann", "cleo:x@y"):
            assert reader.get("/v1/players/{player_id}", player_id=player, window=kind.every)[0] == 200
        around = reader.get("/v1/players/{player_id}/neighbours", player_id="ann", window=kind.every, span="1")[1]
        assert 2 <= len(around["entries"]) <= 3
        assert len(reader.get("/v1/players", ids="ann,dora,nobody", window=kind.every)[1]["entries"]) == 2
        assert reader.get("/v1/players", ids="cleo:x@y", window=kind.every)[1]["entries"][0]["percentile"] >= 0
        assert len(reader.get("/v1/players", ids="cleo:x@y", window=kind.every, span="50")[1]["entries"]) == 4
    status, windows = reader.get("/v1/windows")
    assert {window["every"] for window in windows["windows"]} == {kind.every for kind in reader.world.config.windows}
    assert reader.get("/v1/health")[0] == 200


def test_answers_within_a_segment() -> None:
    reader = Reader(World(BOARDS["segments"]))
    play(reader.world)
    reader.world.put(item("eve", at=NOW, mode="ranked", number=9))
    reader.world.rebuild(NOW + 1000)
    listed = reader.get("/v1/segments", window="all_time")[1]["segments"]
    assert [each["values"] for each in listed] == [
        [{"value": "ranked", "players": 1}],
        [{"value": "3", "players": 1}],
    ]
    for segment in ("country:ranked", "big:3"):
        page = reader.get("/v1/leaderboard", segment=segment)[1]
        assert (page["players"], len(page["entries"]), page["segment"]["name"]) == (1, 1, segment.partition(":")[0])
        player = page["entries"][0]["player_id"]
        entry = reader.get("/v1/players/{player_id}", player_id=player, segment=segment)[1]["entry"]
        assert (entry["overall"]["players"], list(entry["segments"])) == (5, [segment.partition(":")[0]])
        assert reader.get("/v1/players", ids=player, segment=segment)[1]["entries"] == [entry]
        assert reader.get("/v1/players/{player_id}/neighbours", player_id=player, segment=segment)[0] == 200
    assert reader.get("/v1/leaderboard", segment="country:none")[0] == 404
    assert reader.get("/v1/leaderboard", segment="nation:BR")[0] == 404
    assert reader.get("/v1/leaderboard", segment="nation")[0] == 400


def test_a_player_who_scored_since(reader: Reader) -> None:
    play(reader.world)
    reader.world.rebuild(NOW + 1000)
    boss = item("ann", at=NOW + 2000, number=77, type="boss", mode="ranked", damage=5)
    assert not reader.world.put(boss, written=NOW + 2000).failed
    entry = reader.get("/v1/players/{player_id}", player_id="ann")[1]["entry"]
    assert entry["pending"]["score"] > entry["score"]


def test_answers_of_an_archive() -> None:
    reader = Reader(World(BOARDS["hours and rolling days"]))
    play(reader.world)
    hour = 3_600_000
    for later in (1000, hour + 1000, hour + 2_000_000, hour + 2_100_000):
        reader.world.rebuild(NOW + later)
    reader.now = NOW + hour + 2_200_000
    status, page = reader.get("/v1/leaderboard", window="hour:previous")
    assert (status, page["players"]) == (200, 4)
    assert [window["current"] for window in reader.get("/v1/windows")[1]["windows"]].count(False) == 1


def test_answers_that_are_known_already(reader: Reader) -> None:
    play(reader.world)
    reader.world.rebuild(NOW + 1000)
    for path, values in (
        ("/v1/leaderboard", {}),
        ("/v1/players", {"ids": "ann"}),
        ("/v1/players/{player_id}", {"player_id": "ann"}),
        ("/v1/players/{player_id}/neighbours", {"player_id": "ann"}),
        ("/v1/segments", {}),
        ("/v1/windows", {}),
    ):
        assert reader.get(path, known=reader.etag(path, **values), **values)[0] == 304


def test_problems(reader: Reader) -> None:
    play(reader.world)
    reader.world.rebuild(NOW + 1000)
    first = reader.get("/v1/leaderboard")[1]["as_of"]
    # The first snapshot is replaced, and long after that it is swept.
    for later in (2000, DAY, 2 * DAY):
        reader.world.rebuild(NOW + later)
    reader.world.snapshots.sweep(NOW + 2 * DAY, 60)
    reader.now = NOW + 2 * DAY
    page, one, around = "/v1/leaderboard", "/v1/players/{player_id}", "/v1/players/{player_id}/neighbours"
    wrong: list[tuple[int, str, dict[str, str]]] = [
        (400, page, {"window": "UPPER"}),
        (400, page, {"limit": "101"}),
        (400, page, {"offset": "-1"}),
        (400, page, {"as_of": "yesterday"}),
        (400, one, {"player_id": "a b"}),
        (400, around, {"player_id": "ann", "span": "51"}),
        (400, "/v1/players", {"ids": ""}),
        (400, "/v1/players", {"ids": "ann,bob", "span": "51"}),
        (400, "/v1/players", {"ids": ",".join(f"p{number}" for number in range(51))}),
        (404, page, {"window": "2001-01-01"}),
        (404, page, {"window": "all_time:previous"}),
        (404, one, {"player_id": "nobody"}),
        (404, around, {"player_id": "nobody"}),
        (410, page, {"as_of": first}),
        (410, one, {"player_id": "ann", "as_of": first}),
    ]
    for status, path, values in wrong:
        found, body = reader.get(path, **values)
        assert found == status, (path, values, body)
        assert body["status"] == status


def test_answers_where_the_rules_were_changed(reader: Reader) -> None:
    play(reader.world)
    reader.world.rebuild(NOW + 1000)
    reader.world.api = replace(reader.world.api, board=change_board(reader.world.config, decimals=6))
    for path in reader.document["paths"]:
        status, body = reader.get(path, player_id="ann", ids="ann")
        assert status == (503 if path == "/v1/health" else 200), path
        assert "stand still" in body["notice"]
    stored, etag = reader.world.bucket.get("snapshots/current.json")
    assert stored is not None
    del stored["board"]
    reader.world.bucket.put_if_unchanged("snapshots/current.json", stored, etag)
    for path in reader.document["paths"]:
        assert reader.get(path, player_id="ann", ids="ann")[0] == 503, path


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, data in everything().files.items():
        if path.endswith("/openapi.yaml"):
            yield path, yaml.load(data, LOADER)


@pytest.mark.parametrize(("path", "text"), list(documents()), ids=lambda value: value if isinstance(value, str) else "")
def test_every_reference_leads_somewhere_and_all_is_used(path: str, text: dict[str, Any]) -> None:
    schemas, used = Schemas(text), set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node:
                used.add(node["$ref"])
                schemas.resolve(node)
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(text)
    components = text["components"]
    made = {f"#/components/{kind}/{name}" for kind, named in components.items() for name in named}
    assert made - used <= {"#/components/securitySchemes/sigv4"}


def test_the_checker_sees_what_is_wrong() -> None:
    schemas = Schemas(document(BOARDS["columns"]))
    entry: dict[str, Any] = {
        "rank": 1,
        "player_id": "ann",
        "name": None,
        "score": 1.5,
        "columns": {"score": 1.5, "on": 2},
        "at": "2026-11-24T00:00:00.000Z",
    }
    schema = {"$ref": "#/components/schemas/Entry"}
    assert list(schemas.find_faults(entry, schema)) == []
    for change in (
        {"rank": 0},
        {"rank": True},
        {"rank": 1.5},
        {"player_id": "a b\n"},
        {"name": 1},
        {"score": "1"},
        {"columns": {"score": "1"}},
        {"rank": 2**63},
        {"at": "2026-11-24T00:00:00Z"},
        {"at": "2026-02-30T00:00:00.000Z"},
        {"new": 1},
    ):
        assert len(list(schemas.find_faults(entry | change, schema))) == 1, change

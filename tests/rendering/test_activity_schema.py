"""A bundle's activity.schema.json and openapi.yaml, compared to what its functions accept and answer."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from http import HTTPStatus
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from generator.board.board import Board
from generator.rendering.activity_schema import activity_schema
from runtime import api, queries
from runtime.domain import activity, rejection
from runtime.domain.rules.points import score_activity
from tests.rendering.openapi import Schemas
from tests.runtime import boards
from tests.runtime.world import World
from tests.support.bundles import everything
from tests.support.projects import board_yaml, boards_of, project_yaml

BOARDS = {board.folder: board for board in everything().boards}
NOW = 1_783_684_800_000
"""2026-07-10T12:00:00Z, in milliseconds."""


def document(board: Board, name: str) -> Any:
    """A YAML or JSON file of the board's bundle."""
    path = next(path for path in everything().files if path.endswith(f"{board.folder}/{name}"))
    return yaml.safe_load(everything().files[path])


def attribute(value: str | bool | int | float) -> dict[str, Any]:
    """A value as DynamoDB has it."""
    return boards.attribute(Decimal(str(value)) if isinstance(value, float) else value)


def judge(board: Board, item: dict[str, Any]) -> Any:
    """The score or the rejection that the functions give an item that is written at the time of its id."""
    at = activity.time_of(item["activity_id"])
    record = activity.StreamRecord(
        item["player_id"], item["activity_id"], at, {k: attribute(v) for k, v in item.items()}
    )
    parsed = activity.parse_activity(record, at)
    return parsed if isinstance(parsed, rejection.Rejection) else score_activity(board.config, parsed)


NAMES = (
    *("Zoë", "海斗", "a\u200b", "\u202ea", "❤\ufe0f", "👩\u200d🚀", "\u0301", "x" * 64, " a "),
    *(
        "",
        " ",
        "x" * 65,
        "a\nb",
        "a\u2028",
        "\u200b",
        "\u3164",
        "\u2800",
        "\u200d\u3000",
        "\ufe0f",
        "\u115f",
        "\u202e\u202c",
    ),
)


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_takes_the_names_that_the_functions_take(name: str) -> None:
    board = next(iter(BOARDS.values()))
    schema = document(board, "activity.schema.json")
    item = schema["examples"][0] | {"name": name}
    at = activity.time_of(item["activity_id"])
    record = activity.StreamRecord(
        item["player_id"], item["activity_id"], at, {k: attribute(v) for k, v in item.items()}
    )
    parsed = activity.parse_activity(record, at)
    kept = isinstance(parsed, activity.Activity) and parsed.name == name
    assert Draft202012Validator(schema).is_valid(item) == kept


def test_attached_fields_are_described_and_refuse_nothing() -> None:
    (board,) = boards_of(project_yaml(board_yaml(scoring="{rules: [{activity: kill, points: 1}], attach: [photo]}")))
    schema = json.loads(activity_schema(board))
    (example,) = schema["examples"]
    assert example["photo"].startswith("https://")
    assert "1,000 bytes" in schema["properties"]["photo"]["description"]
    for photo in ("a\nb", True, 7, "x" * 5000):
        assert Draft202012Validator(schema).is_valid(example | {"photo": photo})
        assert isinstance(judge(board, example | {"photo": photo}), tuple)


@pytest.mark.parametrize("folder", BOARDS)
def test_examples_give_points(folder: str) -> None:
    board = BOARDS[folder]
    examples = document(board, "activity.schema.json")["examples"]
    assert len(examples) == len(board.config.rules)
    for example in examples:
        assert isinstance(judge(board, example), tuple), example


@pytest.mark.parametrize("folder", BOARDS)
def test_readme_writes_an_activity_that_counts_and_expires(folder: str, tmp_path: Path) -> None:
    board = BOARDS[folder]
    readme = next(data for path, data in everything().files.items() if path.endswith(f"{folder}/README.md"))
    [commands] = [each for each in re.findall(r"```sh\n(.+?)```", readme.decode(), re.DOTALL) if "put-item" in each]
    program = tmp_path / "aws"
    program.write_text("#!/bin/sh\nfor last; do :; done\nprintf '%s' \"$last\"\n")
    program.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["sh", "-ec", commands], env={"PATH": path}, capture_output=True, text=True, check=True)
    image = json.loads(done.stdout)
    now = int(time.time() * 1000)
    record = activity.StreamRecord(image["player_id"]["S"], image["activity_id"]["S"], now + 999, image)
    parsed = activity.parse_activity(record, now)
    assert isinstance(parsed, activity.Activity), parsed
    assert isinstance(score_activity(board.config, parsed), tuple)
    assert float(image["expires_at"]["N"]) * 1000 > now + activity.MIN_TTL


@pytest.mark.parametrize("folder", BOARDS)
def test_required_fields_are_those_without_which_an_activity_is_rejected(folder: str) -> None:
    board = BOARDS[folder]
    schema = document(board, "activity.schema.json")
    conditional = {
        (condition["if"]["properties"]["type"]["const"], field)
        for condition in schema.get("allOf", [])
        for field in condition["then"]["required"]
    }
    missed = set()
    for example in schema["examples"]:
        for field in example.keys() - {"player_id", "activity_id"}:
            left = {name: value for name, value in example.items() if name != field}
            if isinstance(judge(board, left), rejection.Rejection):
                missed.add((example["type"], field))
    types = {(example["type"], "type") for example in schema["examples"]}
    assert missed == conditional | types
    assert set(schema["required"]) == {"player_id", "activity_id", "type"}


@pytest.mark.parametrize("folder", BOARDS)
def test_types_are_those_that_are_not_rejected(folder: str) -> None:
    board = BOARDS[folder]
    schema = document(board, "activity.schema.json")
    example = schema["examples"][0]
    for type_ in [*schema["properties"]["type"]["enum"], "unheard-of"]:
        bare = {"player_id": example["player_id"], "activity_id": example["activity_id"], "type": type_}
        unknown = isinstance(got := judge(board, bare), rejection.Rejection) and got.reason == "unknown_type"
        assert unknown == (type_ == "unheard-of")


def play(board: Board) -> World:
    """A world in which two players did everything that the board has rules for."""
    world = World(board.config)
    examples = document(board, "activity.schema.json")["examples"]
    expires_at = (NOW + activity.MIN_TTL) // 1000
    made = [
        {**example, "player_id": player, "activity_id": activity.make_id(NOW, number), "expires_at": expires_at}
        for number, (example, player) in enumerate(product(examples, ("ann", "bob")))
    ]
    batch = world.put(*({name: attribute(value) for name, value in each.items()} for each in made), written=NOW)
    assert batch.counts["Counted"] == len(made), batch
    world.rebuild(NOW + 1)
    return world


@pytest.mark.parametrize("folder", BOARDS)
def test_answers_are_what_the_api_description_says(folder: str) -> None:
    board = BOARDS[folder]
    description = document(board, "openapi.yaml")
    schemas = Schemas(description)
    for world in (play(board), World(board.config)):
        asked = {
            "/v1/leaderboard": [world.api.leaderboard({"window": each.every}, NOW) for each in board.config.windows],
            "/v1/players": [world.api.friends({"ids": "ann,bob,nobody"}, NOW)],
            "/v1/players/{player_id}": [],
            "/v1/players/{player_id}/neighbours": [],
            "/v1/segments": [world.api.segments({}, NOW)],
            "/v1/windows": [world.api.windows(NOW)],
            "/v1/health": [world.api.health(NOW)],
        }
        if world.aws.bucket.objects:
            asked["/v1/players/{player_id}"] = [world.api.player("ann", {}, NOW)]
            asked["/v1/players/{player_id}/neighbours"] = [world.api.neighbours("bob", {}, NOW)]
        assert set(description["paths"]) == set(asked)
        for path, answers in asked.items():
            responses = description["paths"][path]["get"]["responses"]
            for answer in answers:
                schema = responses[str(int(answer.status))]["content"]["application/json"]["schema"]
                assert not list(schemas.find_faults(json.loads(json.dumps(answer.body)), schema, path))


@pytest.mark.parametrize("folder", BOARDS)
def test_parameters_are_bounded_as_the_functions_bound_them(folder: str) -> None:
    description = document(BOARDS[folder], "openapi.yaml")
    world = World(replace(BOARDS[folder].config, search_names=True))
    window = description["components"]["parameters"]["WindowQuery"]["schema"]["pattern"]
    assert window == f"^{queries.WINDOW.pattern}$"
    listed = {
        (path, each["name"]): each["schema"]
        for path, item in description["paths"].items()
        for each in item["get"].get("parameters", [])
        if "name" in each
    }
    assert listed["/v1/players", "ids"]["maxItems"] == queries.MAX_FRIENDS
    calls: dict[tuple[str, str], Callable[[dict[str, str]], object]] = {
        ("/v1/leaderboard", "limit"): lambda query: world.api.leaderboard(query, NOW),
        ("/v1/leaderboard", "offset"): lambda query: world.api.leaderboard(query, NOW),
        ("/v1/players", "limit"): lambda query: world.api.friends({"name": "ann", **query}, NOW),
        ("/v1/players", "span"): lambda query: world.api.friends({"ids": "ann", **query}, NOW),
        ("/v1/players/{player_id}/neighbours", "span"): lambda query: world.api.neighbours("ann", query, NOW),
    }
    texts = {("/v1/players", "ids"), ("/v1/players", "name"), ("/v1/leaderboard", "player")}
    assert set(calls) == set(listed) - texts
    for (path, name), call in calls.items():
        schema = listed[path, name]
        for number in (schema["minimum"] - 1, schema["minimum"], schema["maximum"], schema["maximum"] + 1):
            status = HTTPStatus.OK
            try:
                call({name: str(number)})
            except queries.ProblemError as problem:
                status = problem.status
            assert (status == HTTPStatus.BAD_REQUEST) == (not schema["minimum"] <= number <= schema["maximum"])


def test_a_problem_is_what_the_api_description_says() -> None:
    description = document(next(iter(BOARDS.values())), "openapi.yaml")
    schema = description["components"]["responses"]["NotFound"]["content"]["application/problem+json"]["schema"]
    body = api.respond_problem(queries.ProblemError(HTTPStatus.NOT_FOUND, "nothing")).body
    assert not list(Schemas(description).find_faults(json.loads(str(body)), schema))


def test_a_field_that_a_column_is_read_from_has_its_unit() -> None:
    rank_by = "[{name: time_ms, format: duration, unit: ms}, {name: far, format: distance}, {name: kills}]"
    rules = "[{activity: run, time_ms: {field: took}, far: {field: far}, kills: {field: kills}}]"
    scaled = "{format: percent, rules: [{activity: run, per: {field: hits, points: 100}}]}"
    whole = project_yaml(
        board_yaml("runs", scoring=f"{{rank_by: {rank_by}, rules: {rules}}}") + board_yaml("hits", scoring=scaled)
    )
    runs, hits = (json.loads(activity_schema(board)) for board in boards_of(whole))
    assert runs["allOf"][0]["then"]["properties"] == {
        "far": {"type": "number", "description": "In metres."},
        "kills": {"type": "number"},
        "took": {"type": "number", "description": "In milliseconds."},
    }
    # What a rule makes something else of is not in the unit of the score.
    assert hits["allOf"][0]["then"]["properties"] == {"hits": {"type": "number"}}

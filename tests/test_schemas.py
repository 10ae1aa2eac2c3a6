"""What a bundle says of its activities and its API is what its functions do."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, cast

import pytest
import yaml

from generator.board import Board
from runtime import activity, api, scoring, windows
from runtime.snapshots import Entry, Store
from tests.bundles import everything

BOARDS = {board.folder: board for board in everything().boards}
NOW = 1_767_225_700_000


def document(board: Board, name: str) -> Any:
    path = next(path for path in everything().files if path.endswith(f"{board.folder}/{name}"))
    return yaml.safe_load(everything().files[path])


def attribute(value: str | bool | int | float) -> dict[str, str | bool]:
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"S": value} if isinstance(value, str) else {"N": str(value)}


def judged(board: Board, item: dict[str, Any]) -> Any:
    """What the functions make of an item."""
    record = activity.Record(item["player_id"], item["activity_id"], NOW, {k: attribute(v) for k, v in item.items()})
    parsed = activity.parse(record, NOW)
    return parsed if isinstance(parsed, activity.Rejection) else scoring.points(board.config, parsed)


@pytest.mark.parametrize("folder", BOARDS)
def test_examples_give_points(folder: str) -> None:
    board = BOARDS[folder]
    examples = document(board, "activity.schema.json")["examples"]
    assert len(examples) == len(board.config.rules)
    for example in examples:
        assert isinstance(judged(board, example), tuple), example


@pytest.mark.parametrize("folder", BOARDS)
def test_required_fields_are_those_that_the_functions_miss(folder: str) -> None:
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
            if isinstance(judged(board, left), activity.Rejection):
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
        unknown = isinstance(got := judged(board, bare), activity.Rejection) and got.reason == "unknown_type"
        assert unknown == (type_ == "unheard-of")


class Nothing:
    """A store before the first snapshot."""

    def current(self) -> tuple[None, None]:
        return None, None


@pytest.mark.parametrize("folder", BOARDS)
def test_answers_have_the_fields_that_the_api_description_requires(folder: str) -> None:
    board = BOARDS[folder]
    description = document(board, "openapi.yaml")
    assert set(description["paths"]) == {"/v1/leaderboard", "/v1/players/{player_id}", "/v1/health"}
    store = cast(Store, Nothing())
    schemas = description["components"]["schemas"]

    def required(path: str) -> set[str]:
        ok = description["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        return set(ok.get("required") or schemas["Health"]["required"])

    page = api.leaderboard(board.config, store, {}, NOW)
    assert page.status == HTTPStatus.OK
    assert set(page.body) == required("/v1/leaderboard")
    assert set(page.body["window"]) == set(schemas["Window"]["required"])
    assert set(api.health(board.config, store, NOW).body) == required("/v1/health")
    problem = description["components"]["responses"]["Problem"]["content"]["application/problem+json"]["schema"]
    answer = api.respond_problem(api.Problem(HTTPStatus.NOT_FOUND, "nothing"))
    assert set(json.loads(str(answer.body))) == set(problem["required"])
    for window in schemas["Window"]["properties"]["every"]["enum"]:
        assert api.leaderboard(board.config, store, {"window": window}, NOW).status == HTTPStatus.OK
    assert description["components"]["parameters"]["window"]["schema"]["pattern"] == f"^{api.WINDOW.pattern}$"
    limit = next(
        each for each in description["paths"]["/v1/leaderboard"]["get"]["parameters"] if each.get("name") == "limit"
    )
    assert limit["schema"]["maximum"] == api.MAX_LIMIT


def test_entry_has_the_fields_that_the_api_description_requires() -> None:
    board = next(iter(BOARDS.values()))
    entry = Entry(position=0, player_id="p", name=None, columns=(1,) * len(board.config.columns), at=NOW)
    kind = board.config.windows[0]
    view = api.View(board.config, windows.span(kind, NOW), kind, None, None)
    assert set(view.entry(entry)) == set(document(board, "openapi.yaml")["components"]["schemas"]["Entry"]["required"])

"""What generators of clients need of openapi.yaml: one client for every board, that a later release does not break."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from generator.board.board import Board
from generator.rendering import text_files
from generator.source.tree import LOADER
from tests.rendering.openapi import Schemas
from tests.support.bundles import generated
from tests.support.paths import GOLDEN, REPOSITORY

BOARDS = [*generated(REPOSITORY).boards, *generated(GOLDEN / "every-feature").boards]
TEXTS = {"description", "example", "examples"}
"""What may differ from board to board, wherever it stands."""


def document(board: Board) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(text_files.render_text_files(board)["openapi.yaml"], LOADER)
    return found


@pytest.fixture(params=BOARDS, ids=lambda board: board.name)
def described(request: pytest.FixtureRequest) -> dict[str, Any]:
    return document(request.param)


def without_texts(node: Any) -> Any:
    """A part of the document without what only people read."""
    if isinstance(node, dict):
        return {name: without_texts(value) for name, value in node.items() if name not in TEXTS}
    return [without_texts(each) for each in node] if isinstance(node, list) else node


def walk(node: Any, at: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping in the document but examples, with where it stands."""
    for name, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if name not in ("example", "examples"):
            yield from walk(value, f"{at}/{name}")
    if isinstance(node, dict):
        yield at, node


def test_one_generated_client_reads_every_board() -> None:
    shapes = []
    for board in BOARDS:
        shape = without_texts(document(board))
        for place in ("servers", "security"):
            del shape[place]
        del shape["info"]["contact"]
        shape["components"].pop("securitySchemes", None)
        shapes.append(shape)
    assert len(shapes) > 8
    assert all(shape == shapes[0] for shape in shapes)


def test_a_board_says_who_may_read_it() -> None:
    for board in BOARDS:
        found = document(board)
        schemes = found["components"].get("securitySchemes", {})
        assert found["security"] == ([] if board.public else [{"sigv4": []}])
        assert list(schemes) == ([] if board.public else ["sigv4"])


def test_no_two_components_have_one_name(described: dict[str, Any]) -> None:
    """Generators make types of components of all sections, and some ignore case and punctuation."""
    names = [re.sub(r"\W|_", "", name).lower() for section in described["components"].values() for name in section]
    assert len(names) == len(set(names)) > 20


def test_no_answer_can_break_a_client_that_is_older(described: dict[str, Any]) -> None:
    """A kind of window, a board or a field that is new fits what an old client was generated from."""
    for at, node in walk(described):
        assert not {"enum", "const", "oneOf", "anyOf", "discriminator"} & node.keys(), at
        assert node.get("additionalProperties") is not False, at


def test_numbers_say_how_wide_they_are(described: dict[str, Any]) -> None:
    """Without a format, Go's clients read numbers as float32: 123456789 becomes 123456792."""
    formats = {"number": {"double"}, "integer": {"int32", "int64"}}
    found = [(at, node) for at, node in walk(described) if str(node.get("type")) in formats]
    assert len(found) > 15
    for at, node in found:
        assert node.get("format") in formats[node["type"]], at


def test_nothing_stands_beside_a_reference(described: dict[str, Any]) -> None:
    """OpenAPI 3.0 ignores it (section "Reference Object")."""
    for at, node in walk(described):
        assert "$ref" not in node or len(node) == 1, at


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_examples_are_answers_of_this_board(board: Board) -> None:
    found = document(board)
    schemas, config = Schemas(found), board.config
    checked = 0
    for _, node in walk(found):
        if "example" not in node or "schema" not in node:
            continue
        example = node["example"]
        assert list(schemas.find_faults(example, node["schema"])) == []
        checked += 1
        if not isinstance(example, dict) or "players" not in example:
            continue
        assert (example["board"], example["window"]["every"]) == (board.name, config.windows[0].every)
        if "segments" in example:
            assert [segment["name"] for segment in example["segments"]] == [segment.name for segment in config.segments]
            continue
        entries = example.get("entries") or [example["entry"]]
        assert [entry["rank"] for entry in entries] == list(range(1, len(entries) + 1))
        for entry in entries:
            assert list(entry["columns"]) == [column.name for column in config.columns]
        scores = [entry["score"] for entry in entries]
        assert scores == sorted(scores, reverse=config.columns[0].order == "descending")
    assert checked >= 14


def test_links_lead_to_operations(described: dict[str, Any]) -> None:
    operations = {path["get"]["operationId"]: path["get"] for path in described["paths"].values()}
    schemas = Schemas(described)
    for link in described["components"]["links"].values():
        taken = {schemas.resolve(each)["name"] for each in operations[link["operationId"]]["parameters"]}
        assert link["parameters"].keys() <= taken


def test_operations_have_names_that_no_board_changes(described: dict[str, Any]) -> None:
    assert [path["get"]["operationId"] for path in described["paths"].values()] == [
        "leaderboard",
        "friends",
        "player",
        "neighbours",
        "segments",
        "windows",
        "health",
    ]

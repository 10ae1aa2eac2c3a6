"""The requests of docs/api.md, sent to a board that runs: the answers have the fields that the page shows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.end_to_end.game import Game, activity, get
from tests.support.docs_api import KILLS, exchanges


def shape(document: Any) -> Any:
    """The fields of a document, without their values. Of a list, those of its first entry."""
    if isinstance(document, list):
        return [shape(document[0])] if document else []
    return {name: shape(value) for name, value in document.items()} if isinstance(document, dict) else None


@pytest.fixture(scope="module")
def played(stack: Any) -> Game:
    """The board `kills` with the players of the page."""
    game = Game(stack, "kills")
    for player, name, times, country in KILLS:
        fields = {field: {"S": text} for field, text in (("name", name), ("country", country)) if text}
        game.put_all([activity(player, "kill") | fields for _ in range(times)])
    game.settle()
    return game


@pytest.mark.parametrize(("address", "shown"), exchanges(), ids=lambda each: each.split("\n")[0])
def test_an_answer_has_the_fields_that_are_shown(played: Game, address: str, shown: str) -> None:
    _, answered = get(f"{played.api_url}{address}")
    expected = shape(json.loads(shown))
    if "entry" in expected and "pending" not in answered["entry"]:
        expected["entry"].pop("pending", None)
    assert shape(answered) == expected

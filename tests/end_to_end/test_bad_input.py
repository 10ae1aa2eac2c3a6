"""The doors of a board on the embedded AWS, and what strangers bring to them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from generator.local.stack import Stack
from generator.rendering import text_files
from tests.end_to_end.game import YAML, Game, activity
from tests.fuzzing.api_server import PLAYERS
from tests.fuzzing.asking import ask
from tests.fuzzing.odd_paths import quote_all, written
from tests.fuzzing.raw_http import request
from tests.support.effort import TIMES
from tests.support.projects import boards_of


@pytest.fixture(scope="module")
def played(stack: Stack) -> Game:
    """The board `wins`, on which players with odd ids have won."""
    game = Game(stack, "wins")
    game.put_all([activity(player, "win", name={"S": "<b>Zo\u00eb</b>"}) for player in PLAYERS])
    game.settle()
    return game


def test_each_player_is_found_however_the_id_is_written(played: Game) -> None:
    folder = urlsplit(played.api_url).path
    for player in PLAYERS:
        for form in (player, written(player), quote_all(player).lower()):
            status, _, body = request(played.api_url, f"{folder}/v1/players/{form}")
            assert status == 200, (form, body)
            assert json.loads(body)["entry"]["player_id"] == player
    for odd in ("..", "ann/..", "%2e%2e", "ann%2Fneighbours", "ann%00", "%C0%AE", "\u00e9", "ann;x", "a" * 129, "ann%"):
        assert request(played.api_url, f"{folder}/v1/players/{odd}")[0] in (400, 404), odd


@pytest.mark.long
def test_every_answer_is_as_described(played: Game, tmp_path: Path) -> None:
    (board,) = (board for board in boards_of(YAML) if board.name == "wins")
    document: dict[str, Any] = yaml.safe_load(text_files.render_text_files(board)["openapi.yaml"])
    phases = ("examples", "fuzzing", *(("coverage", "stateful") if TIMES > 1 else ()))
    asked = ask(played.api_url, document, PLAYERS, tmp_path, examples=4 * TIMES, seed=TIMES, phases=phases)
    assert asked >= 20

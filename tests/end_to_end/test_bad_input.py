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
from tests.end_to_end.deployed import write_ready_file
from tests.end_to_end.game import YAML, Game, activity
from tests.fuzzing.api_server import PLAYERS
from tests.fuzzing.asking import ask
from tests.fuzzing.odd_paths import quote_all, written
from tests.fuzzing.raw_http import request
from tests.support.cli import run
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


def odd_items() -> list[dict[str, Any]]:
    """Items that DynamoDB takes and that are no activity of the board, or a strange one: each of another player."""
    nested: dict[str, Any] = {"S": "x"}
    for _ in range(30):
        nested = {"L": [nested]}
    changes: tuple[dict[str, Any], ...] = (
        *({"type": value} for value in ({"N": "1"}, {"B": b"win"}, {"L": [{"S": "win"}]}, {"NULL": True}, {"S": ""})),
        *({"type": {"S": text}} for text in ("#probe", "#heartbeat", "win\x00", "\ufffe", "x" * 5000)),
        *({"activity_id": {"S": text}} for text in ("x", "\U0001f98a" * 256, "../..", "01a20ada-2c00-4000-8000-0" * 9)),
        *({"expires_at": value} for value in ({"N": "1"}, {"S": "soon"}, {"N": "9" * 38}, {"N": "-1E-130"})),
        {"type": {"S": "none"}, "large": {"B": b"\x00\xff" * 150_000}},
        {"type": {"S": "none"}, "deep": nested, "sets": {"SS": ["b", "a"]}, "more": {"BS": [b"\x00"]}},
    )
    items = [{**activity(f"odd-{number}", "win"), **change} for number, change in enumerate(changes)]
    del items[0]["type"]
    names = ("-bad", "\u202eodd", "a/b", "#rejected#2026-11-24#0", "x" * 2048)
    return [*items, *({**activity("x", "win"), "player_id": {"S": name}} for name in names)]


def test_odd_items_are_rejected_and_block_nothing(played: Game, tmp_path: Path) -> None:
    odd = odd_items()
    fine = (
        {"name": {"B": b"x"}},
        {"name": {"S": "\x00"}},
        {"huge": {"N": "9.9E+125"}},
        {"expires_at": {"N": "9" * 38}},
    )
    for number, item in enumerate(odd):
        played.put(item)
        played.put(activity("steady", "win", **fine[number % len(fine)]))
    played.settle()
    assert played.score("steady") == len(odd)
    assert played.count_messages("dead_letter_queue_url") == 0
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    local = ["--ready-file", str(write_ready_file(played.stack, tmp_path))]
    done = run("rejected", "wins", "--json", "--limit", "1000", *local, cwd=tmp_path)
    assert done.code == 0, done.stderr
    listed = [each["player_id"] for each in json.loads(done.stdout)["rejected"]]
    # One has nothing wrong with it: it may live longer than anything.
    assert sorted(listed) == sorted(item["player_id"]["S"] for item in odd if item["player_id"]["S"] != "odd-16")
    assert run("rejected", "wins", "--limit", "1000", *local, cwd=tmp_path).stdout.replace("\n", "").isprintable()


@pytest.mark.long
def test_every_answer_is_as_described(played: Game, tmp_path: Path) -> None:
    (board,) = (board for board in boards_of(YAML) if board.name == "wins")
    document: dict[str, Any] = yaml.safe_load(text_files.render_text_files(board)["openapi.yaml"])
    phases = ("examples", "fuzzing", *(("coverage", "stateful") if TIMES > 1 else ()))
    asked = ask(played.api_url, document, PLAYERS, tmp_path, examples=4 * TIMES, seed=TIMES, phases=phases)
    assert asked >= 20

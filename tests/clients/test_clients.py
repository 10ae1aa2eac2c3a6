"""Clients that other people's generators make of a board's openapi.yaml, by the commands of docs/clients.md.

Each is generated from one board, compiled, and reads both boards, while the first one moves on under it.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from generator.rendering.text_files import render_text_files
from tests.clients.boards import BIG, MAIL, ODD, RUNS, SPECIAL, Boards
from tests.clients.page import CASES, read_commands
from tests.clients.tools import Toolbox, need_tools

pytestmark = pytest.mark.clients


@dataclass(frozen=True)
class Client:
    """How the program of a generated client is made and started."""

    languages: tuple[str, ...]
    run: str
    compile: str = "true"


CLIENTS = {
    "openapi-python-client": Client(("python",), "python read.py"),
    "openapi-fetch": Client(("node",), "node read.js", "npx tsc"),
    "oapi-codegen": Client(("go",), "./read", "go build -o read ."),
    "openapi-generator-java": Client(
        ("java",),
        "java -cp 'out:lib/*' Read",
        "javac -nowarn -d out -cp 'lib/*' Read.java $(find board-client/src/main -name '*.java')",
    ),
    "openapi-generator-python": Client(("java", "python"), "python read.py"),
    "openapi-generator-go": Client(("java", "go"), "./read", "go build -o read ."),
}
"""By the name of the folder in CASES, which is also what the client's heading on the page has in brackets."""


def make(name: str, boards: Boards, folder: Path) -> Toolbox:
    """Make the program of a client as the page says, from the first board's openapi.yaml."""
    client = CLIENTS[name]
    tools = need_tools(folder, *client.languages)
    shutil.copytree(CASES / name, folder, dirs_exist_ok=True)
    board = boards.stack.boards[RUNS].board
    (folder / "openapi.yaml").write_text(render_text_files(board)["openapi.yaml"], encoding="utf-8")
    for command in [*read_commands(name), client.compile]:
        tools.run(command)
    return tools


def read(tools: Toolbox, command: str, boards: Boards) -> dict[str, Any]:
    """Let a client read its first page, then let the board move on, then let the client go on. Returns what it read."""
    with tools.start(f"{command} {' '.join(boards.addresses)}") as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        try:
            if process.stdout.readline() == "first page\n":
                boards.overtake()
            out, err = process.communicate("go on\n")
        finally:
            process.kill()
    assert process.returncode == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.mark.parametrize("name", CLIENTS)
def test_a_generated_client_reads_every_board(name: str, boards: Boards, tmp_path: Path) -> None:
    tools = make(name, boards, tmp_path)
    # Clients write the time of a pin in their own way: many leave out zeros at its end.
    for millisecond in (0, 460):
        boards.make_snapshot(millisecond)
        before = dict(boards.runs)
        order = list(before)
        found = read(tools, CLIENTS[name].run, boards)
        assert found["players"] == order
        scores = {player: points for player, (points, _) in before.items()}
        assert {player: Decimal(text) for player, text in found["scores"].items()} == scores
        assert found["names"] == {player: each for player, (_, _, each) in SPECIAL.items() if each}
        place = order.index(ODD)
        player, *numbers = found["odd"]
        percentile = Decimal(100) * (len(order) - 1 - place) / (len(order) - 1)
        assert (player, [*map(Decimal, numbers[:2])]) == (ODD, list(before[ODD]))
        assert abs(Decimal(numbers[2]) - percentile) < Decimal("0.06")
        assert found["mail"] == MAIL
        assert found["neighbours"] == order[max(0, place - 2) : place + 3]
        assert found["friends"] == [ODD, "x:y"]
        assert found["named"] == [ODD]
        assert found["problem"] == [404, "Not Found", "no entry for the player nobody in the window age-of-testing"]
        assert found["windows"] == dict.fromkeys(("age-of-testing", "all-time"), len(boards.runs))
        assert {player: Decimal(text) for player, text in found["totals"].items()} == {
            player: Decimal(points) for player, points in BIG.items()
        }

"""The programs of docs/game-servers.md write activities, and each counts once: TypeScript, Go, Java.

tests/end_to_end runs the Python one. Nothing here runs the C# one, as the page says.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from generator.local.doors.keys_file import make_profile
from generator.local.doors.ready_file import make_ready_document
from generator.local.stack import Stack
from generator.operations.rejections import list_rejections
from runtime.dynamodb.table import Table
from tests.clients.boards import SECONDS
from tests.clients.tools import need_tools
from tests.end_to_end.deployed import OperatedGame, deploy_boards
from tests.end_to_end.elsewhere import ELSEWHERE, open_door
from tests.support.docs_programs import PAGE, SAID, SCORES, commands, program, shell_lines
from tests.support.markdown import fenced
from tests.support.paths import REPOSITORY
from tests.support.projects import boards_of, head

pytestmark = pytest.mark.clients

BOARD = "weekly-kills"
PROGRAMS = {
    "TypeScript": ("node", "ts", "game-server.ts"),
    "Go": ("go", "go", "main.go"),
    "Java": ("java", "java", "GameServer.java"),
}
"""By their headings: what they need, how the page marks their code, and the file that they are."""
BEFORE = {"Java": ["javac -encoding UTF-8 -cp 'lib/*' -d target/classes GameServer.java"]}
"""Commands that do what Maven would do: it would fetch what is there already."""


@pytest.fixture(scope="module")
def game() -> Iterator[OperatedGame]:
    """A board with the rules that the page has."""
    rules, _ = fenced(PAGE, "yaml")
    rules = "".join(f"    {line}\n" for line in rules.splitlines())
    text = f"{head()}boards:\n  - name: {BOARD}\n    team: nebula\n{rules}    window: {{every: all_time}}\n"
    with deploy_boards(boards_of(text)) as stack:
        yield OperatedGame(stack, BOARD)


def read_scores(game: OperatedGame) -> dict[str, float]:
    """Every player's score in a snapshot that is made now."""
    game.stack.drain(BOARD, SECONDS)
    game.rebuild()
    time.sleep(1.1)  # the local CloudFront keeps a response for a second
    return {entry["player_id"]: entry["score"] for entry in game.ranking()}


def container_lines(folder: Path, stack: Stack, table: str, port: int) -> str:
    """What the page gives to a game server in another container. `folder` gets the file with its keys."""
    (folder / "config").write_text(make_profile(stack))
    given = yaml.safe_load(fenced(PAGE, "yaml")[1])["services"]["game-server"]["environment"]
    environment = {
        "AWS_CONFIG_FILE": given["AWS_CONFIG_FILE"].replace("/keys", str(folder)),
        "AWS_ENDPOINT_URL": given["AWS_ENDPOINT_URL"].replace("leaderboards:8080", f"{ELSEWHERE}:{port}"),
        "ACTIVITIES_TABLE": table,
    }
    assert environment.keys() == given.keys()
    # A container has no keys of its own.
    environment["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    return "\n".join(f"export {name}={value}" for name, value in environment.items())


@pytest.mark.parametrize("heading", PROGRAMS)
def test_a_program_counts_each_activity_once(heading: str, game: OperatedGame, tmp_path: Path) -> None:
    """Once where it runs here, and once more where it runs in another container."""
    language, mark, file = PROGRAMS[heading]
    tools = need_tools(tmp_path, language)
    (tmp_path / file).write_text(program(mark), encoding="utf-8")
    before = read_scores(game)
    *make, start = BEFORE.get(heading, []) + commands(heading)
    for command in make:
        tools.run(command)
    with open_door(game.stack) as port:
        for lines in (
            shell_lines(tmp_path, make_ready_document(game.stack), game.table),
            container_lines(tmp_path, game.stack, game.table, port),
        ):
            assert SAID in tools.run(f"{lines}\n{start}")
    after = read_scores(game)
    gained = {player: round(score - before.get(player, 0), 2) for player, score in after.items()}
    assert gained == {player: 2 * score for player, score in SCORES.items()}
    assert list_wrong(game.stack) == []


def list_wrong(stack: Stack) -> list[str]:
    """What the board rejected, by reason."""
    place = stack.boards[BOARD]
    marks = Table(stack.aws.client("dynamodb"), place.board.names.part("marks"), ("player_id", "activity_id"))
    return [each.reason for each in list_rejections(marks, stack.aws.clock.now())]


def test_the_page_names_the_library_that_is_tried() -> None:
    """Of Maven, the page and the tests have the same version of the SDK."""
    (pom,) = fenced(PAGE, "xml")
    version = re.search(r"<artifactId>dynamodb</artifactId>\s*<version>([0-9.]+)</version>", pom)
    assert version
    tried = (REPOSITORY / ".requirements" / "java" / "pom.xml").read_text(encoding="utf-8")
    assert f"<aws>{version[1]}</aws>" in tried


def test_the_go_modules_of_the_page_are_tried() -> None:
    named = next(line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("$ go get "))
    tried = (REPOSITORY / ".requirements" / "go" / "go.mod").read_text(encoding="utf-8")
    assert [module for module in named.split()[3:] if f"\t{module} v" not in tried] == []

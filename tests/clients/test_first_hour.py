"""The README's script for Node writes activities that count. tests/end_to_end types the rest of its first hour."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from tests.clients.boards import SECONDS
from tests.clients.tools import need_tools
from tests.end_to_end.deployed import OperatedGame, deploy_boards, write_ready_file
from tests.end_to_end.game import let_last
from tests.support.cli import run
from tests.support.console_blocks import split_commands
from tests.support.markdown import fenced
from tests.support.paths import REPOSITORY
from tests.support.projects import boards_of

pytestmark = pytest.mark.clients

README = REPOSITORY / "README.md"


def test_the_script_for_node_ranks_the_players_that_it_names(tmp_path: Path) -> None:
    tools = need_tools(tmp_path, "node")
    (script,) = fenced(README, "js")
    (tmp_path / "play.mjs").write_text(script, encoding="utf-8")
    ((command, said),) = [
        each for block in fenced(README, "console") for each in split_commands(block) if each[0].startswith("node ")
    ]
    assert run("init", "my-game", cwd=tmp_path).code == 0
    yaml = (tmp_path / "my-game" / "leaderboards.yaml").read_text()
    with deploy_boards(boards_of(let_last(yaml))) as stack:
        cache = tmp_path / ".leaderboards_cache"
        cache.mkdir()
        write_ready_file(stack, cache).rename(cache / "local.json")
        # The SDK may warn of an old Node.js beside it.
        assert tools.run(command).splitlines()[: len(said)] == said
        game = OperatedGame(stack, "weekly-wins")
        stack.drain("weekly-wins", SECONDS)
        game.rebuild()
        time.sleep(1.1)  # the local CloudFront keeps a response for a second
        ranked = {entry["player_id"]: entry["score"] for entry in game.ranking()}
    assert ranked == dict.fromkeys(re.findall(r"p-\d", command), 1)

"""docs/game-servers.md: its Python program counts each activity once, and its other words are so.

tests/clients runs the programs in the other languages.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.end_to_end.deployed import write_ready_file
from tests.end_to_end.game import YAML, Game, activity
from tests.support.cli import run
from tests.support.docs_programs import PAGE, SAID, SCORES, commands, program, shell_lines
from tests.support.markdown import fenced

CHECKED = {player: SCORES[player] for player in ("p-1042", "p-0", "p-24", "p-25", "p-59")}
"""Of each request one."""


def test_the_python_program_counts_each_activity_once(kills: Game, tmp_path: Path) -> None:
    (tmp_path / "game_server.py").write_text(program("python"))
    before = {player: kills.score(player) or 0 for player in CHECKED}
    ready = json.loads(write_ready_file(kills.stack, tmp_path).read_text())
    assert commands("Python") == ["python game_server.py"]
    # What the machine says of AWS is for other programs; the page's lines say all that this one needs.
    others = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        ["sh", "-euc", f'{shell_lines(tmp_path, ready, kills.table)}\nexec "$0" game_server.py', sys.executable],
        cwd=tmp_path,
        env=others | {"AWS_PROFILE": "another", "AWS_SESSION_TOKEN": "old", "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, SAID), done.stderr
    kills.settle()
    assert {player: (kills.score(player) or 0) - before[player] for player in CHECKED} == pytest.approx(CHECKED)


def test_the_rules_are_those_of_the_board_that_runs_the_programs() -> None:
    text, _ = fenced(PAGE, "yaml")
    (kills,) = [board for board in yaml.safe_load(YAML)["boards"] if board["name"] == "kills"]
    assert yaml.safe_load(text)["scoring"].items() <= kills["scoring"].items()


def test_an_id_of_version_4_is_listed_as_the_page_shows(kills: Game, tmp_path: Path) -> None:
    """The page's listing, line by line, but for times and the first player's earlier rejections."""
    (shown,) = [text for text in fenced(PAGE, "console") if "leaderboards rejected" in text]
    first, second = shown.splitlines()[1:]
    wrong = re.search(r'activity "([0-9a-f-]+)"', first)
    assert wrong
    kills.put(activity("p-7", "kill") | {"activity_id": {"S": wrong[1]}})
    kills.stack.drain("kills")
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    ready = write_ready_file(kills.stack, tmp_path)
    listed = run("rejected", "kills", "--ready-file", str(ready), "--limit", "1000", cwd=tmp_path).stdout.splitlines()
    (place,) = [number for number, line in enumerate(listed) if wrong[1] in line]
    assert re.sub("^[0-9T:.-]+Z", "", listed[place]) == re.sub("^[0-9T:.-]+Z", "", first)
    assert listed[place + 1] == second

"""The README's first hour, as a person at two terminals does it: its lines end with players who are ranked.

`make demo` is left out: it installs what the tests have already. tests/clients runs the script for Node.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.end_to_end.deployed import wait_until
from tests.end_to_end.game import WEEK
from tests.support.cli import run
from tests.support.console_blocks import install_programs, make_pattern, split_commands
from tests.support.markdown import fenced, spans
from tests.support.paths import REPOSITORY
from tests.support.processes import stop_ignoring_signals

README = REPOSITORY / "README.md"
SECONDS = 180
"""How long a step may take, in seconds, on a machine that is busy."""


def find_block(command: str) -> list[tuple[str, list[str]]]:
    """The commands of the console block of the README that has a command, each with what it prints."""
    blocks = [list(split_commands(text)) for text in fenced(README, "console")]
    (found,) = [block for block in blocks if any(typed.startswith(command) for typed, _ in block)]
    return found


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder in which `make demo` was run, as far as these commands need it."""
    programs = tmp_path / "clone" / ".venv" / "bin"
    install_programs(programs)
    (programs / "activate").write_text(f'PATH="{programs}:$PATH"\n')
    return tmp_path / "clone"


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment of a new terminal: nothing in it names AWS or a command of ours."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "VIRTUAL_ENV"))}
    return others | {"PYTHONPATH": str(REPOSITORY), "NO_PROXY": "127.0.0.1"}


@pytest.fixture
def first_terminal(clone: Path, environment: dict[str, str]) -> Iterator[Path]:
    """The first terminal, with the three lines pasted. Returns the folder of the board, once it can be played.

    Its week is one that does not end meanwhile.
    """
    stop_ignoring_signals()
    lines = [command for command, _ in find_block("leaderboards init")]
    assert len(lines) == 3
    lines.insert(-1, f"sed -i.bak 's|{{every: week}}|{WEEK}|' leaderboards.yaml")
    screen = clone.parent / "first terminal"
    with screen.open("wb") as output:
        shell = subprocess.Popen(
            ["sh", "-ec", "\n".join([*lines[:-1], f"exec {lines[-1]}"])],
            cwd=clone,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    game = clone.parent / "my-game"

    def is_ready() -> bool:
        assert shell.poll() is None, screen.read_text()
        return (game / ".leaderboards_cache" / "local.json").exists()

    try:
        wait_until(is_ready, SECONDS)
        yield game
        shell.send_signal(signal.SIGINT)
        assert shell.wait(240) == 0, screen.read_text()
    finally:
        shell.kill()
        shell.wait()
    assert "http://127.0.0.1:" in screen.read_text()
    assert "Traceback" not in screen.read_text()


def read_scores(game: Path) -> dict[str, float]:
    """Who is ranked, in the ranking's order, as the API says it to everybody."""
    ready = json.loads((game / ".leaderboards_cache" / "local.json").read_text())
    with urllib.request.urlopen(f"{ready['boards']['weekly-wins']['api_url']}/v1/leaderboard", timeout=240) as answer:
        return {entry["player_id"]: entry["score"] for entry in json.load(answer)["entries"]}


def test_the_lines_of_the_readme_end_with_ranked_players(
    clone: Path, environment: dict[str, str], first_terminal: Path
) -> None:
    (script,) = fenced(README, "python")
    (first_terminal / "play.py").write_text(script)
    steps = find_block("leaderboards record") + find_block("python play.py")
    for number, (command, expected) in enumerate(steps):
        # A terminal remembers what was typed before: the lines that say nothing are typed again.
        before = [typed for typed, printed in steps[:number] if not printed]
        done = subprocess.run(
            ["sh", "-ec", "\n".join([*before, command])],
            cwd=clone,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, (command, done.stdout)
        assert make_pattern(expected).fullmatch(done.stdout), (command, done.stdout, expected)
    wanted = {"p-3": 2, "p-1": 1, "p-2": 1}
    wait_until(lambda: read_scores(first_terminal) == wanted, SECONDS)
    assert next(iter(read_scores(first_terminal))) == "p-3"


def test_its_other_commands_say_something_of_the_new_board(tmp_path: Path) -> None:
    """The commands for one's own rules, in the folder that `leaderboards init` makes; each ends well."""
    init = next(command for command, _ in find_block("leaderboards init") if command.startswith("leaderboards init"))
    folder = init.split()[2]
    assert run(*init.split(" && ")[0].split()[1:], cwd=_made(tmp_path / "clone")).code == 0
    game = (tmp_path / "clone" / folder).resolve()
    commands = [re.split("  +#", command)[0].split()[1:] for command, _ in find_block("leaderboards validate")]
    assert [command[0] for command in commands] == ["validate", "explain", "cost", "new"]
    for command in commands:
        done = run(*command, cwd=game)
        assert done.code == 0, (command, done.stderr)
    boards = yaml.safe_load((game / "leaderboards.yaml").read_text())["boards"]
    assert [board["name"] for board in boards] == ["weekly-wins", "daily-deaths"]
    (shown,) = [yaml.safe_load(span) for span in spans(README) if span.startswith("{activity")]
    assert boards[0]["scoring"]["rules"] == [shown]
    assert len(README.read_text().splitlines()) < 200


def test_its_targets_of_make_are_here_and_in_a_new_project(tmp_path: Path) -> None:
    commands = [re.split("  +#", command)[0].split() for command, _ in find_block("make generate")]
    targets = [word for command in commands for word in command[1:] if not word.startswith("BOARD=")]
    assert targets == ["generate", "check", "init", "plan", "apply", "outputs", "destroy"]
    assert run("init", "my-game", cwd=tmp_path).code == 0
    for folder in (REPOSITORY, tmp_path / "my-game"):
        listed = subprocess.run(["make", "help"], cwd=folder, capture_output=True, text=True, check=True).stdout
        assert set(targets) <= set(re.findall("^  ([a-z-]+) ", listed, re.M))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder

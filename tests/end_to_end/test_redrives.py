"""What a pipe and a schedule gave up comes back by one command each, which is written down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.local.stack import Stack
from tests.end_to_end.deployed import OperatedGame, deploy_boards, write_ready_file
from tests.end_to_end.game import activity
from tests.end_to_end.lost import fail_a_rebuild, lose
from tests.support.cli import run
from tests.support.projects import board_yaml, boards_of, head

YAML = f"""{head(project="ops")}boards:
{board_yaml("lost", window="{every: all_time}")}
"""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The running stack of the board."""
    with deploy_boards(boards_of(YAML)) as stack:
        yield stack


def test_what_a_pipe_and_a_schedule_gave_up_is_put_back_and_written_down(stack: Stack, tmp_path: Path) -> None:
    game = OperatedGame(stack, "lost")
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    local = ["--ready-file", str(write_ready_file(stack, tmp_path))]
    lose(game, [activity("ann", "kill"), activity("ann", "kill")], [activity("bob", "kill")])
    seen = run("redrive", "lost", "--from", "pipe", "--dry-run", *local, cwd=tmp_path)
    assert seen.stdout.startswith("nebula/lost: 3 dead letters of the pipe\n")
    done = run("redrive", "lost", "--from", "pipe", "--why", "it broke", *local, cwd=tmp_path)
    assert (done.code, done.stdout) == (0, "nebula/lost: 3 put back\n3 counted\n"), done.stderr
    fail_a_rebuild(game)
    done = run("redrive", "lost", "--from", "schedule", *local, cwd=tmp_path)
    said = "nebula/lost: 1 failed task done over by a rebuild: 2 players\n"
    assert (done.code, done.stdout) == (0, said), done.stderr
    assert "1 rebuild: IdentityError: this board's data was made with other rules\\x1b[31m\n" in done.stderr
    assert [(each["player_id"], each["score"]) for each in game.ranking()] == [("ann", 20), ("bob", 10)]
    deeds = json.loads(run("audit", "lost", "--json", *local, cwd=tmp_path).stdout)["deeds"]
    assert [each["arguments"]["from"] for each in deeds] == ["schedule", "pipe"]
    assert (deeds[1]["reason"], deeds[1]["outcome"]["put_back"], deeds[1]["state"]) == ("it broke", 3, "done")
    again = run("redrive", "lost", "--from", "pipe", *local, cwd=tmp_path)
    assert again.stdout == "nebula/lost: 0 put back\n"

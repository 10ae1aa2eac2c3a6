"""`leaderboards status` of boards on the embedded AWS: well, unhealthy, with other code, and not there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from generator.local.stack import Stack
from tests.end_to_end.deployed import OperatedGame, deploy_boards, wait_until, write_ready_file
from tests.end_to_end.game import activity
from tests.support.cli import run
from tests.support.projects import board_yaml, boards_of, head

BOARD = board_yaml("watched", window="[{every: hour}, {every: all_time}]")
YAML = f"{head(project='ops')}boards:\n{BOARD}"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The running stack of the board."""
    with deploy_boards(boards_of(YAML)) as stack:
        yield stack


def test_a_board_that_is_well_then_drifted_then_unhealthy(stack: Stack, tmp_path: Path) -> None:
    game = OperatedGame(stack, "watched")
    file = tmp_path / "leaderboards.yaml"
    file.write_text(YAML)
    local = ["--ready-file", str(write_ready_file(stack, tmp_path))]
    new = run("status", "watched", *local, cwd=tmp_path)
    assert (new.code, new.stdout.splitlines()[1]) == (1, "  ! there is no snapshot yet"), new.stderr
    game.put_all([activity("ann", "kill"), activity("ann", "nonsense")])
    stack.drain("watched")
    game.rebuild()
    # What a function has done is told a moment after it.
    processor, rebuilder = (game.function(part) for part in ("processor", "rebuilder"))
    wait_until(lambda: bool(stack.aws.outcomes.of(processor).reasons and stack.aws.outcomes.of(rebuilder).as_of))
    well = json.loads(run("status", "watched", "--json", *local, cwd=tmp_path).stdout)
    assert (well["state"], well["problems"], well["version"]["from"]) == ("well", [], "run")
    assert well["rejected"]["last_hour"] == {"unknown_type": 1}
    assert well["rebuild"]["players"] == 1
    assert well["rebuild"]["seconds"] > 0
    assert {queue["name"]: queue["waiting"] for queue in well["queues"]} == {
        "activities": 0,
        "activities-dead-letters": 0,
        "pipe-dead-letters": 0,
        "schedule-dead-letters": 0,
    }
    game.redeploy(replace(game.config, top=7))
    drifted = run("status", *local, cwd=tmp_path)
    assert drifted.code == 1
    what = "processor, rebuilder and api run other code than the YAML; start `leaderboards local` again"
    assert drifted.stdout.splitlines()[1].endswith(what)
    # A board that is only in the YAML is not one of those that run here.
    file.write_text(YAML + board_yaml("other"))
    assert run("status", *local, cwd=tmp_path).stdout.splitlines()[-1] == "1 drifted"
    other = run("status", "other", *local, cwd=tmp_path)
    assert (other.code, other.stderr) == (2, "--local: ops-other is not among the boards that run there: watched\n")
    file.write_text(YAML)
    queue = stack.boards["watched"].deployment.dead_letter_queue_url
    stack.aws.client("sqs").send_message(QueueUrl=queue, MessageBody="poison")
    unhealthy = run("status", "watched", *local, cwd=tmp_path)
    assert unhealthy.code == 1
    # Where a minute has ended meanwhile, its alarm is on.
    assert "\n  ! 1 message in activities-dead-letters" in unhealthy.stdout
    assert f"leaderboards redrive watched --from dead-letters {' '.join(local)}\n" in unhealthy.stdout

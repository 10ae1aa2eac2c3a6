"""Activities of the past, from a file into a running board: killed halfway, loaded twice, and exact."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.local.stack import Stack
from runtime.domain.instants import DAY, rfc3339
from tests.end_to_end.deployed import OperatedGame, deploy_boards, write_ready_file
from tests.end_to_end.game import activity
from tests.support.cli import run
from tests.support.effort import IS_LONG
from tests.support.processes import finish, start
from tests.support.projects import board_yaml, boards_of, head

YAML = f"""{head(project="past")}boards:
{board_yaml("loaded", window="[{every: week}, {every: all_time}]")}
"""
NAME, PLAYERS = "loaded", 97
ROWS = 10_000 if IS_LONG else 1_000
SECONDS = 600
"""How long a load may take on a slow machine."""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The running stack of the boards."""
    with deploy_boards(boards_of(YAML)) as stack:
        yield stack


@pytest.mark.long
def test_a_file_that_is_killed_halfway_and_loaded_twice_is_exact(stack: Stack, tmp_path: Path) -> None:
    game = OperatedGame(stack, NAME)
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    local = ["--ready-file", str(write_ready_file(stack, tmp_path))]
    now = stack.aws.clock.now()
    rows = [f"p-{each * each % PLAYERS},kill,{rfc3339(now - (31 + each % 333) * DAY)}" for each in range(ROWS)]
    (tmp_path / "past.csv").write_text("\n".join(["player_id,type,at", *rows]) + "\n")
    command = ["backfill", NAME, "past.csv", *local]

    seen = run(*command, "--dry-run", cwd=tmp_path)
    assert seen.code == 0, seen.stderr
    assert f"nebula/{NAME}: {ROWS:,} rows in past.csv, {ROWS:,} count" in seen.stdout
    assert f"  {ROWS:,} in all-time\n" in seen.stdout
    assert count_items(game) == 0

    # When a third is written, two thirds of the time are left in which to see that.
    killed = start(*command, "--rate", str(ROWS // 10), cwd=tmp_path)
    while count_items(game) <= ROWS // 3:
        assert killed.poll() is None, finish(killed)
        time.sleep(0.05)
    killed.kill()
    finish(killed)
    assert ROWS // 3 < count_items(game) < ROWS

    command += ["--rate", "5000"]
    done = run(*command, "--json", "--why", "the beta's scores", "--timeout", str(SECONDS), cwd=tmp_path)
    assert done.code == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["written"] + document["there"] == ROWS
    assert document["there"] > ROWS // 3
    assert document["outcome"]["counted"] == ROWS
    again = run(*command, cwd=tmp_path)
    assert again.code == 0, again.stderr
    assert again.stdout.endswith(f"nebula/{NAME}: 0 written, {ROWS:,} there already\n{ROWS:,} counted\n")

    game.rebuild()
    expected = Counter(row.partition(",")[0] for row in rows)
    ranking = {each["player_id"]: each["score"] for each in game.ranking("all_time")}
    assert ranking == {player: 10 * kills for player, kills in expected.items()}
    deeds = json.loads(run("audit", NAME, "--json", *local, cwd=tmp_path).stdout)["deeds"]
    assert [(each["command"], each["state"]) for each in deeds] == [
        ("backfill", "done"),
        ("backfill", "done"),
        ("backfill", "begun"),
    ]
    assert deeds[1]["outcome"]["counted"] == ROWS

    game.put(activity("late", "kill", (now - 40 * DAY) / 1000))
    stack.drain(NAME)
    listed = json.loads(run("rejected", NAME, "--json", *local, cwd=tmp_path).stdout)
    assert [(each["player_id"], each["reason"]) for each in listed["rejected"]] == [("late", "too_old")]


def count_items(game: OperatedGame) -> int:
    """How many activities are in the table."""
    pages = game.stack.aws.client("dynamodb").get_paginator("scan").paginate(TableName=game.table, Select="COUNT")
    return sum(page["Count"] for page in pages)

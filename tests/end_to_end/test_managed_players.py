"""Players whom an operator hides, renames and erases on boards that run: seen in API, tables, files and logs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.local.stack import Stack
from tests.end_to_end.deployed import OperatedGame, deploy_boards, write_ready_file
from tests.end_to_end.game import activity, age_answers, get, let_last
from tests.runtime.boards import stream_record
from tests.support.cli import run
from tests.support.projects import boards_of, head

YAML = let_last(
    head(project="forget")
    + """feeds:
  - {name: matches, team: nebula, types: [kill, lap]}
boards:
  - {name: total, team: nebula, feed: matches, scoring: {rules: [{activity: kill, points: 10}]}, window: {every: day}}
  - name: fastest
    team: nebula
    feed: matches
    scoring: {aggregate: best, order: ascending, rules: [{activity: lap, per: {field: time_s, points: 1}}]}
    window: {every: all_time}
"""
)
NAMES = "total", "fastest"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The running stack of the boards of this file."""
    with deploy_boards(boards_of(YAML)) as stack:
        yield stack


def find_traces(stack: Stack, *words: str) -> list[str]:
    """Where one of some words stands: in a table, in any version of an object, or in a log."""
    found = []
    dynamodb, s3, logs = (stack.aws.client(name) for name in ("dynamodb", "s3", "logs"))
    for table in dynamodb.list_tables()["TableNames"]:
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            found += [f"{table}: {item}" for item in page["Items"] if any(word in str(item) for word in words)]
    for bucket in s3.list_buckets()["Buckets"]:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket["Name"]):
            for each in page.get("Versions", ()):
                place = {"Bucket": bucket["Name"], "Key": each["Key"], "VersionId": each["VersionId"]}
                body = s3.get_object(**place)["Body"].read().decode(errors="replace")
                found += [str(place)] if any(word in body for word in words) else []
    for group in logs.describe_log_groups()["logGroups"]:
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
            found += [each["message"] for each in page["events"] if any(word in each["message"] for word in words)]
    return found


Players = Callable[..., str]


@pytest.fixture
def players(stack: Stack, tmp_path: Path) -> Players:
    """Runs `leaderboards players BOARD ACTION PLAYER ...`, and returns what it prints."""
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    local = ["--ready-file", str(write_ready_file(stack, tmp_path))]

    def run_command(board: str, *words: str, code: int = 0) -> str:
        result = run("players", board, *words, *local, cwd=tmp_path)
        assert result.code == code, result
        assert "\x1b" not in result.stdout + result.stderr
        return result.stdout or result.stderr

    return run_command


def test_a_player_is_hidden_renamed_and_erased(stack: Stack, players: Players) -> None:
    games = {name: OperatedGame(stack, name) for name in NAMES}

    def rebuild() -> None:
        for name, game in games.items():
            stack.drain(name)
            game.rebuild()
        age_answers(stack)

    bad: Any = {"name": {"S": "E\u202eve"}}
    made = [activity("eve-9", "kill", **bad), activity("eve-9", "lap", time_s={"N": "61"}), activity("eve-9", "kill")]
    made += [activity("eve-9", "lap"), activity("ann", "kill"), activity("ann", "lap", time_s={"N": "70"})]
    games["total"].put_all(made)
    rebuild()
    shown = players("total", "show", "eve-9")
    assert "rank 1 of 2" in shown
    assert 'names: "E\\u202eve"' in shown
    assert shown.count("counted in 20") == 2
    document = json.loads(players("fastest", "show", "eve-9", "--json"))
    assert [(each["outcome"], each["reason"]) for each in document["activities"] if each["type"] == "lap"] in (
        [("rejected", "bad_field"), ("kept", None)],
        [("kept", None), ("rejected", "bad_field")],
    )

    assert "is hidden" in players("total", "hide", "eve-9", "--reason", "aimbot")
    assert "nothing is kept of a player evil" in players("total", "hide", "evil", code=2)
    players("fastest", "rename", "eve-9", "--name", "Player 9")
    rebuild()
    assert get(f"{games['total'].api_url}/v1/players/eve-9")[0] == 404
    assert get(f"{games['fastest'].api_url}/v1/players/eve-9")[1]["entry"]["name"] == "Player 9"
    shown = players("total", "show", "eve-9")
    assert "hidden since" in shown
    assert "players hide by" in shown
    assert ': "aimbot"' in shown

    refused = players("total", "erase", "eve-9", "--yes", code=2)
    assert "which fastest counts too" in refused
    assert "add --everywhere" in refused
    assert "--yes" in players("total", "erase", "eve-9", "--everywhere", code=2)
    assert len(find_traces(stack, "eve-9")) > 10
    document = json.loads(
        players("total", "erase", "eve-9", "--everywhere", "--yes", "--json", "--reason", "eve-9 asks")
    )
    assert document["boards"] == list(NAMES)
    assert document["removed"]["activities"] == 4
    assert find_traces(stack, "eve-9", "E\u202eve", "Player 9") == []
    for name, game in games.items():
        queue = stack.boards[name].deployment.queue_url
        for each in made[:4]:
            body = json.dumps(stream_record(each, int(time.time() * 1000)))
            stack.aws.client("sqs").send_message(QueueUrl=queue, MessageBody=body)
        assert game
    rebuild()
    assert find_traces(stack, "eve-9", "E\u202eve", "Player 9") == []
    assert get(f"{games['total'].api_url}/v1/players/ann")[1]["entry"]["rank"] == 1
    assert "erased: nothing that was made until" in players("total", "show", "eve-9")
    assert ": nothing that" in players("total", "show", "eve-9")


def test_a_score_is_corrected_once_and_no_delivery_undoes_it(stack: Stack, players: Players) -> None:
    total, fastest = (OperatedGame(stack, name) for name in NAMES)
    made = [activity("cheat", "kill"), activity("cheat", "kill"), activity("fair", "kill")]
    laps = [activity("cheat", "lap", time_s={"N": "11"}), activity("fair", "lap", time_s={"N": "70"})]
    total.put_all(made + laps)
    for name in NAMES:
        stack.drain(name)
    command = ("correct", "cheat", "--add", "-15", "--reason", "a bug, ticket 4702")
    for _ in range(2):
        told = players("total", *command)
        assert told.endswith("cheat is corrected in 1 window\n")
        assert ": score 20 -> 5" in told
    lowered = players("fastest", "correct", "cheat", "--set", "90", "--reason", "aimbot", "--json")
    assert json.loads(lowered)["windows"][0]["before"] == {"score": 11}
    for game, delivered in ((total, made), (fastest, laps)):
        game.process(*delivered)
        game.rebuild()
    age_answers(stack)
    assert (total.score("cheat"), fastest.score("cheat")) == (5, 90)
    fastest.process(activity("cheat", "lap", time_s={"N": "80"}))
    fastest.rebuild()
    age_answers(stack)
    assert fastest.score("cheat") == 80
    shown = players("total", "show", "cheat")
    assert "1 correction" in shown
    assert shown.count("players correct by") == 2

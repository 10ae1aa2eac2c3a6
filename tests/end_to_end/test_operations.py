"""What operators rely on: rejected activities come back, events arrive, data is never mixed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from generator.errors import FunctionError
from generator.local.stack import Stack
from generator.operations.redrives.putting_back import RedriveCounts
from runtime.config import Points, Rule, WindowKind
from tests.end_to_end.deployed import (
    Listener,
    OperatedGame,
    deploy_boards,
    wait_until,
    write_ready_file,
)
from tests.end_to_end.game import BEGAN_AT, WEEK, activity
from tests.end_to_end.refused import forbidden_changes, rebuilt_score, rename_and_put_back
from tests.end_to_end.watched_metrics import read_alarm_metric, sum_metric
from tests.support.cli import run
from tests.support.projects import board_yaml, boards_of, head

YAML = f"""{head(project="ops")}boards:
{board_yaml("mended", window="{every: all_time}")}
{board_yaml("renamed", window="{every: all_time}")}
{board_yaml("milestones", window="{every: all_time}", milestones="[20, 50]")}
{board_yaml("changing", window=WEEK)}
"""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The running stack of the boards of this file."""
    with deploy_boards(boards_of(YAML)) as stack:
        yield stack


def test_a_rejected_activity_is_listed_and_put_back_once_its_rule_is_there(stack: Stack, tmp_path: Path) -> None:
    game = OperatedGame(stack, "mended")
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    local = ["--ready-file", str(write_ready_file(stack, tmp_path))]
    new = activity("ann", "new_kill")
    game.put_all([new, activity("ann", "kill"), activity("b/d\x1b[31m", "kill")])
    stack.drain("mended")
    assert rebuilt_score(game, "ann") == 10

    listed = run("rejected", "mended", *local, cwd=tmp_path)
    assert (listed.code, "\x1b" in listed.stdout) == (0, False)
    assert 'unknown_type: player ann, type "new_kill"' in listed.stdout
    assert 'for the type "new_kill"\n' in listed.stdout
    command = ["rejected", "mended", "--json", "--reason", "unknown_type", *local]
    listed_json = json.loads(run(*command, cwd=tmp_path).stdout)
    assert listed_json["board"] == "mended"
    assert [(each["player_id"], each["type"], each["activity_id"]) for each in listed_json["rejected"]] == [
        ("ann", "new_kill", new["activity_id"]["S"])
    ]

    totals = run("rejected", "mended", "--totals", *local, cwd=tmp_path).stdout
    assert totals == (
        "2 rejected in the last 14 days\n\nby reason\n  1  bad_player_id\n  1  unknown_type\n\n"
        'by player, the first 10\n  1  ann\n  1  "b/d\\x1b[31m"\n'
    )
    document = json.loads(run("rejected", "mended", "--totals", "--json", *local, cwd=tmp_path).stdout)
    assert document["by_reason"] == {"bad_player_id": 1, "unknown_type": 1}
    assert document["by_player"][1] == {"player_id": "b/d\x1b[31m", "rejected": 1}

    redrive = ["redrive", "mended", "--from", "rejected", "--reason", "unknown_type", *local]
    too_early = run(*redrive, cwd=tmp_path)
    said = "nebula/mended: 1 put back\n0 counted, 1 rejected again: unknown_type\n"
    assert (too_early.code, too_early.stdout) == (1, said)
    points = Rule("new_kill", (Points(Decimal(7)),))
    game.redeploy(replace(game.config, rules=(*game.config.rules, points)))
    done = run(*redrive, cwd=tmp_path)
    assert (done.code, done.stdout) == (0, "nebula/mended: 1 put back\n1 counted\n")
    again = json.loads(run(*redrive, "--json", cwd=tmp_path).stdout)
    nothing = {"counted": 0, "rejected": {}, "unmarked": 0, "dead": 0, "unknown": 0}
    assert again == {"board": "mended", "from": "rejected", **vars(RedriveCounts()), "outcome": nothing}
    game.put({**new, "type": {"S": "kill"}})
    stack.drain("mended")
    assert rebuilt_score(game, "ann") == 17
    left = json.loads(run("rejected", "mended", "--json", *local, cwd=tmp_path).stdout)["rejected"]
    assert [each["reason"] for each in left] == ["bad_player_id"]


def test_dead_letters_are_put_back(stack: Stack, tmp_path: Path) -> None:
    game = OperatedGame(stack, "mended")
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    sqs, place = stack.aws.client("sqs"), stack.boards["mended"].deployment
    game.stop_processing()
    for _ in range(12):
        game.put(activity("dora", "kill"))
    wait_until(lambda: game.count_messages("queue_url") == 12)
    while messages := sqs.receive_message(QueueUrl=place.queue_url, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            sqs.send_message(QueueUrl=place.dead_letter_queue_url, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=place.queue_url, ReceiptHandle=message["ReceiptHandle"])
    game.resume_processing()
    local = ["--ready-file", str(write_ready_file(stack, tmp_path))]
    done = run("redrive", "mended", "--from", "dead-letters", *local, cwd=tmp_path)
    assert (done.code, done.stdout) == (0, "nebula/mended: 12 put back\n12 counted\n")
    assert rebuilt_score(game, "dora") == 120
    assert game.count_messages("dead_letter_queue_url") == 0


def test_readers_get_the_last_ranks_while_a_change_is_refused(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    rename_and_put_back(OperatedGame(stack, "renamed"), tmp_path)


def test_an_event_that_is_sent_again_has_the_same_id(stack: Stack) -> None:
    game = OperatedGame(stack, "milestones")
    listener = Listener(game)
    game.put_all([activity("ann", "kill") for _ in range(3)])
    stack.drain("milestones")
    # The rebuilder sends the event, but may not delete it from the outbox: as if it had died in between.
    iam, role = stack.aws.client("iam"), stack.boards["milestones"].board.names.part("rebuilder")
    place = {"RoleName": role, "PolicyName": "rebuilder"}
    policy = iam.get_role_policy(**place)["PolicyDocument"]
    text = policy if isinstance(policy, str) else json.dumps(policy)
    assert '"dynamodb:DeleteItem"' in text
    iam.put_role_policy(**place, PolicyDocument=text.replace('"dynamodb:DeleteItem"', '"dynamodb:GetItem"'))
    with pytest.raises(FunctionError, match="DeleteItem"):
        game.rebuild()
    iam.put_role_policy(**place, PolicyDocument=text)
    # Nor could it give back its lease, which would run out by itself.
    game.end_lease()
    game.rebuild()
    game.rebuild()
    details = [each["detail"] for each in listener.receive()]
    assert [detail["id"] for detail in details] == ["milestone/milestones/all-time/ann/20"] * 2
    assert details[0] == details[1]
    assert (details[0]["player_id"], details[0]["milestone"]) == ("ann", 20)
    assert game.score("ann") == 30


def test_data_of_two_configurations_is_never_mixed(stack: Stack) -> None:
    game = OperatedGame(stack, "changing")
    watched = read_alarm_metric(stack, "changing")
    assert watched["dimensions"] == {"service": "ops-changing"}
    game.put_all([activity("ann", "kill"), activity("bob", "kill")])
    stack.drain("changing")
    assert rebuilt_score(game, "ann") == 10
    aggregates, first = game.read_aggregates(), game.config
    for change, config in forbidden_changes(first).items():
        game.redeploy(config)
        answer = game.process(activity("ann", "kill"), activity("cleo", "kill"))
        assert [each["itemIdentifier"] for each in answer["batchItemFailures"]] == ["0", "1"], change
        assert "refused to write" in answer["log"]
        assert "this board's data was made with" in answer["log"]
        assert sum_metric(answer["log"], watched) == 2
        with pytest.raises(FunctionError, match="this board's data was made with"):
            game.rebuild()
        assert game.read_aggregates() == aggregates, change

    # Adding a window is allowed: the new window has what is counted from now on.
    game.redeploy(replace(first, windows=(*first.windows, WindowKind("day", at_minutes=60 * BEGAN_AT))))
    assert game.process(activity("ann", "kill"))["batchItemFailures"] == []
    assert rebuilt_score(game, "ann", "week") == 20
    assert game.score("ann", "day") == 10
    # So is a reset that moves: the running week goes on.
    moved = tuple(replace(kind, at_minutes=60, timezone="Asia/Tokyo") for kind in first.windows)
    game.redeploy(replace(first, windows=moved))
    assert game.process(activity("ann", "kill"))["batchItemFailures"] == []
    assert rebuilt_score(game, "ann", "week") == 30
    # The board as it was before is allowed too.
    game.redeploy(first)
    assert game.process(activity("bob", "kill"))["batchItemFailures"] == []
    assert rebuilt_score(game, "bob") == 20

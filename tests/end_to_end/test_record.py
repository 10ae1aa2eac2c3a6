"""`leaderboards record` on boards that run: each stage, with the keys of a game server and by the board's clock."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from runtime.domain.activity import make_id
from tests.end_to_end.deployed import write_ready_file
from tests.end_to_end.game import YAML, Game
from tests.support.cli import Result, run


@pytest.fixture(autouse=True)
def no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no line of progress be said, which on a busy machine would be among the stages."""
    monkeypatch.setattr("generator.cli.operations.record._PROGRESS_SECONDS", math.inf)


@pytest.fixture
def folder(kills: Game, tmp_path: Path) -> Path:
    """The folder of leaderboards.yaml, with the ready file of a run where --local looks for it."""
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    (tmp_path / ".leaderboards_cache").mkdir()
    write_ready_file(kills.stack, tmp_path).rename(tmp_path / ".leaderboards_cache" / "local.json")
    return tmp_path


def record(folder: Path, *words: str) -> Result:
    """Record an activity of the board `kills`."""
    return run("record", "kills", *words, "--local", cwd=folder)


def test_an_activity_is_followed_until_it_ranks(kills: Game, folder: Path) -> None:
    boss = ("--player", "rec-1", "--type", "boss_kill", "--name", "Zoë", "damage=1000000", "mode=ranked")
    done = record(folder, *boss)
    assert done.code == 0, done.stderr
    week, all_time = done.stdout.splitlines()
    assert week.startswith("week ")
    assert " rank 1 of " in week
    assert week.endswith(", score 10050.0")
    assert all_time.startswith("all_time all-time: rank 1 of ")
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["written", "counted", "page"]
    assert done.stderr.endswith(f"page: {kills.stack.boards['kills'].page_url}\n")
    # A second one adds up, and its rank is not that of the snapshot before.
    assert "score 20100.0\n" in record(folder, *boss).stdout


def test_it_writes_with_the_keys_of_a_game_server(kills: Game, folder: Path) -> None:
    ready = folder / ".leaderboards_cache" / "local.json"
    document = json.loads(ready.read_text())
    document["game_server"]["access_key_id"] = "AKIANOBODY"
    ready.write_text(json.dumps(document))
    refused = record(folder, "--player", "rec-2", "--type", "kill")
    assert refused.code == 3
    assert refused.stderr.startswith("AWS: An error occurred (")
    assert "PutItem" in refused.stderr


def test_in_aws_it_uses_the_credentials_of_the_user(kills: Game, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS is the embedded one, by the variables that boto3 reads."""
    aws = kills.stack.aws
    for name, value in {
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_ACCESS_KEY_ID": aws.access_key_id,
        "AWS_SECRET_ACCESS_KEY": aws.secret_access_key,
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    done = run("record", "kills", "--player", "rec-0", "--type", "kill", cwd=folder)
    assert (done.code, done.stderr.count("\n")) == (0, 2), done.stderr
    assert done.stdout.splitlines()[1].endswith(", score 10.0")


def test_what_would_not_count_is_not_written(kills: Game, folder: Path) -> None:
    refused = record(folder, "--player", "rec 3", "--type", "kil", "--id", "1")
    assert (refused.code, refused.stdout) == (2, "")
    lines = refused.stderr.splitlines()
    assert lines[0] == "kills would not count this activity:"
    assert [line.split(":")[0].strip() for line in lines[1:-1]] == ["bad_player_id", "bad_activity_id", "unknown_type"]
    assert lines[-1] == "Nothing is written. With --force it is, and you see what becomes of it."
    found = kills.stack.aws.client("dynamodb").scan(
        TableName=kills.table,
        FilterExpression="player_id = :player",
        ExpressionAttributeValues={":player": {"S": "rec 3"}},
    )
    assert found["Items"] == []


def test_a_forced_one_is_seen_rejected(folder: Path) -> None:
    done = record(folder, "--player", "rec-4", "--type", "kil\x1b", "--force")
    assert (done.code, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 4, done.stderr
    expected, written, rejected, listed = done.stderr.splitlines()
    assert expected.startswith("expected: unknown_type: no rule of kills is for the type")
    assert written.startswith("written: kil\\x1b of rec-4, 0")
    assert rejected == 'rejected: unknown_type: no rule of this board is for the type "kil\\x1b"'
    assert listed == "`leaderboards rejected kills --local` lists it."


def test_what_is_ignored_is_not_waited_for(folder: Path) -> None:
    done = record(folder, "--player", "rec-5", "--type", "chat", "--force")
    assert (done.code, done.stdout) == (0, "")
    assert "leaves no trace of such an activity" in done.stderr


def test_the_same_id_again_changes_nothing(kills: Game, folder: Path) -> None:
    same = ("--player", "rec-6", "--type", "kill", "--id", make_id(kills.stack.aws.clock.now() - 1000, 77))
    assert "score 10.0" in record(folder, *same).stdout
    again = record(folder, *same)
    assert "an activity with this id was decided on before" in again.stderr
    assert "score 10.0" in again.stdout


def test_the_document_of_one_that_ranks(folder: Path) -> None:
    done = record(folder, "--player", "rec-7", "--type", "kill", "--json")
    assert done.code == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    assert list(document) == [
        *("board", "page_url", "outcome", "reason", "detail", "item", "expected", "notes", "ranks", "decided_before"),
    ]
    assert (document["board"], document["outcome"], document["decided_before"]) == ("kills", "counted", False)
    assert document["item"]["player_id"] == {"S": "rec-7"}
    assert [(rank["window"], rank["score"]) for rank in document["ranks"]][1:] == [("all-time", 10)]
    assert len(document["ranks"]) == 2


def test_without_a_wait_it_ends_once_it_is_written(folder: Path) -> None:
    done = record(folder, "--player", "rec-8", "--type", "kill", "--no-wait", "--json")
    assert json.loads(done.stdout)["outcome"] == "written"


def test_one_that_takes_too_long_is_a_finding(kills: Game, folder: Path) -> None:
    """Nothing processes it: its table is not the board's."""
    functions = kills.stack.aws.client("lambda")
    mapping = kills.stack.boards["kills"].deployment.mapping_id
    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        done = record(folder, "--player", "rec-9", "--type", "kill", "--timeout", "1")
    finally:
        functions.update_event_source_mapping(UUID=mapping, Enabled=True)
    assert done.code == 1
    assert done.stderr.splitlines()[-1].startswith(
        "not counted yet: it is in the stream or in the queue, or it failed."
    )

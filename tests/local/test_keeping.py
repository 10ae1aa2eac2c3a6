"""What `local --keep` leaves in its folder, and whose folders it refuses."""

from __future__ import annotations

import gzip
import io
import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from generator.board.board import Board
from generator.errors import InputError, LeaderboardsError, LocalError
from generator.local.emulator.process import Emulator
from generator.local.emulator.stores import POINTER
from generator.local.keeping import keeper
from generator.local.keeping.folder import FILE, FORMAT, Kept
from generator.local.keeping.keeper import Keeper
from generator.local.reporter import Reporter
from runtime.s3 import snapshots
from tests.support.projects import board_yaml, boards_of, project_yaml

[BOARD] = boards_of(project_yaml(board_yaml()))
ITEM = {"player_id": {"S": "ann"}, "activity_id": {"S": "1"}, "amount": {"N": "1.5"}, "raw": {"B": b"\x00\xff"}}


def make_resources(aws: Emulator) -> str:
    """Make a table, a bucket and a queue. Returns the queue's URL."""
    keys = [("player_id", "HASH"), ("activity_id", "RANGE")]
    aws.client("dynamodb").create_table(
        TableName="arcade-kills-activities",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    aws.client("s3").create_bucket(Bucket="kills", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    url: str = aws.client("sqs").create_queue(QueueName="activities")["QueueUrl"]
    return url


def test_what_one_embedded_aws_held_another_holds() -> None:
    pointer = json.dumps(
        {"as_of": 5, "windows": [{"prefix": "snapshots/ranks/w/abc-5/", "delta": "snapshots/ranks/w/d-6/"}]}
    ).encode()
    files = {
        POINTER: pointer,
        "snapshots/at/000000000000005.json": b"{}",
        "snapshots/ranks/w/abc-5/top": b"1",
        "snapshots/ranks/w/d-6/delta": b"2",
        "snapshots/ranks/w/abc-4/top": b"0",
        "page/index.html": b"old",
    }
    with Emulator("eu-central-1") as one:
        url = make_resources(one)
        one.client("dynamodb").put_item(TableName="arcade-kills-activities", Item=ITEM)
        for key, body in files.items():
            one.client("s3").put_object(Bucket="kills", Key=key, Body=body)
        for text in ("waits", "is being processed"):
            one.client("sqs").send_message(QueueUrl=url, MessageBody=text)
        one.client("sqs").receive_message(QueueUrl=url, VisibilityTimeout=900)
        state = json.loads(one.dump())
    assert [each["dynamodb"]["NewImage"]["player_id"] for each in state["streams"]["arcade-kills-activities"]] == [
        {"S": "ann"}
    ]
    with Emulator("eu-central-1") as other:
        url = make_resources(other)
        other.load(state)
        assert other.client("dynamodb").scan(TableName="arcade-kills-activities")["Items"] == [ITEM]
        listed = other.client("s3").list_objects_v2(Bucket="kills")["Contents"]
        assert {each["Key"] for each in listed} == set(list(files)[:4])
        assert other.client("s3").get_object(Bucket="kills", Key=POINTER)["Body"].read() == pointer
        messages = other.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
        assert {each["Body"] for each in messages} == {"waits", "is being processed"}


def test_the_pointer_that_is_kept_is_the_boards() -> None:
    assert POINTER == snapshots.POINTER


def state_of(*names: str) -> bytes:
    """What an embedded AWS held that had an activity in each of these tables."""
    return json.dumps({"tables": {name: [{"player_id": {"S": "ann"}}] for name in names}}).encode()


def keep(folder: Path, board: Board = BOARD) -> None:
    """Leave two boards' activities in a folder."""
    kept = Kept(folder, board)
    kept.save(state_of("arcade-kills-activities", "arcade-wins-activities"), {"t": "7"}, [(0, 1000)])
    kept.release()


def test_a_run_takes_up_what_the_run_before_left_and_keeps_what_it_does_not_take(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "kept"
    keep(folder)
    assert (folder.stat().st_mode & 0o777, (folder / FILE).stat().st_mode & 0o777) == (0o700, 0o600)
    kept = Kept(folder, BOARD)
    assert not kept.is_new
    assert kept.describe() == "2 activities, 0 windows"
    assert json.dumps(kept.clock) == "[[0, 1000]]"
    assert kept.positions == {"t": "7"}
    assert kept.take({"arcade-kills-activities", "arcade-kills-marks"})["tables"] == {
        "arcade-kills-activities": [{"player_id": {"S": "ann"}}]
    }
    kept.save(state_of("arcade-kills-activities"), {}, [])
    kept.release()
    again = Kept(folder, BOARD)
    assert set(again.data["tables"]) == {"arcade-kills-activities", "arcade-wins-activities"}
    again.release()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"project": "other"}, "is of the project arcade, and this one is other"),
        ({"region": "us-east-1"}, "is of the region eu-central-1, and this one is us-east-1"),
        ({"account_id": "111111111111"}, "is of the account None, and this one is 111111111111"),
        ({"environment": "dev"}, "is of the environment None, and this one is dev"),
    ],
)
def test_the_folder_of_another_project_is_refused_and_stays(tmp_path: Path, change: dict[str, str], said: str) -> None:
    keep(tmp_path)
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(InputError) as refused:
        Kept(tmp_path, replace(BOARD, **change))  # type: ignore[arg-type]
    assert said in str(refused.value)
    assert (tmp_path / FILE).read_bytes() == before
    Kept(tmp_path, BOARD).release()


def _newer(head: dict[str, Any]) -> bytes:
    return gzip.compress(json.dumps(head | {"format": FORMAT + 1}).encode())


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_newer, "is of a newer version of leaderboards"),
        (lambda head: b"", "is no state"),
        (lambda head: b"text", "is no state"),
        (lambda head: gzip.compress(b"text"), "is no state"),
        (lambda head: gzip.compress(b"[]"), "is no state"),
        (lambda head: gzip.compress(json.dumps(head).encode())[:-9], "is no state"),
        (lambda head: gzip.compress(json.dumps({"format": FORMAT}).encode()), "is no state"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_and_stays(
    tmp_path: Path, damage: Callable[[dict[str, Any]], bytes], said: str
) -> None:
    keep(tmp_path)
    head = json.loads(gzip.decompress((tmp_path / FILE).read_bytes()).split(b"\n")[0])
    damaged = damage(head)
    (tmp_path / FILE).write_bytes(damaged)
    with pytest.raises(InputError, match=said):
        Kept(tmp_path, BOARD)
    assert (tmp_path / FILE).read_bytes() == damaged


def test_the_second_run_of_a_folder_is_refused(tmp_path: Path) -> None:
    first = Kept(tmp_path, BOARD)
    with pytest.raises(LocalError, match=r"another run \(process \d+\) keeps its boards here"):
        Kept(tmp_path, BOARD)
    first.release()
    Kept(tmp_path, BOARD).release()


def test_a_folder_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LeaderboardsError, match="cannot be used"):
        Kept(tmp_path / "file", BOARD)


class HeldAws:
    """As much of an embedded AWS as is saved."""

    clock = SimpleNamespace(steps=[(0, 0)])

    def dump(self) -> bytes:
        """An activity."""
        return state_of("arcade-kills-activities")


def test_nothing_is_saved_while_a_board_is_being_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "SAVE_SECONDS", 0.0)
    monkeypatch.setattr(keeper, "TURN_SECONDS", 0.1)
    turn, aws = threading.Lock(), cast(Any, HeldAws())
    kept = Keeper({"keep": tmp_path}, BOARD, Reporter(io.StringIO()), turn)
    with turn:
        kept.start(aws, list)
        # It would be there after the first of what would be hundreds of saves.
        time.sleep(0.5)
        assert not (tmp_path / FILE).exists()
        # A change that never ends: what can be had of the rest is better than nothing.
        kept.stop(alive=True)
        saved = (tmp_path / FILE).stat().st_ino
    # The save that waited meanwhile comes too late: the folder may be another run's.
    assert kept._worker
    kept._worker.join(60)
    assert (tmp_path / FILE).stat().st_ino == saved
    again = Kept(tmp_path, BOARD)
    assert set(again.data["tables"]) == {"arcade-kills-activities"}
    again.release()


def test_what_was_read_first_is_not_written_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last save waits for one that is under way, on however slow a machine."""
    monkeypatch.setattr(keeper, "TURN_SECONDS", 0.0)
    reads, is_read = iter(["old", "new"]), threading.Event()

    class SlowAws(HeldAws):
        def dump(self) -> bytes:
            state = state_of(next(reads))
            if not is_read.is_set():
                is_read.set()
                time.sleep(0.5)
            return state

    kept = Keeper({"keep": tmp_path}, BOARD, Reporter(io.StringIO()), threading.Lock())
    kept.start(cast(Any, SlowAws()), list)
    assert is_read.wait(60)
    kept.stop(alive=True)
    assert kept._worker
    kept._worker.join(60)
    again = Kept(tmp_path, BOARD)
    assert set(again.data["tables"]) == {"new"}
    again.release()

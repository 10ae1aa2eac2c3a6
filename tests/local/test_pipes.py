"""The local pipe: which records of a stream it sends, and what becomes of those that it cannot send."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from generator.local.deploy.deployment import PipeSettings, Queue
from generator.local.deploy.event_pattern import compile_pattern
from generator.local.services import pipes, records
from generator.operations.redrives.positions import make_event
from tests.local.fake_stream import MOMENT, FakeAws, stream_record


def settings(**changes: Any) -> PipeSettings:
    """The settings of a pipe that passes new items of every type but `chat`."""
    values: dict[str, Any] = {
        "arn": "arn:aws:pipes:::pipe/test",
        "stream_arn": "arn:stream",
        "target": Queue("queue"),
        "dead_letter_queue_url": "dead",
        "from_start": True,
        "batch_size": 25,
        "retry_attempts": 2,
        "record_age_seconds": None,
        "filters": (
            compile_pattern(
                {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"type": {"S": [{"anything-but": ["chat"]}]}}}}
            ),
        ),
    }
    return PipeSettings(**(values | changes))


def run_pipe(aws: FakeAws, done: Callable[[], bool], **changes: Any) -> list[str]:
    """Run a pipe until `done`. Returns its warnings."""
    warnings: list[str] = []
    pipe = pipes.LocalPipe(aws, settings(**changes), warnings.append)  # type: ignore[arg-type]
    pipe.start()
    for _ in range(6000):
        if done() and pipe.idle_rounds >= 1:
            break
        pipe.join(0.01)
    pipe.stop()
    pipe.join(60)
    assert not pipe.is_alive()
    assert done()
    return warnings


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipes, "RETRY_SECONDS", 0.001)
    monkeypatch.setattr(pipes, "IDLE_SECONDS", 0.001)
    monkeypatch.setattr(pipes, "LONGEST_RETRY_SECONDS", 0.002)


def test_every_shard_is_read_filtered_and_sent_once() -> None:
    aws = FakeAws(
        [stream_record(n) for n in range(60)],
        [stream_record(60), stream_record(61, "chat"), stream_record(62, name="MODIFY"), stream_record(63)],
    )
    assert run_pipe(aws, lambda: len(aws.sent) == 62) == []
    numbers = sorted(int(record["eventID"][1:]) for record in aws.sent)
    assert numbers == [*range(61), 63]
    assert aws.dead == []


def test_a_record_is_sent_in_the_form_that_aws_sends() -> None:
    record = stream_record(1)
    record["dynamodb"]["ApproximateCreationDateTime"] = MOMENT
    record["dynamodb"]["NewImage"]["blob"] = {"B": b"\x00\xff"}
    record["dynamodb"]["NewImage"]["deep"] = {"L": [{"M": {"s": {"SS": ["a"]}}}]}
    event = json.loads(json.dumps(make_event(record, "arn:stream", "eu-central-1")))
    assert event == {
        "eventID": "e1",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": int(MOMENT.timestamp()),
            "Keys": {"player_id": {"S": "p1"}},
            "NewImage": {
                "player_id": {"S": "p1"},
                "type": {"S": "kill"},
                "blob": {"B": "AP8="},
                "deep": {"L": [{"M": {"s": {"SS": ["a"]}}}]},
            },
            "SequenceNumber": f"{1:030}",
            "SizeBytes": 26,
            "StreamViewType": "NEW_IMAGE",
        },
        "eventSourceARN": "arn:stream",
    }


def test_a_record_that_fails_for_a_while_is_sent_in_the_end_and_none_twice() -> None:
    aws = FakeAws([stream_record(n) for n in range(30)])
    failures = {"e3": 2, "e17": 1}

    def refuse(record: dict[str, Any]) -> bool:
        failures[record["eventID"]] = failures.get(record["eventID"], 0) - 1
        return failures[record["eventID"]] >= 0

    aws.refuse = refuse
    warnings = run_pipe(aws, lambda: len(aws.sent) == 30)
    assert sorted(int(record["eventID"][1:]) for record in aws.sent) == list(range(30))
    assert warnings
    assert aws.dead == []


def test_a_pipe_that_goes_on_for_one_that_was_stopped_sends_no_batch_again() -> None:
    aws = FakeAws([stream_record(n) for n in range(30)])
    first = pipes.LocalPipe(aws, settings(batch_size=10), lambda _: None)  # type: ignore[arg-type]

    def stop_at_the_second_batch(record: dict[str, Any]) -> bool:
        at_last: bool = record["eventID"] == "e10"
        if at_last:
            first.stop()
        return at_last

    aws.refuse = stop_at_the_second_batch
    first.run()
    assert first.position == f"{9:030}"
    aws.refuse = lambda record: False
    second = pipes.LocalPipe(aws, settings(batch_size=10), lambda _: None, first)  # type: ignore[arg-type]
    second.start()
    while not second.idle_rounds:
        second.join(0.01)
    second.stop()
    second.join(60)
    sent = [int(record["eventID"][1:]) for record in aws.sent]
    assert sent == [*range(10), *range(11, 20), *range(10, 30)]


def test_a_pipe_that_is_stopped_while_it_sends_has_sent_and_one_that_could_not_send_has_carried_nothing() -> None:
    aws = FakeAws([stream_record(n) for n in range(30)])
    pipe = pipes.LocalPipe(aws, settings(batch_size=10), lambda _: None)  # type: ignore[arg-type]
    pipe.taken["wins"] = pipes.Carried()

    def stop_in_the_second_batch(record: dict[str, Any]) -> bool:
        if record["eventID"] == "e15":
            pipe.stop()
        return False

    aws.refuse = stop_in_the_second_batch
    pipe.run()
    assert (pipe.position, pipe.carried.written, pipe.taken["wins"].written) == (f"{19:030}", 20, 20)
    again = pipes.LocalPipe(aws, settings(batch_size=10), lambda _: None, pipe)  # type: ignore[arg-type]

    def refuse_and_stop(record: dict[str, Any]) -> bool:
        again.stop()
        return True

    aws.refuse = refuse_and_stop
    again.run()
    assert (again.position, again.carried.written, again.taken["wins"].written) == (f"{19:030}", 0, 20)


def test_a_record_that_always_fails_becomes_a_dead_letter_with_its_position() -> None:
    aws = FakeAws([stream_record(n) for n in range(12)])
    aws.refuse = lambda record: record["eventID"] == "e5"
    run_pipe(aws, lambda: len(aws.dead) == 1)
    assert len(aws.sent) == 11
    [letter] = aws.dead
    assert letter["context"]["condition"] == "RetryAttemptsExhausted"
    batch = letter["DDBStreamBatchInfo"]
    assert batch["startSequenceNumber"] == batch["endSequenceNumber"] == f"{5:030}"
    assert (batch["shardId"], batch["batchSize"], batch["streamArn"]) == ("shard-0", 1, "arn:stream")
    # The batch of ten in which it failed, the two other records, and then it alone, twice.
    assert aws.batches == [10, 2, 1, 1]


def test_a_record_that_is_too_old_is_not_tried_again() -> None:
    old = stream_record(0)
    old["dynamodb"]["ApproximateCreationDateTime"] = MOMENT
    aws = FakeAws([old])
    aws.refuse = lambda record: True
    run_pipe(aws, lambda: len(aws.dead) == 1, retry_attempts=None, record_age_seconds=60)
    assert aws.batches == [1]


def test_a_record_has_the_time_of_the_runs_clock_when_it_was_written() -> None:
    before, since = stream_record(0), stream_record(1)
    second = int(MOMENT.timestamp())
    for record, moment in ((before, second - 1), (since, second)):
        record["dynamodb"]["ApproximateCreationDateTime"] = datetime.fromtimestamp(moment, UTC)
    aws = FakeAws([before, since])
    run_pipe(aws, lambda: len(aws.sent) == 2)
    times = [record["dynamodb"]["ApproximateCreationDateTime"] for record in aws.sent]
    assert times == [second - 1, second + 86_400]
    aws = FakeAws([since])
    aws.refuse = lambda record: True
    run_pipe(aws, lambda: len(aws.dead) == 1, retry_attempts=0)
    assert aws.dead[0]["DDBStreamBatchInfo"]["approximateArrivalOfFirstRecord"] == "2026-11-24T12:00:00Z"
    assert datetime.fromisoformat(aws.dead[0]["timestamp"]) > datetime.now(UTC) + timedelta(hours=23)


def test_how_old_a_record_is_goes_by_the_runs_clock() -> None:
    fresh = stream_record(0)
    aws = FakeAws([fresh])
    aws.refuse = lambda record: True
    # By the machine's clock it would be a day in the future.
    run_pipe(aws, lambda: len(aws.dead) == 1, retry_attempts=None, record_age_seconds=-1)
    assert aws.batches == [1]


@pytest.mark.parametrize("code", ["ExpiredIteratorException", "TrimmedDataAccessException", "InternalServerError"])
def test_a_pipe_goes_on_after_a_failed_read(code: str) -> None:
    aws = FakeAws([stream_record(n) for n in range(3)])
    aws.read_errors = [code]
    run_pipe(aws, lambda: len(aws.sent) == 3)
    aws.shards["shard-0"].append(stream_record(3))


def test_an_expired_iterator_is_replaced_without_sending_twice() -> None:
    aws = FakeAws([stream_record(n) for n in range(3)])
    warnings: list[str] = []
    pipe = pipes.LocalPipe(aws, settings(), warnings.append)  # type: ignore[arg-type]
    pipe.start()
    while len(aws.sent) < 3:
        pipe.join(0.01)
    aws.read_errors = ["ExpiredIteratorException"]
    while aws.read_errors:
        pipe.join(0.01)
    aws.shards["shard-0"].append(stream_record(3))
    while len(aws.sent) < 4:
        pipe.join(0.01)
    pipe.stop()
    pipe.join(60)
    assert [record["eventID"] for record in aws.sent] == ["e0", "e1", "e2", "e3"]
    assert "AFTER_SEQUENCE_NUMBER" in aws.starts
    assert warnings == []


def test_a_batch_keeps_to_the_limits_of_one_send() -> None:
    written = [{"body": "x" * 300_000} for _ in range(7)] + [{"body": "y"} for _ in range(15)]
    batches = records.make_batches(written)
    assert [len(batch) for batch in batches] == [3, 3, 10, 6]
    assert all(sum(len(body) for _, body in batch) <= records.BATCH_BYTES for batch in batches)
    assert [record for batch in batches for record, _ in batch] == written

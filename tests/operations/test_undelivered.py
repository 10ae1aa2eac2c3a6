"""What a feed could not deliver goes back on the board's queue, as the record that the feed would have delivered."""

from __future__ import annotations

import json
from typing import Any

from generator.cli.operations.redrive_text import count_outcome, find_what_is_wrong
from generator.operations.following import Fate, PutBack
from generator.operations.redrives.putting_back import RedriveCounts, redrive_dead_letters
from generator.operations.running_board import RunningBoard
from tests.runtime.boards import item, stream_record

RECORD = {"eventName": "INSERT", "dynamodb": {"Keys": {"player_id": {"S": "p"}, "activity_id": {"S": "a"}}}}


class Queues:
    """Queues that give a message once, and remember what was sent and deleted."""

    def __init__(self, **waiting: list[str]) -> None:
        self.waiting = waiting
        self.sent: list[Any] = []
        self.deleted: list[str] = []

    def receive_message(self, **request: Any) -> dict[str, Any]:
        bodies, self.waiting[request["QueueUrl"]] = self.waiting[request["QueueUrl"]], []
        return {"Messages": [{"MessageId": body, "Body": body, "ReceiptHandle": body} for body in bodies]}

    def send_message(self, **request: Any) -> None:
        assert request["QueueUrl"] == "queue"
        self.sent.append(json.loads(request["MessageBody"]))

    def get_queue_attributes(self, **request: Any) -> dict[str, Any]:
        waiting = str(len(self.waiting[request["QueueUrl"]]))
        return {
            "Attributes": {
                "ApproximateNumberOfMessages": waiting,
                "ApproximateNumberOfMessagesNotVisible": "0",
            }
        }

    def delete_message(self, **request: Any) -> None:
        self.deleted.append(request["QueueUrl"])


def test_both_dead_letter_queues_are_emptied_and_an_event_becomes_its_record() -> None:
    event = {"source": "arcade-feed-matches", "detail-type": "activity", "detail": RECORD}
    queues = Queues(dead=[json.dumps(RECORD)], feed=[json.dumps(event), json.dumps(RECORD)])
    board: Any = RunningBoard(None, None, queues, "queue", "dead", "eu-central-1", 0, "feed")  # type: ignore[arg-type]
    assert [counts.sent for counts in redrive_dead_letters(board)] == [1, 3]
    assert queues.sent == [RECORD] * 3
    assert queues.deleted == ["dead", "feed", "feed"]


def test_what_is_no_activity_is_put_back_and_said_to_count_nowhere() -> None:
    queues = Queues(dead=["7", json.dumps(stream_record(item("ann")))])
    board: Any = RunningBoard(None, None, queues, "queue", "dead", "eu-central-1", 0)  # type: ignore[arg-type]
    (done,) = redrive_dead_letters(board)
    assert done == RedriveCounts(sent=2, no_activity=1)
    assert len(queues.sent) == 2
    assert list(find_what_is_wrong(done, Fate(counted=1, dead=1), 240, "`list`", "`drop`")) == [
        "1 in the dead-letter queue again: the processor's log says why",
        "1 dead letter can count nowhere, being no activity: `drop` deletes such",
    ]
    assert "dropped" not in count_outcome(done)


def test_what_is_no_activity_is_shown_and_deleted_where_somebody_asks_for_that() -> None:
    queues, put_back = Queues(dead=["7", json.dumps(stream_record(item("ann")))]), PutBack()
    shown: list[str] = []
    board: Any = RunningBoard(None, None, queues, "queue", "dead", "eu-central-1", 0)  # type: ignore[arg-type]
    (done,) = redrive_dead_letters(board, put_back, shown.append)
    assert (done, shown, put_back.total) == (RedriveCounts(sent=1, dropped=1), ["7"], 1)
    assert [sent["dynamodb"]["Keys"]["player_id"]["S"] for sent in queues.sent] == ["ann"]
    assert queues.deleted == ["dead", "dead"]
    assert list(find_what_is_wrong(done, Fate(counted=1), 240, "`list`", "`drop`")) == []
    assert count_outcome(done)["dropped"] == 1

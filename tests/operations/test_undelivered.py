"""What a feed could not deliver goes back on the board's queue, as the record that the feed would have delivered."""

from __future__ import annotations

import json
from typing import Any

from generator.operations.redrives.putting_back import redrive_dead_letters
from generator.operations.running_board import RunningBoard

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

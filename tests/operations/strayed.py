"""A feed's queue of strays and its bus, in memory."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from generator.operations.feeds.running_feed import RunningFeed
from tests.support.bundles import everything

[FEED] = everything().feeds


def record(number: int, kind: dict[str, Any] | None, size: int = 0) -> str:
    """A stream record of an activity with this `type`, in DynamoDB's JSON."""
    image = {"number": {"N": str(number)}, "text": {"S": "x" * size}, **({"type": kind} if kind else {})}
    return json.dumps({"dynamodb": {"Keys": {"player_id": {"S": f"p{number}"}}, "NewImage": image}})


class Aws:
    """A queue and a bus. A message that was received is hidden until it is given back."""

    def __init__(self, *bodies: str, applied: Collection[str] = FEED.types) -> None:
        self.waiting = list(enumerate(bodies))
        self.hidden: dict[str, tuple[int, str]] = {}
        self.entries: list[list[dict[str, str]]] = []
        self.refused: set[str] = set()
        self._applied = applied

    def receive_message(self, **request: Any) -> dict[str, Any]:
        taken = [self.waiting.pop(0) for _ in range(min(request["MaxNumberOfMessages"], len(self.waiting)))]
        self.hidden |= {f"h{number}": (number, body) for number, body in taken}
        messages = [{"MessageId": f"m{n}", "Body": body, "ReceiptHandle": f"h{n}"} for n, body in taken]
        return {"Messages": messages} if taken else {}

    def get_queue_attributes(self, QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:  # noqa: N803
        counts = dict(zip(AttributeNames, map(str, map(len, (self.waiting, self.hidden))), strict=True))
        return {"Attributes": counts}

    def put_events(self, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
        assert sum(len(entry["Detail"]) for entry in Entries) < 1_000_000
        self.entries.append(Entries)
        for entry in Entries:
            kind = json.loads(entry["Detail"])["dynamodb"]["NewImage"]["type"]["S"]
            if kind not in self._applied and entry["Detail"] not in self.refused:
                self.waiting.append((100 + len(self.waiting), entry["Detail"]))
        return {"Entries": [{"ErrorCode": "no"} if each["Detail"] in self.refused else {} for each in Entries]}

    def delete_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> None:  # noqa: N803
        for entry in Entries:
            del self.hidden[entry["ReceiptHandle"]]

    def change_message_visibility_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> None:  # noqa: N803
        assert 0 < len(Entries) <= 10
        for entry in Entries:
            assert entry["VisibilityTimeout"] == 0
            self.waiting.append(self.hidden.pop(entry["ReceiptHandle"]))

    def sent(self) -> list[str]:
        """The numbers of the activities that the bus was given."""
        bodies = [json.loads(entry["Detail"]) for entries in self.entries for entry in entries]
        return [body["dynamodb"]["NewImage"]["number"]["N"] for body in bodies]

    def get_queue_url(self, QueueName: str) -> dict[str, str]:  # noqa: N803
        assert QueueName == FEED.names.part("strays")
        return {"QueueUrl": "url"}

    @property
    def feed(self) -> RunningFeed:
        table: Any = None
        return RunningFeed(FEED, self, self, table, lambda _: self)

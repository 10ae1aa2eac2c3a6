"""A feed's strays: how many there are of which type, and which of them go on the bus again."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import pytest

from generator.errors import OperationError
from generator.operations.feeds import strays
from generator.operations.feeds.running_feed import RunningFeed
from generator.operations.feeds.strays import Redriven, count_hidden, list_strays, redrive_strays
from tests.support.bundles import everything
from tests.support.memory_aws.errors import error

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


KNOWN = FEED.types[0]


def test_a_look_counts_by_type_and_leaves_everything_there() -> None:
    bodies = [record(n, {"S": "kil"}) for n in range(12)]
    aws = Aws(*bodies, record(12, None), record(13, {"N": "5"}), "no record", "[1]")
    listed = [(stray.type, stray.player) for stray in list_strays(aws.feed)]
    assert listed == [*(("kil", f"p{n}") for n in range(12)), (None, "p12"), (None, "p13"), (None, ""), (None, "")]
    assert (len(aws.waiting), aws.hidden, aws.entries) == (16, {}, [])


def test_only_what_the_feed_knows_goes_on_the_bus_as_the_pipe_puts_it_there() -> None:
    aws = Aws(*(record(n, {"S": KNOWN if n % 2 else "kil"}) for n in range(24)), record(24, None))
    assert [*redrive_strays(aws.feed, FEED.types)][-1] == Redriven(sent=12, back=0)
    assert aws.sent() == [str(n) for n in range(1, 24, 2)]
    prefix = FEED.names.prefix
    places = {(one["EventBusName"], one["Source"], one["DetailType"]) for entries in aws.entries for one in entries}
    assert places == {(f"{prefix}-activities", prefix, "activity")}
    assert (len(aws.waiting), aws.hidden) == (13, {})


def test_what_the_bus_does_not_take_stays() -> None:
    aws = Aws(*(record(n, {"S": KNOWN}) for n in range(4)))
    aws.refused = {record(2, {"S": KNOWN})}
    assert [*redrive_strays(aws.feed, [KNOWN])][-1] == Redriven(sent=3, back=0)
    assert ([body for _, body in aws.waiting], aws.hidden) == ([record(2, {"S": KNOWN})], {})


def test_large_ones_go_in_several_calls() -> None:
    aws = Aws(*(record(n, {"S": KNOWN}, 390_000) for n in range(5)))
    assert [*redrive_strays(aws.feed, [KNOWN])][-1].sent == 5
    assert [len(entries) for entries in aws.entries] == [2, 2, 1]


def test_a_type_that_is_not_applied_yet_is_told_of_and_the_redrive_ends() -> None:
    aws = Aws(*(record(n, {"S": KNOWN}) for n in range(3)), applied=())
    assert [*redrive_strays(aws.feed, [KNOWN])][-1] == Redriven(sent=3, back=3)
    assert (len(aws.waiting), aws.hidden) == (3, {})


def test_what_another_look_has_taken_is_counted() -> None:
    aws = Aws(*(record(n, {"S": "kil"}) for n in range(3)))
    aws.receive_message(MaxNumberOfMessages=2)
    assert count_hidden(aws.feed) == 2
    assert len([*list_strays(aws.feed)]) == 1


def test_a_look_that_fails_halfway_gives_back_what_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws(*(record(n, {"S": "kil"}) for n in range(30)))
    looking = list_strays(aws.feed)
    next(looking)
    monkeypatch.setattr(aws, "receive_message", _fail)
    with pytest.raises(OperationError, match="Throttled"):
        list(looking)
    assert (len(aws.waiting), aws.hidden) == (30, {})


def test_a_look_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strays, "MOST", 20)
    aws = Aws(*(record(n, {"S": "kil"}) for n in range(45)))
    assert len([*list_strays(aws.feed)]) == 20
    assert (len(aws.waiting), aws.hidden) == (45, {})


def _fail(**_: Any) -> Any:
    raise error("Throttled", "ReceiveMessage")

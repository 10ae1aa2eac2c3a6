"""A feed's strays: activities of a type that the feed does not name, which its bus keeps in a queue.

A queue can be read only by hiding what is read. Each look gives back what it took, as soon as it is done; where it is
killed, SQS does that after `receiving.HIDDEN_SECONDS`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from generator.aws.sessions import AwsPlace
from generator.board.feed import Feed
from generator.operations.local_run import LocalRun
from generator.operations.redrives.receiving import MESSAGES_PER_RECEIVE, Letter, receive_all
from generator.operations.running_board import ANY_PLACE, AWS_CONFIG, aws_errors_as_operation_errors, make_aws_session

MOST = 10_000
"""Strays that one look takes at the most."""
EVENT_BYTES = 1_000_000
"""Bytes that one PutEvents may have (EventBridge API reference, "PutEvents": less than 1 MB). As many entries as one
receive brings are its limit too."""


@dataclass(frozen=True)
class RunningFeed:
    """A feed that runs, in AWS or on this machine: what its strays need."""

    feed: Feed
    sqs: Any
    events: Any
    strays_url: str


@dataclass(frozen=True)
class Stray:
    """One activity in the queue."""

    type: str | None
    """None where it has no text for a type."""
    player: str
    body: str
    """The stream record, as it goes on the bus."""
    handle: str
    """What deletes it."""


@dataclass(frozen=True)
class Redriven:
    """What became of strays that were put on the bus again."""

    sent: int = 0
    back: int = 0
    """How many came back: the feed that is deployed does not know their type yet."""


def find_feed_in_aws(feed: Feed, place: AwsPlace = ANY_PLACE) -> RunningFeed:
    """Find the feed where it is deployed in AWS, with the user's own credentials. Raises OperationError."""
    session = make_aws_session(feed, place)
    return _find(feed, session.client("sqs", config=AWS_CONFIG), session.client("events", config=AWS_CONFIG))


def find_feed_on_this_machine(feed: Feed, run: LocalRun) -> RunningFeed:
    """Find the feed in a run of `leaderboards local`. Raises OperationError if it does not run there."""
    return _find(feed, run.client("sqs"), run.client("events"))


def _find(feed: Feed, sqs: Any, events: Any) -> RunningFeed:
    with aws_errors_as_operation_errors():
        url = sqs.get_queue_url(QueueName=feed.names.part("strays"))["QueueUrl"]
    return RunningFeed(feed, sqs, events, url)


def list_strays(running: RunningFeed) -> Iterator[Stray]:
    """List the strays, and give each back to the queue in the end. Raises OperationError."""
    seen: list[Stray] = []
    with aws_errors_as_operation_errors():
        try:
            for strays in _receive(running):
                seen += strays
                yield from strays
        finally:
            _give_back(running, seen)


def redrive_strays(running: RunningFeed, types: Collection[str]) -> Iterator[Redriven]:
    """Put strays of these types on the bus again, so that the boards that count them get them. Raises OperationError.

    Yields the counts so far. What the bus takes is deleted only then: one that dies in between puts an activity there
    twice, and boards count it once.
    """
    done, left, seen = 0, list[Stray](), set[str]()
    with aws_errors_as_operation_errors():
        try:
            for strays in _receive(running):
                known = [stray for stray in strays if stray.type in types and stray.body not in seen]
                left += [stray for stray in strays if stray not in known]
                for batch in _split(known):
                    sent = _put(running, batch)
                    left += [stray for stray in batch if stray not in sent]
                    seen |= {stray.body for stray in sent}
                    done += len(sent)
                yield Redriven(done, sum(stray.body in seen for stray in left))
        finally:
            _give_back(running, left)


def _receive(running: RunningFeed) -> Iterator[list[Stray]]:
    """Take what is in the queue, until there is no more."""
    taken = 0
    for letters in receive_all(running.sqs, running.strays_url):
        taken += len(letters)
        yield [_read(letter) for letter in letters]
        if taken >= MOST:
            return


def _read(letter: Letter) -> Stray:
    try:
        change = json.loads(letter.body)["dynamodb"]
        kind, player = change["NewImage"].get("type", {}).get("S"), change["Keys"]["player_id"]["S"]
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        kind = player = None
    return Stray(
        kind if isinstance(kind, str) else None,
        player if isinstance(player, str) else "",
        letter.body,
        letter.handle,
    )


def _split(strays: list[Stray]) -> Iterator[list[Stray]]:
    """Batches that one PutEvents takes."""
    batch: list[Stray] = []
    size = 0
    for stray in strays:
        length = len(stray.body.encode()) + 300
        if batch and size + length > EVENT_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(stray)
        size += length
    if batch:
        yield batch


def _put(running: RunningFeed, batch: list[Stray]) -> list[Stray]:
    """Put a batch on the bus, and delete what it took. Returns that."""
    prefix, bus = running.feed.names.prefix, running.feed.names.part("activities")
    entry = {"EventBusName": bus, "Source": prefix, "DetailType": "activity"}
    answer = running.events.put_events(Entries=[{**entry, "Detail": stray.body} for stray in batch])
    sent = [stray for stray, one in zip(batch, answer["Entries"], strict=True) if "ErrorCode" not in one]
    if sent:
        handles = [{"Id": str(number), "ReceiptHandle": stray.handle} for number, stray in enumerate(sent)]
        running.sqs.delete_message_batch(QueueUrl=running.strays_url, Entries=handles)
    return sent


def _give_back(running: RunningFeed, strays: list[Stray]) -> None:
    """Let others read these strays again at once."""
    for start in range(0, len(strays), MESSAGES_PER_RECEIVE):
        entries = [
            {"Id": str(number), "ReceiptHandle": stray.handle, "VisibilityTimeout": 0}
            for number, stray in enumerate(strays[start : start + MESSAGES_PER_RECEIVE])
        ]
        running.sqs.change_message_visibility_batch(QueueUrl=running.strays_url, Entries=entries)

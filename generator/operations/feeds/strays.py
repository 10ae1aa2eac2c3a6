"""A feed's strays: activities of a type that the feed does not name, which its bus keeps in a queue.

A queue can be read only by hiding what is read. Each look gives back what it took, as soon as it is done; where it is
killed, SQS does that after `receiving.HIDDEN_SECONDS`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from generator.operations.feeds.running_feed import RunningFeed, split
from generator.operations.redrives.receiving import MESSAGES_PER_RECEIVE, Letter, count_messages, receive_all
from generator.operations.running_board import aws_errors_as_operation_errors

QUEUE = "strays"
"""The last part of the name of the queue."""
MOST = 10_000
"""Strays that one look takes at the most."""


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


def count_hidden(running: RunningFeed) -> int:
    """About how many strays another look or redrive has taken, or one that was killed. Raises OperationError.

    To be asked before a look: for a minute SQS may count as hidden what was given back.
    """
    with aws_errors_as_operation_errors():
        return count_messages(running.sqs, running.find_queue(QUEUE))[1]


def list_strays(running: RunningFeed) -> Iterator[Stray]:
    """List the strays, and give each back to the queue in the end. Raises OperationError."""
    seen: list[Stray] = []
    with aws_errors_as_operation_errors():
        url = running.find_queue(QUEUE)
        try:
            for strays in _receive(running, url):
                seen += strays
                yield from strays
        finally:
            _give_back(running, url, seen)


def redrive_strays(running: RunningFeed, types: Collection[str]) -> Iterator[Redriven]:
    """Put strays of these types on the bus again, so that the boards that count them get them. Raises OperationError.

    Yields the counts so far. What the bus takes is deleted only then: one that dies in between puts an activity there
    twice, and boards count it once.
    """
    done, left, seen = 0, list[Stray](), set[str]()
    with aws_errors_as_operation_errors():
        url = running.find_queue(QUEUE)
        try:
            for strays in _receive(running, url):
                known = [stray for stray in strays if stray.type in types and stray.body not in seen]
                left += [stray for stray in strays if stray not in known]
                for batch in ([known[place] for place in places] for places in split([each.body for each in known])):
                    sent = _put(running, url, batch)
                    left += [stray for stray in batch if stray not in sent]
                    seen |= {stray.body for stray in sent}
                    done += len(sent)
                yield Redriven(done, sum(stray.body in seen for stray in left))
        finally:
            _give_back(running, url, left)


def _receive(running: RunningFeed, url: str) -> Iterator[list[Stray]]:
    """Take what is in the queue, until there is no more."""
    taken = 0
    for letters in receive_all(running.sqs, url):
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


def _put(running: RunningFeed, url: str, batch: list[Stray]) -> list[Stray]:
    """Put a batch on the bus, and delete what it took. Returns that."""
    taken = running.hand_over([stray.body for stray in batch])
    sent = [stray for stray, is_taken in zip(batch, taken, strict=True) if is_taken]
    if sent:
        handles = [{"Id": str(number), "ReceiptHandle": stray.handle} for number, stray in enumerate(sent)]
        running.sqs.delete_message_batch(QueueUrl=url, Entries=handles)
    return sent


def _give_back(running: RunningFeed, url: str, strays: list[Stray]) -> None:
    """Let others read these strays again at once."""
    for start in range(0, len(strays), MESSAGES_PER_RECEIVE):
        entries = [
            {"Id": str(number), "ReceiptHandle": stray.handle, "VisibilityTimeout": 0}
            for number, stray in enumerate(strays[start : start + MESSAGES_PER_RECEIVE])
        ]
        running.sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)

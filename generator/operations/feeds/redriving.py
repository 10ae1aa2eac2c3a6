"""Puts back what a feed's pipe could not deliver: on the feed's bus, which hands each activity to the boards.

What the stream has no more is looked for in the feed's table, once for each board: what the board has no mark of goes
on that board's queue. So whoever does that needs the permissions of an operator of each board.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from generator.errors import OperationError
from generator.operations.feeds.running_feed import ENTRY_BYTES, EVENT_BYTES, RunningFeed, split
from generator.operations.redrives.pipe import PipeRedrive
from generator.operations.redrives.putting_back import RedriveCounts, make_queue_message, send
from generator.operations.redrives.undecided import find_undecided
from generator.operations.running_board import RunningBoard, aws_errors_as_operation_errors
from runtime.dynamodb import items


@dataclass(frozen=True)
class FedBoard:
    """A board that counts a feed, and runs."""

    running: RunningBoard
    types: Collection[str]
    """The types of activities that its rule on the bus takes."""


def redrive_feed_pipe(feed: RunningFeed, find_boards: Callable[[], Sequence[FedBoard]]) -> Iterator[RedriveCounts]:
    """Put back what the feed's pipe could not deliver. Raises OperationError.

    `find_boards` finds the boards that count the feed: it is called only if the stream has something no more. Yields
    the counts so far after each letter.
    """
    redrive = PipeRedrive(feed, lambda messages: _put(feed, messages), EVENT_BYTES - ENTRY_BYTES)
    yield from redrive.take_letters()
    if arrivals := redrive.arrivals:
        for board in find_boards():
            for page in find_undecided(board.running, arrivals):
                # What the stream had is on the bus already, as it was first written.
                fresh = (record for record in page if items.mark_key(record) not in redrive.sent)
                own = [record for record in fresh if record.image.get("type", {}).get("S") in board.types]
                with aws_errors_as_operation_errors():
                    for record in own:
                        send(board.running, make_queue_message(record, record.image, board.running.region))
                yield redrive.count_more(len(own))
        redrive.delete_trimmed()
    yield redrive.end()


def _put(feed: RunningFeed, messages: Sequence[str]) -> None:
    """Put messages on the bus. Raises OperationError if it does not take one: then the letter stays."""
    for places in split(messages):
        taken = feed.hand_over([messages[place] for place in places])
        if not all(taken):
            raise OperationError("AWS: the bus does not take an event just now; what is not put back yet stays")

"""Puts back what a pipe could not deliver, of a board or of a feed. Its dead letters are positions in the stream.

A letter is deleted once everything that it stands for is on the queue (of a feed: on its bus), so a redrive may die
anywhere: the letter comes back, and what is sent twice counts once, by its mark. The order is

    1. of each letter, the records of players;
    2. for letters that are older than the stream, all activities of that time that nobody has decided on;
    3. the boards' own probes and heartbeats: a window is closed once its probes have come through, so they go last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Protocol

from generator.operations.following import MOST_FOLLOWED, PutBack
from generator.operations.redrives.positions import Position, TrimmedError, read_position, read_records
from generator.operations.redrives.putting_back import (
    MESSAGE_BYTES,
    RedriveCounts,
    make_queue_message,
    read_record,
    send,
    write_message,
)
from generator.operations.redrives.receiving import Letter, count_messages, delete, receive_all
from generator.operations.redrives.undecided import find_undecided
from generator.operations.running_board import THREADS, RunningBoard, aws_errors_as_operation_errors
from runtime.dynamodb import items
from runtime.dynamodb.table import Key, Table

QUEUE = "pipe-dead-letters"
"""The last part of the name of the queue."""


def redrive_pipe(
    board: RunningBoard, put_back: PutBack | None = None, ignored: Collection[str] = ()
) -> Iterator[RedriveCounts]:
    """Put back what the pipe could not deliver, and note it in `put_back`. Raises OperationError.

    `ignored`: types of activities that the board ignores. Yields the counts so far after each letter.
    """
    redrive = PipeRedrive(board, partial(_send_all, board), MESSAGE_BYTES, put_back)
    yield from redrive.take_letters()
    if arrivals := redrive.arrivals:
        for page in find_undecided(board, arrivals, ignored):
            fresh = [each for each in page if items.mark_key(each) not in redrive.sent]
            yield redrive.put(make_queue_message(each, each.image, board.region) for each in fresh)
        redrive.delete_trimmed()
    yield redrive.end()


def _send_all(board: RunningBoard, messages: Sequence[str]) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(partial(send, board), messages))


class Piped(Protocol):
    """A board or a feed that runs, and has a pipe."""

    @property
    def sqs(self) -> Any:
        """A client of SQS."""

    @property
    def activities(self) -> Table:
        """The table whose stream the pipe reads."""

    @property
    def find_queue(self) -> Callable[[str], str]:
        """Asks for the URL of one of its queues, by the last part of its name."""

    @property
    def client(self) -> Callable[..., Any]:
        """Makes a client of a service."""


class PipeRedrive:
    """One run of a redrive."""

    def __init__(
        self,
        owner: Piped,
        put: Callable[[Sequence[str]], None],
        most_bytes: int,
        put_back: PutBack | None = None,
    ) -> None:
        """`put` puts messages where the pipe would have, of `most_bytes` at most. Raises OperationError."""
        with aws_errors_as_operation_errors():
            self._url = owner.find_queue(QUEUE)
            self._streams = owner.client("dynamodbstreams")
        self._owner = owner
        self._put, self._most_bytes = put, most_bytes
        self._put_back = put_back
        self._counts: Counter[str] = Counter()
        self.sent: set[Key] = set()
        """What was put back already, by the keys of its marks: what was first written, where the table may have
        something else by now."""
        self._stay: dict[str, Letter] = {}
        """Letters that stay in the queue."""
        self._trimmed: dict[str, tuple[Letter, Position]] = {}
        self._own: dict[str, tuple[Letter, list[str]]] = {}
        """Letters with messages of a board itself, which are put back last."""

    @property
    def arrivals(self) -> list[int]:
        """When the last record of each batch was written that the stream has no more, in seconds since 1970."""
        return [position.arrived_last for _, position in self._trimmed.values()]

    def take_letters(self) -> Iterator[RedriveCounts]:
        """Put back what the stream has of each letter."""
        for letters in receive_all(self._owner.sqs, self._url):
            for letter in letters:
                # One that was hidden for long enough comes again, with another handle.
                if letter.id in self._stay:
                    continue
                if (position := read_position(letter.body, self._owner.activities.name)) is None:
                    self._stay[letter.id] = letter
                    self._counts["unreadable"] += 1
                    continue
                with aws_errors_as_operation_errors():
                    self._take(letter, position)
                yield self._count()

    def put(self, messages: Iterable[str]) -> RedriveCounts:
        """Put back messages of players. Returns the counts so far."""
        with aws_errors_as_operation_errors():
            self._send(list(messages))
        return self._count()

    def delete_trimmed(self) -> None:
        """Delete the letters that the stream has no more: what they stand for is put back."""
        with aws_errors_as_operation_errors():
            for letter, _ in self._trimmed.values():
                delete(self._owner.sqs, self._url, letter)
        self._counts["searched"] = len(self._trimmed)

    def count_more(self, sent: int) -> RedriveCounts:
        """Count messages that were put back elsewhere. Returns the counts so far."""
        self._counts["sent"] += sent
        return self._count()

    def end(self) -> RedriveCounts:
        """Put back the boards' own items, and see what is left."""
        with aws_errors_as_operation_errors():
            for letter, messages in self._own.values():
                self._put(messages)
                delete(self._owner.sqs, self._url, letter)
            hidden = count_messages(self._owner.sqs, self._url)[1]
        self._counts["hidden"] = max(0, hidden - len(self._stay))
        return self._count()

    def _take(self, letter: Letter, position: Position) -> None:
        """Put back what the stream has of a letter, and delete the letter if that is all of it."""
        own: list[str] = []
        too_large = self._counts["too_large"]
        try:
            for records in read_records(self._streams, position):
                # What a pipe carries: a table's new items.
                new = [record for record in records if record["eventName"] == "INSERT"]
                own += [write_message(record) for record in new if _is_own(record)]
                self._send([write_message(record) for record in new if not _is_own(record)])
        except TrimmedError:
            self._trimmed[letter.id] = letter, position
            return
        if self._counts["too_large"] > too_large:
            self._stay[letter.id] = letter
        elif own:
            self._own[letter.id] = letter, own
        else:
            delete(self._owner.sqs, self._url, letter)

    def _send(self, messages: list[str]) -> None:
        fit = [message for message in messages if len(message.encode()) <= self._most_bytes]
        self._put(fit)
        self._counts["too_large"] += len(messages) - len(fit)
        self._counts["sent"] += len(fit)
        for record in map(read_record, fit):
            if self._put_back is not None:
                self._put_back.add(record)
            if record is not None and len(self.sent) < MOST_FOLLOWED:
                self.sent.add(items.mark_key(record))

    def _count(self) -> RedriveCounts:
        return RedriveCounts(**self._counts)


def _is_own(record: Mapping[str, Any]) -> bool:
    """Whether an item is the board's own: no player's id begins so."""
    return str(record["dynamodb"]["Keys"]["player_id"]["S"]).startswith("#")

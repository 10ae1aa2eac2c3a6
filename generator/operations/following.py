"""Follows activities that were put back on a board's queue, and says what became of them.

The processor leaves a mark for each activity that it decides on, and a rejected one is on the list of rejections again,
with its reason. Two kinds leave no mark: an activity that no rule is for (ignored), and one that was counted by a board
that keeps one run of each player. Those are known by elimination, once the queue is empty, which takes minutes to know.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from generator.operations.rejections import make_rejection_key
from generator.operations.running_board import THREADS, RunningBoard, aws_errors_as_operation_errors
from runtime.domain.activity import StreamRecord
from runtime.dynamodb import items
from runtime.dynamodb.table import BusyError, Item, Key, Table

MOST_FOLLOWED = 100_000
"""Activities of one redrive that are followed, at some 500 bytes of memory each. What became of more is not known."""
PAUSE_SECONDS = 1.0
"""Seconds from one look to the next."""
_PER_READ = 100
"""The most items of one read (Amazon DynamoDB API reference, "BatchGetItem": more are a ValidationException)."""


class PutBack:
    """The activities that a redrive has put on the queue."""

    def __init__(self) -> None:
        self.records: dict[Key, StreamRecord] = {}
        """Those that are followed, without their content, by the key of their mark."""
        self.total = 0

    def add(self, record: StreamRecord | None) -> None:
        """Add one, if it is not there yet; None for a message that is no activity, which nobody can follow."""
        key = None if record is None else items.mark_key(record)
        if key in self.records:
            return
        self.total += 1
        if key is not None and record is not None and len(self.records) < MOST_FOLLOWED:
            self.records[key] = record._replace(image={})


@dataclass(frozen=True)
class Fate:
    """How many of the activities that were put back had which end, as far as is known."""

    counted: int = 0
    """The board has counted them."""
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Rejected again, by reason."""
    unmarked: int = 0
    """Processed without a mark: ignored or, by a board that keeps one run, counted."""
    dead: int = 0
    """In the dead-letter queue again: about as many as were added to it."""
    unknown: int = 0
    """Still on their way, or not followed."""

    @property
    def rejected_again(self) -> int:
        """How many were rejected again, for any reason."""
        return sum(self.rejected.values())


def follow(
    board: RunningBoard,
    put_back: PutBack,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[Fate]:
    """Look what became of the activities until all is known, for `seconds` at most. Yields what is known so far.

    Raises OperationError.
    """
    looks = _Looks(board, put_back, clock)
    end = clock() + seconds
    while True:
        began = clock()
        with aws_errors_as_operation_errors():
            fate = looks.look()
        yield fate
        # A look at very many activities takes long: then the pause is as long, so that half the time nothing is asked.
        pause = max(PAUSE_SECONDS, clock() - began)
        if not fate.unknown or looks.done or clock() + pause > end:
            return
        sleep(pause)


class _Looks:
    """Looks again and again, and remembers what is known already."""

    def __init__(self, board: RunningBoard, put_back: PutBack, clock: Callable[[], float]) -> None:
        self._board = board
        self._clock = clock
        self._total = put_back.total
        self._waiting = dict(put_back.records)
        self._counted = 0
        self._rejected: Counter[str] = Counter()
        self._dead_before: int | None = None
        self._empty_since: float | None = None
        self.done = False
        """Whether the queue is empty, so that another look would show the same."""

    def look(self) -> Fate:
        """Look once."""
        # The queue first: what is not in it any more has left its mark before.
        self._look_at_queue()
        dead = _count_messages(self._board, self._board.dead_letter_queue_url)
        if self._dead_before is None:
            self._dead_before = dead
        marks = read_all(self._board.marks, list(self._waiting))
        rejections = {
            key: make_rejection_key(self._waiting[key], mark)
            for key, mark in marks.items()
            if items.get_text(mark, "outcome") == "rejected"
        }
        listed = read_all(self._board.marks, list(rejections.values()))
        for key in marks:
            del self._waiting[key]
        self._counted += len(marks) - len(rejections)
        self._rejected.update(
            items.get_text(listed.get(key, {}), "reason") or "unknown reason" for key in rejections.values()
        )
        left = self._total - self._counted - self._rejected.total()
        died = min(left, max(0, dead - self._dead_before))
        known = left - died if self.done else 0
        return Fate(self._counted, dict(self._rejected), known, died, left - died - known)

    def _look_at_queue(self) -> None:
        """Note whether the queue seems empty, and for how long it has."""
        if _count_messages(self._board, self._board.queue_url):
            self._empty_since = None
            return
        now = self._clock()
        if self._empty_since is None:
            self._empty_since = now
        self.done = now - self._empty_since >= self._board.empty_seconds


def read_all(table: Table, keys: Sequence[Key]) -> dict[Key, Item]:
    """Read the items of any number of keys, by key. A key without an item is left out."""
    parts = [keys[start : start + _PER_READ] for start in range(0, len(keys), _PER_READ)]
    found: dict[Key, Item] = {}
    with ThreadPoolExecutor(THREADS) as pool:
        for items_by_key in pool.map(lambda part: _read_part(table, part), parts):
            found |= items_by_key
    return found


def _read_part(table: Table, keys: Sequence[Key]) -> dict[Key, Item]:
    try:
        return table.get_all(list(dict.fromkeys(keys)))
    except BusyError:
        return {}  # the next look reads them


def _count_messages(board: RunningBoard, queue_url: str) -> int:
    """About how many messages a queue holds, those that are being processed included."""
    answer = board.sqs.get_queue_attributes(
        QueueUrl=queue_url,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )
    return sum(map(int, answer["Attributes"].values()))

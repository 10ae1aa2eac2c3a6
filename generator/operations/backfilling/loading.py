"""Writes activities of the past into a board's activities table, at a rate that leaves room for those who play now.

What is written is an ordinary item of that table, with the claim of a grant: so it goes the way of all activities, and
can be redriven, shown and erased as they can. An item that is there already stays as it is. So a load may be killed
anywhere, and run again, also twice at once: each activity is written once, and counts once by its mark.

A load may take hours, and a player may be erased meanwhile. An erasure says so first, then waits for batches, and only
then deletes: who looks before each few puts finds that out in time, and writes nothing that would be left.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from generator.operations.activity_item import LIFE_DAYS, DraftActivity
from generator.operations.backfilling.past_board import PastBoard
from generator.operations.following import MOST_FOLLOWED, PutBack, read_all
from generator.operations.running_board import THREADS, RunningBoard, aws_errors_as_operation_errors
from runtime.domain.instants import DAY
from runtime.dynamodb.grants import GRANT_LIFE, Grant, Grants
from runtime.dynamodb.table import Item, Key, Table

PER_LOOK = 1_000
"""Activities that are looked up at once, to see which are there already: ten requests for 100 each."""


@dataclass(frozen=True)
class LoadCounts:
    """How far a load has come."""

    written: int = 0
    there: int = 0
    """Activities that were in the table already: an earlier load, or one at the same time, has written them."""

    @property
    def done(self) -> int:
        """How many activities are dealt with."""
        return self.written + self.there


def load(
    board: RunningBoard,
    past: PastBoard,
    drafts: Iterable[DraftActivity],
    rate: int,
    followed: PutBack,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[LoadCounts]:
    """Write activities, `rate` a second at most, and note in `followed` those whose end can be followed.

    Those of players who have been erased since `past` was read are left out.

    Yields the counts so far after each few. Raises OperationError.
    """
    counts: Counter[str] = Counter()
    grant, waiting, began = _RenewedGrant(board, past), iter(drafts), clock()
    while some := list(islice(waiting, PER_LOOK)):
        with aws_errors_as_operation_errors():
            found = read_all(board.activities, [_key(draft) for draft in some])
        absent = [draft for draft in some if _key(draft) not in found]
        _follow(followed, [draft for draft in some if _key(draft) in found], board.now())
        counts["there"] += len(some) - len(absent)
        yield LoadCounts(counts["written"], counts["there"])
        while part := absent[: min(max(1, rate // 2), 4 * THREADS)]:
            # What was there already was only read, and takes no part in the rate.
            if (ahead := counts["tried"] / rate - (clock() - began)) > 0:
                sleep(ahead)
            # Once for all: on a local run the time is asked of the run.
            now, forgets = board.now(), past.look_again()
            absent = absent[len(part) :]
            part = [draft for draft in part if not forgets(draft.make_record(now))]
            _follow(followed, part, now)
            counts.update(_write_all(board.activities, grant.renew(now), part, now))
            yield LoadCounts(counts["written"], counts["there"])


def make_item(draft: DraftActivity, now: int) -> Item:
    """An activity's item. It lives as long from now on as another does from its time on."""
    life = LIFE_DAYS * DAY
    return draft.item | {"expires_at": {"N": str((now + life) // 1000)}}


class _RenewedGrant:
    """The grant of a load, and another one long before it ends: this machine's clock may be hours late."""

    def __init__(self, board: RunningBoard, past: PastBoard) -> None:
        self._grants = Grants(board.marks, past.config)
        self._grant: Grant | None = None

    def renew(self, now: int) -> Grant:
        """A grant that holds for half of its life at least. Raises OperationError."""
        if self._grant is None or self._grant.until - now < GRANT_LIFE // 2:
            with aws_errors_as_operation_errors():
                self._grant = self._grants.make(now)
        return self._grant


def _write_all(activities: Table, grant: Grant, drafts: Sequence[DraftActivity], now: int) -> Counter[str]:
    """Write activities at the same time; one that is there already by now stays as it is."""

    def write(draft: DraftActivity) -> bool:
        return activities.put(grant.claim(make_item(draft, now)), "attribute_not_exists(#activity_id)")

    with aws_errors_as_operation_errors(), ThreadPoolExecutor(THREADS) as pool:
        new = sum(pool.map(write, drafts))
    return Counter({"tried": len(drafts), "written": new, "there": len(drafts) - new})


def _follow(followed: PutBack, drafts: Iterable[DraftActivity], now: int) -> None:
    for draft in drafts:
        if followed.total < MOST_FOLLOWED:
            followed.add(draft.make_record(now))


def _key(draft: DraftActivity) -> Key:
    return draft.player_id, draft.activity_id

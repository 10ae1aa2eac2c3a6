"""Looks at many boards and feeds side by side. One that cannot be read is told as such, and stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from typing import get_args

from generator.board.board import Board
from generator.board.feed import Feed
from generator.errors import OperationError
from generator.operations.status.facts import Expected, Facts, Measurements
from generator.operations.status.judging import Problem, State, judge
from generator.operations.status.metrics import measure, measure_more
from generator.operations.status.reached import Reached
from generator.operations.status.reading import read_board, read_feed

AT_ONCE = 8
"""Boards that are read at the same time, each with one request after another."""

Expect = Callable[[Board], Expected]
"""Says which code a board's functions should run."""


@dataclass(frozen=True)
class BundleStatus:
    """How a board or a feed is."""

    bundle: Board | Feed
    facts: Facts | None = None
    """None where it could not be read."""
    measured: Measurements = field(default_factory=Measurements)
    problems: tuple[Problem, ...] = ()
    failure: str = ""
    """Why it could not be read."""

    @property
    def state(self) -> State:
        """How it is, in a word or two."""
        if self.facts is None:
            return "unreadable"
        if not self.facts.is_deployed:
            return "not deployed"
        kinds = {problem.kind for problem in self.problems}
        return "unhealthy" if "unhealthy" in kinds else "drifted" if kinds else "well"

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to look at."""
        return self.state == "well"


def look_at_fleet(reached: Reached, bundles: Sequence[Board | Feed], expect: Expect) -> Iterator[BundleStatus]:
    """Look at each of these once, and yield them as they come. Raises nothing but for faults of our own."""
    try:
        measured, failure = measure(reached, bundles), ""
    except OperationError as error:
        measured, failure = {}, str(error)
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        futures = [pool.submit(_look, reached, bundle, expect) for bundle in bundles]
        for future in as_completed(futures):
            found = future.result()
            if failure and found.facts is not None:
                found = replace(found, facts=None, failure=failure)
            yield _judge(found, measured.get(found.bundle.folder, Measurements()))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def look_at_one(reached: Reached, bundle: Board | Feed, expect: Expect) -> BundleStatus:
    """Look at one, also at what a table has no room for. Raises OperationError where it cannot be read."""
    found = _read(reached, bundle, expect)
    measured = measure(reached, [bundle])[bundle.folder]
    if isinstance(bundle, Board) and found.board is not None:
        snapshot = found.board.snapshot
        measured = measure_more(reached, bundle, measured, snapshot.as_of if snapshot else None)
    return _judge(BundleStatus(bundle, found), measured)


def put_worst_first(found: Sequence[BundleStatus]) -> list[BundleStatus]:
    """In the order in which they need somebody: by state, then what people are woken for, then how much is wrong."""
    states = get_args(State)

    def key(status: BundleStatus) -> tuple[int, int, int, str]:
        pages = sum(problem.pages for problem in status.problems)
        return states.index(status.state), -pages, -len(status.problems), status.bundle.folder

    return sorted(found, key=key)


def _judge(status: BundleStatus, measured: Measurements) -> BundleStatus:
    if status.facts is None:
        return status
    return replace(status, measured=measured, problems=judge(status.bundle, status.facts, measured))


def _look(reached: Reached, bundle: Board | Feed, expect: Expect) -> BundleStatus:
    try:
        return BundleStatus(bundle, _read(reached, bundle, expect))
    except OperationError as error:
        return BundleStatus(bundle, failure=str(error))


def _read(reached: Reached, bundle: Board | Feed, expect: Expect) -> Facts:
    return read_board(reached, bundle, expect) if isinstance(bundle, Board) else read_feed(reached, bundle)

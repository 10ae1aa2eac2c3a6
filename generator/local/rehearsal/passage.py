"""Moves a run's clock ahead, past every reset on the way, and says what became of the windows that ended.

A real clock never jumps: what is under way when a window ends has minutes to end, and each window is opened while it is
the current one. So nothing is under way when this clock moves, and on a long way it stops where a window of a board
starts, for a rebuild there, as the schedule would have made one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Literal

from generator.errors import LocalError
from generator.local.local_board import LocalBoard
from generator.local.local_bundle import PROCESSOR_SECONDS, SEALING_QUIET_SECONDS
from generator.local.stack import Stack
from runtime.config import WindowKind
from runtime.domain.edges.timeline import Timeline
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_items import SEALED, WindowState
from runtime.dynamodb.window_store import WindowStore

STEP_SECONDS = 5.0
"""Seconds after which a long way is interrupted, so that whoever asked can tell how far it is."""

PATIENCE_SECONDS = 5.0
"""Seconds for which activities that are on their way are waited for before the clock moves."""

_RECEIVED: Literal["ApproximateNumberOfMessagesNotVisible"] = "ApproximateNumberOfMessagesNotVisible"


class Passage:
    """Moves the clock of one run."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def advance(self, to: int) -> bool:
        """Move the clock ahead towards an instant, for STEP_SECONDS at the most. Returns whether it is there.

        Every board has new ranks then. Raises FunctionError if a rebuild fails.
        """
        clock = self._stack.aws.clock
        with self._stack.turn:
            with self._stack.hold_workers(), self._hold_processors():
                until = time.monotonic() + STEP_SECONDS
                while clock.now() < to and time.monotonic() < until:
                    stop, names = self._find_next_stop(clock.now(), to)
                    clock.move(stop)
                    for name in names:
                        self._stack.rebuild(name)
            is_there = clock.now() >= to
            if is_there:
                for name in self._stack.boards:
                    self._stack.rebuild(name)
        return is_there

    def settle(self) -> None:
        """Take each window that is due a step towards its seal, and let the time go by that the next step waits for.

        Sealing waits for messages and batches that may be under way. None is while the clock moves, so nobody has to
        wait here for real.
        """
        clock = self._stack.aws.clock
        with self._stack.turn, self._stack.hold_workers():
            for name in self._list_due():
                self._stack.rebuild(name)
            if self._list_due():
                with self._hold_processors():
                    clock.move(clock.now() + 1000 * max(SEALING_QUIET_SECONDS, PROCESSOR_SECONDS))

    def read_windows(self, board: LocalBoard) -> list[WindowState]:
        """The windows of a board that close, were opened and are remembered, by their end."""
        states = [state for state in self._open_store(board).read_all() if find_kind(board, state)]
        return sorted(states, key=lambda state: state.window.ends_at or 0)

    def _read_timelines(self, board: LocalBoard) -> list[Timeline]:
        """The timelines of a board's kinds of window, with the windows that it has opened."""
        timelines = self._open_store(board).refresh()
        return [timelines.of(kind) for kind in board.board.config.windows]

    def _open_store(self, board: LocalBoard) -> WindowStore:
        dynamodb = self._stack.aws.client("dynamodb")
        table = Table(dynamodb, board.deployment.aggregates_table, ("partition", "player_id"))
        return WindowStore(table, board.board.config)

    def _list_due(self) -> list[str]:
        """The boards that have a window to seal."""
        now = self._stack.aws.clock.now()
        return [
            name
            for name, board in self._stack.boards.items()
            if any(has_to_be_sealed(board, state, now) for state in self.read_windows(board))
        ]

    def _find_next_stop(self, now: int, to: int) -> tuple[int, list[str]]:
        """The next instant at which windows start that are opened on the way, and whose they are; else the end."""
        starts = [
            (start, name)
            for name, board in self._stack.boards.items()
            for timeline in self._read_timelines(board)
            for start in find_starts(timeline, now, to)
        ]
        first = min((start for start, _ in starts), default=to)
        return first, sorted({name for start, name in starts if start == first})

    @contextmanager
    def _hold_processors(self) -> Iterator[None]:
        """Let no processor run inside the block. What was written is counted before, unless it takes too long."""
        functions = self._stack.aws.client("lambda")
        boards = list(self._stack.boards.items())
        until = time.monotonic() + PATIENCE_SECONDS
        for name, _ in boards:
            with suppress(LocalError):  # what fails again and again must not keep a person from going on
                self._stack.drain(name, max(1.0, until - time.monotonic()))
        mappings = [board.deployment.mapping_id for _, board in boards]
        try:
            for mapping in mappings:
                functions.update_event_source_mapping(UUID=mapping, Enabled=False)
            self._wait_for_processors([board.deployment.queue_url for _, board in boards])
            yield
        finally:
            for mapping in mappings:
                functions.update_event_source_mapping(UUID=mapping, Enabled=True)

    def _wait_for_processors(self, queues: Sequence[str]) -> None:
        """Wait until no processor has a message. After its timeout none can, whatever still looks as if one had."""
        sqs, until = self._stack.aws.client("sqs"), time.monotonic() + PROCESSOR_SECONDS
        while time.monotonic() < until:
            answers = [sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[_RECEIVED]) for queue in queues]
            if not any(int(answer["Attributes"][_RECEIVED]) for answer in answers):
                return
            time.sleep(0.1)


def find_kind(board: LocalBoard, state: WindowState) -> WindowKind | None:
    """The kind of window that a board has for a window that closes; None where it has none any more."""
    kinds = board.board.config.windows
    return next((kind for kind in kinds if kind.closes and kind.every == state.window.every), None)


def takes_until(board: LocalBoard, state: WindowState) -> int | None:
    """Until when activities for a window may be written: its end and grace. None where it does not close."""
    kind, ends_at = find_kind(board, state), state.window.ends_at
    return None if kind is None or ends_at is None else ends_at + kind.grace_seconds * 1000


def has_to_be_sealed(board: LocalBoard, state: WindowState, now: int) -> bool:
    """Whether a window takes no activity any more by its end and grace, and is not sealed yet."""
    until = takes_until(board, state)
    return until is not None and until <= now and state.state != SEALED


def find_starts(timeline: Timeline, now: int, to: int) -> list[int]:
    """When windows of a kind that closes start that are opened on the way from one instant to another, in order.

    These are the newest, one more than `keep`: of the sealed ones before them nothing would stay. An hourly board would
    stop 8,760 times in a year.
    """
    starts: list[int] = []
    if timeline.kind.closes:
        window = timeline.window_at(to) or timeline.previous(to)
        while window and window.starts_at is not None and window.starts_at > now and len(starts) <= timeline.kind.keep:
            starts.append(window.starts_at)
            window = timeline.previous(window.starts_at)
    return sorted(starts)

"""Reads of a running board what decides whether an activity of the past counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from generator.operations.running_board import RunningBoard, aws_errors_as_operation_errors
from runtime.config import BoardConfig
from runtime.domain.activity import StreamRecord
from runtime.domain.edges.timeline import Timelines
from runtime.domain.windows import Window
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_store import WindowStore


@dataclass(frozen=True)
class PastBoard:
    """A board as activities of the past meet it."""

    config: BoardConfig
    now: int
    """When this was read, in milliseconds: activities are judged as if all were written then."""
    timelines: Timelines
    is_closed: Callable[[Window], bool]
    """Whether a window takes no activity any more. Raises OperationError."""
    forgets: Callable[[StreamRecord], bool]
    """Whether a record is of an erased player, and its activity is not to come back."""
    look_again: Callable[[], Callable[[StreamRecord], bool]]
    """Reads anew who is erased, and returns what `forgets` is then. Raises OperationError."""


def read_past_board(config: BoardConfig, running: RunningBoard, aggregates: str) -> PastBoard:
    """Read which windows a board has opened, and which players are erased. Raises OperationError.

    `aggregates`: the name of the board's aggregates table.
    """
    store = WindowStore(Table(running.client("dynamodb"), aggregates, ("partition", "player_id")), config)
    now = running.now()

    @cache
    def is_closed(window: Window) -> bool:
        if window.ends_at is None or window.ends_at > now:
            return False
        with aws_errors_as_operation_errors():
            return store.is_closed(window.id)

    def look_again() -> Callable[[StreamRecord], bool]:
        with aws_errors_as_operation_errors():
            store.refresh()
            return store.decisions.forgets

    forgets = look_again()
    return PastBoard(config, now, store.timelines, is_closed, forgets, look_again)

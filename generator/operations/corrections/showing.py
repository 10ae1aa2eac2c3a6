"""Lets a board be rebuilt until it shows a correction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from generator.errors import OperationError
from generator.operations.players.managed_board import ManagedBoard

REBUILD_ATTEMPTS = 900
"""How often it is tried to rebuild, a second apart: another rebuild, which may have begun before, takes so many seconds
at the most (AWS Lambda developer guide, "Lambda quotas")."""


def show_correction(board: ManagedBoard, sleep: Callable[[float], object] = time.sleep) -> Iterator[None]:
    """Let the board be rebuilt by a rebuild that began after the call. Yields while another one is under way.

    Raises OperationError, and FunctionError where the rebuild fails.
    """
    for _ in range(REBUILD_ATTEMPTS):
        if "skipped" not in (board.rebuild() or {}):
            return
        yield
        sleep(1)
    raise OperationError(f"a rebuild of {board.name} does not end: the ranks show the correction once it does")

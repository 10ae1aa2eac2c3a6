"""`leaderboards status --watch`: looks again and again, until Ctrl-C. Nothing of a look is kept for the next."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

from generator.local.terminal.screen import Line, Screen

SECONDS = 15.0
"""Seconds from one look to the next. CloudWatch has a new value once in a minute; queues and snapshots change sooner.
What a look of a board reads costs some $0.0002 (Amazon CloudWatch pricing: $0.01 per 1,000 metrics requested)."""

Draw = Callable[[int, int], Sequence[Line]]
"""Looks once, and says on so many columns and rows what it has seen."""


def watch(draw: Draw | None, tell: Callable[[], object]) -> None:
    """Look until Ctrl-C: on a terminal each look is drawn in place of the one before.

    `tell` looks once and writes what it has seen, where there is no terminal or `draw` is None.
    """
    screen = Screen(sys.stdout)
    try:
        while True:
            if draw and screen.live:
                columns, rows = screen.size
                screen.draw(draw(columns, rows)[: rows - 1])
            else:
                tell()
                sys.stdout.flush()
            time.sleep(SECONDS)
    except KeyboardInterrupt:
        screen.keep()

"""What `leaderboards status` says of many boards and feeds: a table, the worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from generator.board.board import Board
from generator.cli.operations.status.words import STYLES, describe_cause, describe_span
from generator.local.terminal.screen import Line, cut, measure, pad
from generator.operations.status.fleet import BundleStatus
from generator.operations.status.judging import measure_age, measure_lag

_HEAD = ("state", "board", "age", "lag", "waiting", "dead", "rejected/h", "")
_RIGHT = range(2, 7)
"""The columns that are numbers."""
_UNKNOWN = "-"


def show_table(found: Sequence[BundleStatus], columns: int | None, rows: int | None = None) -> list[Line]:
    """A table of bundles that are in order already, and a line that counts them.

    Where a cause does not fit beside the numbers, each stands on a line of its own. `columns` and `rows`: those of the
    terminal; None for a file, in which nothing is cut off.
    """
    cells = [_list_cells(status) for status in found]
    widths = [max(map(measure, column)) for column in zip(_HEAD, *cells, strict=True)]
    apart = columns is not None and sum(widths) + 2 * (len(widths) - 1) >= columns
    body: list[list[Line]] = []
    for row, status in zip(cells, found, strict=True):
        texts = [_join(row[:-1], widths), f"    {row[-1]}" if row[-1] else ""] if apart else [_join(row, widths)]
        body.append([Line(text, STYLES[status.state]) for text in texts if text])
    shown, left = [Line(_join(_HEAD, widths), "dim")], len(found)
    for lines in body:
        if rows is not None and len(shown) + len(lines) + 3 > rows:
            break
        shown += lines
        left -= 1
    shown += [Line(f"and {left:,} more")] if left else []
    shown.append(Line(_count(found), "bold"))
    return shown if columns is None else [Line(cut(line.text, columns - 1), line.style) for line in shown]


def _list_cells(status: BundleStatus) -> tuple[str, ...]:
    facts, measured = status.facts, status.measured
    numbers = [_UNKNOWN] * len(_RIGHT)
    if facts is not None and facts.is_deployed:
        waiting = sum(queue.waiting for queue in facts.queues if not queue.is_dead)
        dead = sum(queue.waiting for queue in facts.queues if queue.is_dead and queue.is_own)
        numbers[2:4] = f"{waiting:,}", f"{dead:,}"
        if isinstance(status.bundle, Board):
            spans = (measure_age(facts), measure_lag(facts, measured))
            numbers[:2] = [_UNKNOWN if span is None else describe_span(span) for span in spans]
            numbers[4] = f"{measured.rejected_hour:,}"
    return status.state, status.bundle.folder, *numbers, describe_cause(status)


def _join(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (pad(cell, width, index in _RIGHT) for index, (cell, width) in enumerate(zip(cells, widths, strict=False)))
    return "  ".join(padded).rstrip()


def _count(found: Sequence[BundleStatus]) -> str:
    counts = Counter(status.state for status in found)
    return ", ".join(f"{counts[state]:,} {state}" for state in STYLES if counts[state])

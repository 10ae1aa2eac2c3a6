"""Shows lists of boards and feeds to a person: as text that fits a terminal, or as tables of Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from generator.diagnostics.wording import escape_invisible, plural
from generator.explaining.listing import FeedRow, Row
from generator.local.terminal.screen import cut, measure, pad
from generator.rendering.escaping import escape_markdown, to_code_span

_HEAD = ("board", "title", "ranks by", "windows", "rebuild", "address")
_FEED_HEAD = ("feed", "team", "counted by")
_LEAST_TITLE = 8
"""Columns of a terminal that titles have at least, where they are shortened so that a line fits."""
_UNKNOWN = "-"


def as_text(rows: Sequence[Row], columns: int | None) -> str:
    """Write boards by team. `columns`: how wide the terminal is; None for a file, in which nothing is shortened."""
    cells = [_cells(row) for row in rows]
    widths = [max(map(measure, column)) for column in zip(_HEAD, *cells, strict=True)]
    apart = False
    if columns is not None:
        too_many = 2 + sum(widths) + 2 * (len(widths) - 1) - columns
        # Addresses are to be copied: they are never cut, and go to a line of their own where there is no room.
        apart = too_many > widths[1] - min(widths[1], _LEAST_TITLE)
        too_many -= widths[5] + 2 if apart else 0
        widths[1] = max(min(widths[1], _LEAST_TITLE), widths[1] - max(0, too_many))
    head = (*_HEAD[:5], _UNKNOWN if apart else _HEAD[5])
    lines = _row_lines(head, widths, apart, columns)
    for heading, group in _by_team(rows):
        lines += ["", heading if columns is None else cut(heading, columns)]
        for row in group:
            lines += _row_lines(_cells(row), widths, apart, columns)
    return "".join(f"{line}\n" for line in lines)


def _row_lines(cells: Sequence[str], widths: Sequence[int], apart: bool, columns: int | None) -> list[str]:
    """The line of a row, and one for its address if that stands apart."""
    shown = [pad(cut(cell, width), width) for cell, width in zip(cells[:5], widths, strict=False)]
    line = "  " + "  ".join([*shown, *([] if apart else [cells[5]])]).rstrip()
    if not apart or columns is None:
        return [line]
    return [cut(line, columns), *([f"    {cells[5]}"] if cells[5] != _UNKNOWN else [])]


def as_markdown(rows: Sequence[Row]) -> str:
    """Write boards by team, each team's in a table. Everything that a person wrote is escaped."""
    parts = []
    for _, group in _by_team(rows):
        first = group[0].board
        where = f" in {first.environment}" if first.environment else ""
        parts.append(f"## {first.team}{where}\n\n{escape_markdown(first.owner)}, {plural(len(group), 'board')}\n\n")
        parts.append(f"| {' | '.join(_HEAD)} |\n|{'---|' * len(_HEAD)}\n")
        for row in group:
            name, title, kind, windows, rebuild, address = _cells(row)
            shown = (name, escape_markdown(title), kind, windows, to_code_span(rebuild))
            link = address if address == _UNKNOWN else f"<{address}>"
            parts.append(f"| {' | '.join((*shown, link))} |\n")
        parts.append("\n")
    return "".join(parts).removesuffix("\n")


def feeds_as_text(rows: Sequence[FeedRow], columns: int | None) -> str:
    """Write a line for each feed: whose it is, and which boards count it. Nothing where there are no feeds."""
    cells = [_feed_cells(row) for row in rows]
    if not cells:
        return ""
    widths = [max(map(measure, column)) for column in zip(_FEED_HEAD, *cells, strict=True)]
    lines = [
        "  " + "  ".join(pad(cell, width) for cell, width in zip(each, widths, strict=True)).rstrip()
        for each in (_FEED_HEAD, *cells)
    ]
    return "".join(f"{line if columns is None else cut(line, columns)}\n" for line in ("", *lines))


def feeds_as_markdown(rows: Sequence[FeedRow]) -> str:
    """Write feeds as a table. Nothing where there are no feeds."""
    if not rows:
        return ""
    lines = [f"| {' | '.join(_FEED_HEAD)} |", "|---|---|---|", *(f"| {' | '.join(_feed_cells(row))} |" for row in rows)]
    return "\n## Feeds\n\n" + "".join(f"{line}\n" for line in lines)


def _feed_cells(row: FeedRow) -> tuple[str, str, str]:
    where = f" in {row.feed.environment}" if row.feed.environment else ""
    return row.feed.feed, f"{row.feed.team}{where}", ", ".join(row.boards) or _UNKNOWN


def _by_team(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """The boards of each team in each environment, with a heading, sorted by name."""

    def key(row: Row) -> tuple[str, str]:
        return row.board.team, row.board.environment or ""

    for (team, environment), group in groupby(sorted(rows, key=lambda row: (*key(row), row.board.name)), key):
        listed = list(group)
        where = f" in {environment}" if environment else ""
        yield f"{team}{where} ({listed[0].board.owner})", listed


def _cells(row: Row) -> tuple[str, ...]:
    windows = ", ".join(row.windows)
    title = escape_invisible(row.board.config.title)
    return row.board.name, title, row.kind, windows, row.board.schedule, escape_invisible(row.address or _UNKNOWN)

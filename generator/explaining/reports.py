"""Writes an explanation as text for a person, and as JSON for a program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from generator.cost.reports import cost_rows, costs_as_json
from generator.diagnostics.wording import quote
from generator.explaining.explanation import Explanation
from generator.explaining.resources import Resource
from generator.explaining.values import Value
from generator.source.scalars import stands_unquoted
from runtime.config import WindowKind
from runtime.domain import instants
from runtime.domain.edges.local_time import time_zone
from runtime.domain.windows import Window

_WIDEST = 48
"""Characters that a column is wide at most. A longer cell sticks out of it."""

Show = Callable[[str], str]
"""Gives the path of an input file as the user would write it."""


def explanation_text(explanation: Explanation, show: Show, colour: bool = False, brief: bool = False) -> str:
    """The explanation for a person: five lines, and for each part a heading and aligned columns. Safe to print.

    `brief`: only the five lines.
    """
    board = explanation.board
    sections: list[tuple[str, Sequence[tuple[str, ...]]]] = [
        ("Values", _value_rows(explanation.values, show)),
        (
            f"Resources in AWS: {len(explanation.resources)}, in {board.region}",
            list(_resource_rows(explanation.resources)),
        ),
        ("Sizing", [(each.what, f"{each.value:,} {each.unit}".rstrip(), each.how) for each in explanation.sizing]),
        ("Cost in US dollars a month", cost_rows(explanation.cost)),
    ]
    if explanation.windows:
        sections.append(("Windows", [_window_row(*each) for each in explanation.windows]))
    bold, dim, reset = ("\033[1m", "\033[2m", "\033[0m") if colour else ("", "", "")
    where = f" in environment {board.environment}" if board.environment else ""
    out = [f"{bold}{board.name}{reset} of team {board.team}{where}, generated to build/{board.folder}"]
    out += _align([*vars(explanation.summary).items()], "", "")
    for heading, rows in [] if brief else sections:
        out += ["", f"{bold}{heading}{reset}", *_align(rows, dim, reset)]
    return "".join(f"{line}\n" for line in out)


def explanation_json(explanation: Explanation, show: Show) -> dict[str, Any]:
    """The explanation for a program. `line` is null if no line of a file gives the value."""
    board = explanation.board
    document: dict[str, Any] = {
        "board": board.name,
        "team": board.team,
        "environment": board.environment,
        "folder": board.folder,
        "summary": dict(vars(explanation.summary)),
        "values": [
            {
                "key": each.key,
                "value": each.value,
                "origin": each.origin or "file",
                "file": show(each.file) if each.line else None,
                "line": each.line or None,
            }
            for each in explanation.values
        ],
        "resources": [dict(vars(each)) for each in explanation.resources],
        "sizing": {name: dict(vars(each)) for name, each in board.sizing.named.items()},
        "cost": costs_as_json(explanation.cost),
    }
    if explanation.windows:
        document["windows"] = [
            {
                "every": kind.every,
                "id": window.id if window else None,
                "starts_at": instants.rfc3339_or_none(window.starts_at) if window else None,
                "ends_at": instants.rfc3339_or_none(window.ends_at) if window else None,
            }
            for kind, window in explanation.windows
        ]
    return document


def _value_rows(values: Iterable[Value], show: Show) -> list[tuple[str, ...]]:
    return [(each.key, _format_value(each.value), _describe_origin(each, show)) for each in values]


def _describe_origin(value: Value, show: Show) -> str:
    if not value.line:
        return value.origin
    place = f"{show(value.file)}:{value.line}"
    return f"{value.origin} ({place})" if value.origin else place


def _resource_rows(resources: Sequence[Resource]) -> Iterator[tuple[str, ...]]:
    """Resources with a name, by type; then, for each type, the number of those without one."""
    names_by_type: dict[str, list[str]] = {}
    for each in resources:
        if each.name is not None:
            names_by_type.setdefault(each.type, []).append(each.name)
    for kind, names in names_by_type.items():
        for index, name in enumerate(names):
            yield ("" if index else _shorten_type(kind), name)
    for kind, number in Counter(each.type for each in resources if each.name is None).items():
        yield (_shorten_type(kind), f"{number} without a name")


def _shorten_type(kind: str) -> str:
    return kind.removeprefix("aws_").replace("_", " ")


def _window_row(kind: WindowKind, window: Window | None) -> tuple[str, ...]:
    if window is None:
        return (kind.every, "none", "between two seasons" if kind.every == "season" else "between two windows")
    if window.starts_at is None or window.ends_at is None:
        return (kind.every, window.id, "always")
    edges = (_format_local(edge, kind.timezone) for edge in (window.starts_at, window.ends_at))
    return (kind.every, window.id, f"{' to '.join(edges)} {kind.timezone}")


def _format_local(instant: int, timezone: str) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)
    return moment.astimezone(time_zone(timezone)).isoformat(sep=" ", timespec="seconds")


def _format_value(value: Any) -> str:
    """A value as YAML would write it, on one line and safe to print; `-` for None."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value if stands_unquoted(value) else quote(value, 200)
    if isinstance(value, list):
        return f"[{', '.join(map(_format_value, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_format_value(key)}: {_format_value(each)}' for key, each in value.items())}}}"
    return str(value)


def _align(rows: Sequence[tuple[str, ...]], dim: str, reset: str) -> Iterator[str]:
    """Lines of rows with aligned columns, the last column dimmed."""
    columns = max((len(row) for row in rows), default=0)
    widths = [
        max((len(row[index]) for row in rows if len(row) > index and len(row[index]) <= _WIDEST), default=0)
        for index in range(columns)
    ]
    for row in rows:
        *cells, last = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}  {dim}{last.rstrip()}{reset}".rstrip()

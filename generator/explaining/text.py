"""An explanation for a person, and for a program."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from generator.diagnostics.wording import quote
from generator.explaining import Explanation, Resource, Value
from generator.source import scalars
from runtime.config import WindowKind
from runtime.domain import instants
from runtime.domain.windows import Window, zone

_WIDEST = 48
"""Characters of a cell that a column makes room for; what is longer sticks out."""
_PLAIN = re.compile(r"[A-Za-z0-9_./@#()*?+:-]([A-Za-z0-9_./@#()*?+: -]*[A-Za-z0-9_./@#()*?+:-])?")

Show = Callable[[str], str]
"""The path of a file as the person would write it."""


def text(explanation: Explanation, show: Show, colour: bool = False) -> str:
    """A heading and aligned columns for each part. Nothing in it can command a terminal."""
    board = explanation.board
    sections: list[tuple[str, Sequence[tuple[str, ...]]]] = [
        ("Values", _values(explanation.values, show)),
        (f"Resources in AWS: {len(explanation.resources)}, in {board.region}", list(_resources(explanation.resources))),
        ("Sizing", [(each.what, f"{each.value:,} {each.unit}".rstrip(), each.how) for each in explanation.sizing]),
    ]
    if explanation.windows:
        sections.append(("Windows", [_window(*each) for each in explanation.windows]))
    bold, dim, reset = ("\033[1m", "\033[2m", "\033[0m") if colour else ("", "", "")
    where = f" in environment {board.environment}" if board.environment else ""
    out = [f"{bold}{board.name}{reset} of team {board.team}{where}, generated to build/{board.folder}"]
    for heading, rows in sections:
        out += ["", f"{bold}{heading}{reset}", *_aligned(rows, dim, reset)]
    return "".join(f"{line}\n" for line in out)


def as_json(explanation: Explanation, show: Show) -> dict[str, Any]:
    """The same as one document. `line` is null where no line of a file says the value."""
    board = explanation.board
    document: dict[str, Any] = {
        "board": board.name,
        "team": board.team,
        "environment": board.environment,
        "folder": board.folder,
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
        "sizing": {name: dict(vars(each)) for name, each in vars(board.sizing).items()},
    }
    if explanation.windows:
        document["windows"] = [
            {
                "every": window.every,
                "id": span.id if span else None,
                "starts_at": _instant(span.starts_at) if span else None,
                "ends_at": _instant(span.ends_at) if span else None,
            }
            for window, span in explanation.windows
        ]
    return document


def _values(values: Iterable[Value], show: Show) -> list[tuple[str, ...]]:
    return [(each.key, _written(each.value), _source(each, show)) for each in values]


def _source(value: Value, show: Show) -> str:
    if not value.line:
        return value.origin
    place = f"{show(value.file)}:{value.line}"
    return f"{value.origin} ({place})" if value.origin else place


def _resources(resources: Sequence[Resource]) -> Iterator[tuple[str, ...]]:
    """The named ones by their kind; then, counted, those that belong to others or are named by AWS."""
    kinds: dict[str, list[str]] = {}
    for each in resources:
        if each.name is not None:
            kinds.setdefault(each.type, []).append(each.name)
    for kind, names in kinds.items():
        for index, name in enumerate(names):
            yield ("" if index else _kind(kind), name)
    for kind, number in Counter(each.type for each in resources if each.name is None).items():
        yield (_kind(kind), f"{number} without a name")


def _kind(kind: str) -> str:
    return kind.removeprefix("aws_").replace("_", " ")


def _window(window: WindowKind, span: Window | None) -> tuple[str, ...]:
    if span is None:
        return (window.every, "none", "between two seasons")
    if span.starts_at is None or span.ends_at is None:
        return (window.every, span.id, "always")
    edges = (_local(edge, window.timezone) for edge in (span.starts_at, span.ends_at))
    return (window.every, span.id, f"{' to '.join(edges)} {window.timezone}")


def _local(instant: int, timezone: str) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)
    return moment.astimezone(zone(timezone)).isoformat(sep=" ", timespec="seconds")


def _instant(instant: int | None) -> str | None:
    return None if instant is None else instants.rfc3339(instant)


def _written(value: Any) -> str:
    """A value as YAML has it, on one line, safe to print; `-` for none."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and ": " not in value and _reads_as_text(value)
        return value if plain else quote(value, 200)
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_written(key)}: {_written(each)}' for key, each in value.items())}}}"
    return str(value)


def _reads_as_text(value: str) -> bool:
    try:
        return scalars.parse_scalar(value) == value
    except scalars.ScalarError:
        return False


def _aligned(rows: Sequence[tuple[str, ...]], dim: str, reset: str) -> Iterator[str]:
    columns = max((len(row) for row in rows), default=0)
    widths = [
        max((len(row[index]) for row in rows if len(row) > index and len(row[index]) <= _WIDEST), default=0)
        for index in range(columns)
    ]
    for row in rows:
        *cells, last = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}  {dim}{last.rstrip()}{reset}".rstrip()

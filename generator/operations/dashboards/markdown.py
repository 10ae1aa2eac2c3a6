"""Turns Markdown into HTML, as far as the texts of our dashboards have it; all else stays text.

A heading, a table, or a paragraph. In them code, and links, of which only the text is taken: they lead into the console
of AWS, which knows nothing of what runs here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup, escape

_INLINE = re.compile(r"\\(?P<escaped>[!-/:-@\[-`{-~])|`(?P<code>[^`]+)`|\[(?P<text>(?:\\.|[^\]\\])+)\]\([^)\s]*\)")
"""A character that is escaped, a code span, or a link (CommonMark, sections 2.4, 6.1 and 6.3)."""
_CELL = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[|\s:-]+")


def to_html(markdown: str) -> Markup:
    """Turn a text into HTML. Nothing in it is HTML, and nothing becomes a link."""
    blocks = groupby(markdown.split("\n"), lambda line: (bool(line.strip()), line.startswith("|"), line[:1] == "#"))
    parts = [_block([*lines], *kind) for kind, lines in blocks]
    return Markup("\n").join(parts)


def _block(lines: Sequence[str], is_there: bool, is_table: bool, is_heading: bool) -> Markup:
    if not is_there:
        return Markup()
    if is_table:
        return _table([_cells(line) for line in lines if not _RULE.fullmatch(line)])
    if is_heading:
        return Markup("\n").join(_heading(line) for line in lines)
    return Markup("<p>{}</p>").format(_inline(" ".join(lines)))


def _heading(line: str) -> Markup:
    text = line.lstrip("#")
    level = min(len(line) - len(text), 6)
    return Markup("<h{0}>{1}</h{0}>").format(level, _inline(text.strip()))


def _table(rows: Sequence[Sequence[str]]) -> Markup:
    first, *others = ([_inline(cell) for cell in row] for row in rows)
    head = Markup().join(Markup('<th scope="col">{}</th>').format(cell) for cell in first)
    body = Markup().join(Markup("<tr>{}</tr>").format(_row(cells)) for cells in others)
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, body)


def _row(cells: Sequence[Markup]) -> Markup:
    return Markup().join(Markup("<td>{}</td>").format(cell) for cell in cells)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _CELL.split(line.strip())[1:-1]]


def _inline(text: str) -> Markup:
    return Markup().join(_list_inline(text))


def _list_inline(text: str) -> Iterator[Markup]:
    place = 0
    for found in _INLINE.finditer(text):
        yield escape(text[place : found.start()])
        place = found.end()
        if found["code"]:
            yield Markup("<code>{}</code>").format(found["code"])
        else:
            yield escape(found["escaped"]) if found["escaped"] else _inline(found["text"])
    yield escape(text[place:])

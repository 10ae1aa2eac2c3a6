"""Put a board behind the last one of a file, and change nothing else in it.

Where the file's own shape leaves more than one place to try, each result is read again: only one that says what the
file said before, and the new board besides, is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.authoring.layout import Layout
from generator.errors import AuthoringError
from generator.source.tree import Node, read_tree

STEP = 2
"""Spaces that a list is indented by, where the file has none to go by."""


@dataclass(frozen=True)
class Inserted:
    """A file with one board more."""

    data: bytes
    first: int
    """The line that was put in first, counted from 1."""
    board: Node
    """The new board in its tree."""
    lines: int
    """How many lines there are more."""


def insert(file: str, data: bytes, board: Sequence[str], shown: str) -> Inserted:
    """Put in a board: lines without line breaks, its dash in the first column. `shown`: the file's path for a person.

    Raises AuthoringError where the boards of the file are written in a way that nothing can be put behind.
    """
    old = read_tree(file, data).root
    assert old is not None
    layout = Layout(data)
    for text, first in _attempts(layout, old, board):
        changed = layout.bytes(text)
        new = read_tree(file, changed)
        boards = new.root.get("boards") if new.root and not new.diagnostics else None
        if new.root and boards and _is_one_more(old, new.root):
            return Inserted(changed, first + 1, boards.sequence()[-1], _lines(text) - _lines(layout.text))
    place = old.get("boards") or old
    raise AuthoringError(
        f"{shown}:{place.line}:{place.column}: a board can be put into a list of dashes only. "
        "Write each board on lines of its own, the first with a dash: `- name: ...`."
    )


def _attempts(layout: Layout, root: Node, board: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Texts to try, the best first, each with the line that the new board's first is in, counted from 0."""
    boards = root.get("boards")
    if layout.in_brackets(root):
        return
    if boards is None:
        indent = root.column - 1
        lines = [" " * indent + "boards:", *_indented(board, indent + STEP)]
        yield from _behind(layout, layout.end(root), indent + 1, lines, gap=True)
    elif not boards.value:
        yield from _instead(layout, boards, _indented(board, boards.key_column - 1 + STEP))
    elif not layout.in_brackets(boards):
        dash = boards.column - 1
        # In the first column, what follows may be the heading of the next key.
        yield from _behind(layout, layout.end(boards), max(1, dash), _indented(board, dash), _has_gaps(layout, boards))


def _behind(layout: Layout, end: int, comments_from: int, lines: list[str], gap: bool) -> Iterator[tuple[str, int]]:
    """Put lines behind a value that ends at `end`, after an empty one if there is to be a gap."""
    behind = layout.behind(end, comments_from)
    # Empty lines may belong to a text that keeps them.
    for line, empty in ((behind, gap), (behind, False), (layout.line_of(end), False)):
        at, newline = layout.line_start(line), layout.newline(line)
        more = [""] * (empty and not layout.is_blank(line - 1)) + lines
        put = newline.join(more)
        unended = at == len(layout.text) and not layout.text.endswith(("\r", "\n"))
        put = newline + put if unended else put + newline
        yield layout.text[:at] + put + layout.text[at:], line + len(more) - len(lines)


def _instead(layout: Layout, boards: Node, lines: list[str]) -> Iterator[tuple[str, int]]:
    """Put lines below `boards: []`, whose brackets go."""
    end = layout.end(boards)
    line = layout.line_of(end)
    start = len(layout.text[: layout.start(boards)].rstrip(" "))
    behind = layout.text[end : layout.line_start(line + 1)].rstrip("\r\n")
    if re.fullmatch(r"\[\s*\]", layout.text[layout.start(boards) : end]):
        put = behind.rstrip() + layout.newline(line + 1) + layout.newline(line + 1).join(lines)
        yield layout.text[:start] + put + layout.text[end + len(behind) :], layout.line_of(start) + 1


def _has_gaps(layout: Layout, boards: Node) -> bool:
    """Whether an empty line stands between the last two boards; a first and only one is taken for such a list."""
    *_, before, last = [None, *boards.sequence()]
    if before is None:
        return True
    return any(map(layout.is_blank, range(layout.line_of(layout.end(before)), last.line - 1)))


def _indented(board: Sequence[str], indent: int) -> list[str]:
    return [" " * indent + line if line.strip() else line for line in board]


def _is_one_more(old: Node, new: Node) -> bool:
    before, after = old.plain(), new.plain()
    return bool(after.get("boards")) and {**before, "boards": [*before.get("boards", ()), after["boards"][-1]]} == after


def _lines(text: str) -> int:
    return len(re.findall(r"\r\n|\r|\n", text))

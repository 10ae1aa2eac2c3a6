"""Inserts a board behind the last one of a file, and changes nothing else in it.

The file's layout may allow several places, and some would change its meaning. So each result is read again. The first
one that means the same as the old file, with the new board added, is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.authoring.layout import Layout
from generator.errors import AuthoringError
from generator.source.nodes import Node
from generator.source.tree import read_tree

LIST_INDENT = 2
"""Spaces that a new list of boards is indented by."""


@dataclass(frozen=True)
class Inserted:
    """A file into which a board was inserted."""

    data: bytes
    first_line: int
    """The first line of the new board in it, counted from 1."""
    added_lines: int
    board: Node
    """The new board, in the tree of the file."""


def insert_board(file: str, data: bytes, board: Sequence[str], shown: str) -> Inserted:
    """Insert a board, given as lines without line breaks, its dash in the first column.

    `shown`: the file's path as the user would write it. Raises AuthoringError if the file's boards are not written
    as a list with dashes.
    """
    old = read_tree(file, data).root
    assert old is not None
    layout = Layout(data)
    for text, line in _list_candidates(layout, old, board):
        changed = layout.encode(text)
        new = read_tree(file, changed)
        boards = new.root.get("boards") if new.root and not new.diagnostics else None
        if new.root and boards and _is_one_more(old, new.root):
            added = _count_line_breaks(text) - _count_line_breaks(layout.text)
            return Inserted(changed, line + 1, added, boards.sequence()[-1])
    place = old.get("boards") or old
    raise AuthoringError(
        f"{shown}:{place.line}:{place.column}: a board can only be added to a list with dashes. "
        "Write each board on lines of its own, the first with a dash: `- name: ...`."
    )


def _list_candidates(layout: Layout, root: Node, board: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Texts of the file with the board in it, the best first, each with the board's first line, counted from 0."""
    boards = root.get("boards")
    if layout.in_brackets(root):
        return
    if boards is None:
        indent = root.column - 1
        lines = [" " * indent + "boards:", *_indent(board, indent + LIST_INDENT)]
        yield from _insert_behind(layout, layout.end(root), indent + 1, lines, gap=True)
    elif not boards.value:
        yield from _replace_brackets(layout, boards, _indent(board, boards.key_column - 1 + LIST_INDENT))
    elif not layout.in_brackets(boards):
        dash = boards.column - 1
        # A comment in the first column may be the heading of the next key, so the new board goes before it.
        yield from _insert_behind(
            layout, layout.end(boards), max(1, dash), _indent(board, dash), _has_gaps(layout, boards)
        )


def _insert_behind(
    layout: Layout, end: int, comments_from: int, lines: list[str], gap: bool
) -> Iterator[tuple[str, int]]:
    """Candidates, as above, that have `lines` behind the value that ends at `end`.

    `comments_from`: as in `Layout.line_behind`. `gap`: whether an empty line should come before the lines.
    """
    behind = layout.line_behind(end, comments_from)
    # An empty line may belong to a text after | that keeps it. So also try without a gap, and right behind the value.
    for line, with_gap in ((behind, gap), (behind, False), (layout.line_of(end), False)):
        at, newline = layout.line_start(line), layout.newline(line)
        added = lines
        if with_gap and not layout.is_blank(line - 1):
            added = ["", *lines]
        text = newline.join(added)
        needs_line_break = at == len(layout.text) and not layout.text.endswith(("\r", "\n"))
        text = newline + text if needs_line_break else text + newline
        yield layout.text[:at] + text + layout.text[at:], line + len(added) - len(lines)


def _replace_brackets(layout: Layout, boards: Node, lines: list[str]) -> Iterator[tuple[str, int]]:
    """The candidate that has `lines` below `boards:` in place of its brackets, if these hold only blanks."""
    end = layout.end(boards)
    line = layout.line_of(end)
    start = len(layout.text[: layout.start(boards)].rstrip(" "))
    rest_of_line = layout.text[end : layout.line_start(line + 1)].rstrip("\r\n")
    if re.fullmatch(r"\[\s*\]", layout.text[layout.start(boards) : end]):
        text = layout.newline(line + 1).join([rest_of_line.rstrip(), *lines])
        yield layout.text[:start] + text + layout.text[end + len(rest_of_line) :], layout.line_of(start) + 1


def _has_gaps(layout: Layout, boards: Node) -> bool:
    """Whether there is an empty line between the last two boards. True if there is only one board."""
    items = boards.sequence()
    if len(items) < 2:
        return True
    before, last = items[-2:]
    return any(map(layout.is_blank, range(layout.line_of(layout.end(before)), last.line - 1)))


def _indent(board: Sequence[str], spaces: int) -> list[str]:
    return [" " * spaces + line if line.strip() else line for line in board]


def _is_one_more(old: Node, new: Node) -> bool:
    """Whether a file says the same as before, with one board added at the end."""
    before, after = old.plain(), new.plain()
    return bool(after.get("boards")) and {**before, "boards": [*before.get("boards", ()), after["boards"][-1]]} == after


def _count_line_breaks(text: str) -> int:
    return len(re.findall(r"\r\n|\r|\n", text))

"""A board's own text, its comments with it, as that of another board."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.authoring.layout import Layout
from generator.authoring.starter import title
from generator.source.scalars import to_yaml
from generator.source.tree import Node

_OF_ONE_BOARD = ("domain", "certificate_arn")
"""Keys of `api` that no second board can share: a domain leads to one distribution."""


@dataclass(frozen=True)
class Copy:
    """The lines of a board, its dash in the first column, and what was left out of them."""

    lines: tuple[str, ...]
    left_out: tuple[str, ...]
    """Paths of keys."""


_Edit = tuple[int, int, str]
"""From where to where in the text, and what stands there instead."""


def copy(layout: Layout, board: Node, name: str, team: str, says_team: bool) -> Copy:
    """The board under another name, for a team, which it says itself if it did before or if `says_team`.

    `layout` is that of the board's file. Its title is made of the new name. What belongs to one board only is left out.
    """
    edits = [_value(layout, board.mapping()["name"], to_yaml(name))]
    if own := board.get("team"):
        edits.append(_value(layout, own, to_yaml(team)))
    elif says_team:
        edits.append(_team(layout, board, team))
    if own := board.get("title"):
        edits.append(_value(layout, own, to_yaml(title(name))))
    left_out = []
    if api := board.get("api"):
        gone = [key for key in api.mapping() if key in _OF_ONE_BOARD]
        parent, keys = (board, ["api"]) if len(gone) == len(api.mapping()) else (api, gone)
        if "domain" in gone:
            edits += _cuts(layout, parent, keys)
            left_out = [f"api.{key}" for key in gone]
    return Copy(tuple(_lines(layout, board, edits)), tuple(left_out))


def _value(layout: Layout, node: Node, text: str) -> _Edit:
    start = layout.start(node)
    return start, _trimmed_end(layout, node), text


def _trimmed_end(layout: Layout, node: Node) -> int:
    """The end of a value without the line breaks that end a text after | or >."""
    start = layout.start(node)
    return start + len(layout.text[start : layout.end(node)].rstrip())


def _team(layout: Layout, board: Node, team: str) -> _Edit:
    """`team:` behind the board's name."""
    end = _trimmed_end(layout, board.mapping()["name"])
    if layout.in_brackets(board):
        return end, end, f", team: {to_yaml(team)}"
    end = layout.line_start(layout.line_of(end)) + len(layout.line(layout.line_of(end)) or "")
    return end, end, f"\n{' ' * (board.column - 1)}team: {to_yaml(team)}"


def _cuts(layout: Layout, parent: Node, keys: Sequence[str]) -> Iterator[_Edit]:
    """Take keys out of a mapping that has others too."""
    children = list(parent.mapping().items())
    index = 0
    while index < len(children):
        first = index
        while index < len(children) and children[index][0] in keys:
            index += 1
        if index == first:
            index += 1
            continue
        start, end = layout.key_start(children[first][1]), _trimmed_end(layout, children[index - 1][1])
        line = layout.line_start(layout.line_of(start))
        if not layout.in_brackets(parent) and not layout.text[line:start].strip():
            yield line, layout.line_start(layout.line_of(end) + 1), ""
        elif index < len(children):  # its neighbour takes its place, in braces or behind a dash
            yield start, layout.key_start(children[index][1]), ""
        else:
            yield layout.end(children[first - 1][1]), end, ""


def _lines(layout: Layout, board: Node, edits: list[_Edit]) -> Iterator[str]:
    """The lines of a board once edited, with the comments above and below that go with it, moved to the left."""
    boards = board.parent
    assert boards is not None
    if layout.in_brackets(boards):
        first, *more = _edited(layout, layout.start(board), layout.end(board), edits)
        yield f"- {first}"
        yield from (f"  {line}" for line in more)
        return
    dash = boards.column - 1
    line = board.line - 1
    while layout.is_comment(line) or (layout.line(line) or "")[dash : dash + 1] != "-":
        line -= 1  # the dash may stand on a line of its own
    start = layout.line_start(line) + dash
    end = layout.line_start(layout.behind(layout.end(board), comments_from=dash + 1))
    above = line
    while layout.is_comment(above - 1) and layout.indent(above - 1) <= dash:
        above -= 1
    lines = [*(layout.line(each) or "" for each in range(above, line)), *_edited(layout, start, end, edits)]
    yield from (re.sub(f"^ {{0,{dash}}}", "", each) for each in lines)


def _edited(layout: Layout, start: int, end: int, edits: list[_Edit]) -> list[str]:
    text = layout.text[start:end]
    for here, there, instead in sorted(edits, reverse=True):
        text = text[: here - start] + instead + text[there - start :]
    return re.split(r"\r\n|\r|\n", text.rstrip())

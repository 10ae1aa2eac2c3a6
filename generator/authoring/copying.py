"""Copies a board's lines, with their comments, for a board of another name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.authoring.layout import Layout
from generator.source.nodes import Node
from generator.source.scalars import to_yaml
from generator.spec.board import make_title

_OF_ONE_BOARD = ("domain", "certificate_arn")
"""Keys of `api` that are not copied: a domain leads to one distribution, so to one board."""


@dataclass(frozen=True)
class CopiedBoard:
    """The lines of a copied board, its dash in the first column, and the keys that were left out."""

    lines: tuple[str, ...]
    left_out: tuple[str, ...]
    """The paths of the keys, such as api.domain."""


_Edit = tuple[int, int, str]
"""An edit of the text: where it starts and ends, and the text to put there."""


def copy_board(layout: Layout, board: Node, name: str, team: str, add_team: bool) -> CopiedBoard:
    """Copy a board under another name, for a team.

    `layout`: that of the board's file. `add_team`: add the key `team` if the board has none. A title is replaced by one
    made of the new name. Keys that only one board can have are left out.
    """
    edits = [_replace_value(layout, board.mapping()["name"], to_yaml(name))]
    if own := board.get("team"):
        edits.append(_replace_value(layout, own, to_yaml(team)))
    elif add_team:
        edits.append(_add_team(layout, board, team))
    if own := board.get("title"):
        edits.append(_replace_value(layout, own, to_yaml(make_title(name))))
    left_out = []
    if api := board.get("api"):
        unshared = [key for key in api.mapping() if key in _OF_ONE_BOARD]
        if "domain" in unshared:
            # If no key of `api` would be left, remove `api` itself.
            all_of_api = len(unshared) == len(api.mapping())
            edits += _remove_keys(layout, board, ["api"]) if all_of_api else _remove_keys(layout, api, unshared)
            left_out = [f"api.{key}" for key in unshared]
    return CopiedBoard(tuple(_make_lines(layout, board, edits)), tuple(left_out))


def _replace_value(layout: Layout, node: Node, text: str) -> _Edit:
    start = layout.start(node)
    return start, _trimmed_end(layout, node), text


def _trimmed_end(layout: Layout, node: Node) -> int:
    """The end of a value, without the line breaks at the end of a text after | or >."""
    start = layout.start(node)
    return start + len(layout.text[start : layout.end(node)].rstrip())


def _add_team(layout: Layout, board: Node, team: str) -> _Edit:
    """Add `team:` behind the board's name."""
    end = _trimmed_end(layout, board.mapping()["name"])
    if layout.in_brackets(board):
        return end, end, f", team: {to_yaml(team)}"
    end = layout.line_start(layout.line_of(end)) + len(layout.line(layout.line_of(end)) or "")
    return end, end, f"\n{' ' * (board.column - 1)}team: {to_yaml(team)}"


def _remove_keys(layout: Layout, parent: Node, keys: Sequence[str]) -> Iterator[_Edit]:
    """Remove keys from a mapping that has others too. Neighbouring keys are removed with one edit."""
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
        elif index < len(children):  # in braces or behind a dash, the next key moves here
            yield start, layout.key_start(children[index][1]), ""
        else:
            yield layout.end(children[first - 1][1]), end, ""


def _make_lines(layout: Layout, board: Node, edits: list[_Edit]) -> Iterator[str]:
    """The edited lines of a board, with the comments above and below that belong to it, moved to the left."""
    boards = board.parent
    assert boards is not None
    if layout.in_brackets(boards):
        first, *more = _edit(layout, layout.start(board), layout.end(board), edits)
        yield f"- {first}"
        yield from (f"  {line}" for line in more)
        return
    dash = boards.column - 1
    line = board.line - 1
    while layout.is_comment(line) or (layout.line(line) or "")[dash : dash + 1] != "-":
        line -= 1  # the dash may be on a line of its own
    start = layout.line_start(line) + dash
    end = layout.line_start(layout.line_behind(layout.end(board), comments_from=dash + 1))
    above = line
    while layout.is_comment(above - 1) and layout.indent(above - 1) <= dash:
        above -= 1
    lines = [*(layout.line(each) or "" for each in range(above, line)), *_edit(layout, start, end, edits)]
    yield from (re.sub(f"^ {{0,{dash}}}", "", each) for each in lines)


def _edit(layout: Layout, start: int, end: int, edits: list[_Edit]) -> list[str]:
    """The lines of a part of the text, edited."""
    text = layout.text[start:end]
    for edit_start, edit_end, new in sorted(edits, reverse=True):
        text = text[: edit_start - start] + new + text[edit_end - start :]
    return re.split(r"\r\n|\r|\n", text.rstrip())

"""Knows where each value begins and ends in the text of a YAML file."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right

import yaml

from generator.source.nodes import Node
from generator.source.tree import LOADER

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?")


class Layout:
    """The layout of one file.

    Offsets count characters of `text`, which has no byte-order mark. Lines are counted from 0, unlike those of a Node.
    """

    def __init__(self, data: bytes) -> None:
        """`data`: a file that `read_tree` reads without a diagnostic."""
        self.text = data.decode("utf-8-sig")
        self._mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        self._starts = [match.start() for match in _LINE.finditer(self.text) if match.group()]
        self._ends: dict[int, int] = {}
        opened: list[int] = []
        for event in yaml.parse(self.text, Loader=LOADER):
            assert event.start_mark is not None
            assert event.end_mark is not None
            if isinstance(event, yaml.CollectionStartEvent):
                opened.append(event.start_mark.index)
            elif isinstance(event, yaml.CollectionEndEvent):
                start = opened.pop()
                if self.text.startswith(("[", "{"), start):  # any other ends where its last child ends
                    self._ends[start] = event.end_mark.index
            elif isinstance(event, yaml.ScalarEvent):
                self._ends[event.start_mark.index] = event.end_mark.index

    def encode(self, text: str) -> bytes:
        """Encode a changed text as the content of this file, with its byte-order mark if it has one."""
        return self._mark + text.encode()

    def start(self, node: Node) -> int:
        """The offset where a value begins: for an item of a list, behind its dash."""
        return self._starts[node.line - 1] + node.column - 1

    def key_start(self, node: Node) -> int:
        """The offset where the key of a value begins."""
        return self._starts[node.key_line - 1] + node.key_column - 1

    def end(self, node: Node) -> int:
        """The offset where a value ends: for a text after `|` or `>`, behind its last line break."""
        while isinstance(node.value, dict | list) and node.value and not self.in_brackets(node):
            node = node.value[-1] if isinstance(node.value, list) else list(node.value.values())[-1]
        return self._ends[self.start(node)]

    def in_brackets(self, node: Node) -> bool:
        """Whether a list or mapping is written in brackets or braces, not line by line."""
        return isinstance(node.value, dict | list) and self.text.startswith(("[", "{"), self.start(node))

    def line_of(self, offset: int) -> int:
        """The line of an offset. The end of a text that ends in a line break is on the line after that."""
        if offset == len(self.text) and self.text.endswith(("\r", "\n")):
            return len(self._starts)
        return bisect_right(self._starts, offset) - 1

    def line_start(self, line: int) -> int:
        """The offset where a line begins: for a line after the last, the end of the text."""
        return self._starts[line] if line < len(self._starts) else len(self.text)

    def line(self, line: int) -> str | None:
        """The text of a line without its line break; None if there is no such line."""
        if not 0 <= line < len(self._starts):
            return None
        return self.text[self._starts[line] : self.line_start(line + 1)].rstrip("\r\n")

    def indent(self, line: int) -> int:
        """The number of spaces that a line begins with."""
        text = self.line(line) or ""
        return len(text) - len(text.lstrip(" "))

    def is_comment(self, line: int) -> bool:
        """Whether a line holds only a comment."""
        return (self.line(line) or "").lstrip().startswith("#")

    def is_blank(self, line: int) -> bool:
        """Whether a line exists and is blank."""
        text = self.line(line)
        return text is not None and not text.strip()

    def line_behind(self, end: int, comments_from: int) -> int:
        """The first line behind a value that ends at `end`, and behind the comments that belong to it.

        Those are the ones below it that are indented by at least `comments_from` spaces; blank lines may be between."""
        line = self.line_of(end)
        if self.line_start(line) == end:  # the end of text after | or >
            while self.is_blank(line - 1):
                line -= 1
        else:
            line += 1
        behind = line
        while self.is_blank(line) or (self.is_comment(line) and self.indent(line) >= comments_from):
            line += 1
            if self.is_comment(line - 1):
                behind = line
        return behind

    def newline(self, line: int) -> str:
        """The line break at the end of the line before this one; if it has none, the first one in the file."""
        for start in (self.line_start(max(0, line - 1)), 0):
            if found := re.compile(r"\r\n|\r|\n").search(self.text, start):
                return found.group()
        return "\n"

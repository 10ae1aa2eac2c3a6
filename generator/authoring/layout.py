"""The text of a file that was read without an error, and where in it each value begins and ends."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right

import yaml

from generator.source.tree import LOADER, Node

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?")


class Layout:
    """Offsets are in characters of `text`, which has no byte-order mark; lines are counted from 0."""

    def __init__(self, data: bytes) -> None:
        """`data`: a file that `source.read` has nothing against."""
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
                if self.text.startswith(("[", "{"), start):  # the end of any other is that of its last child
                    self._ends[start] = event.end_mark.index
            elif isinstance(event, yaml.ScalarEvent):
                self._ends[event.start_mark.index] = event.end_mark.index

    def bytes(self, text: str) -> bytes:
        """Another text as the content of this file."""
        return self._mark + text.encode()

    def start(self, node: Node) -> int:
        """Where a value begins; for the item of a list that is behind its dash."""
        return self._starts[node.line - 1] + node.column - 1

    def key_start(self, node: Node) -> int:
        """Where the key of a value begins."""
        return self._starts[node.key_line - 1] + node.key_column - 1

    def end(self, node: Node) -> int:
        """Where a value ends. The end of text after `|` or `>` is behind its last line break."""
        while isinstance(node.value, dict | list) and node.value and not self.in_brackets(node):
            node = node.value[-1] if isinstance(node.value, list) else list(node.value.values())[-1]
        return self._ends[self.start(node)]

    def in_brackets(self, node: Node) -> bool:
        """Whether a list or mapping is written in brackets or braces, not line by line."""
        return isinstance(node.value, dict | list) and self.text.startswith(("[", "{"), self.start(node))

    def line_of(self, offset: int) -> int:
        """The line that a character is in; at the very end of a text that ends in a line break, the line after it."""
        if offset == len(self.text) and self.text.endswith(("\r", "\n")):
            return len(self._starts)
        return bisect_right(self._starts, offset) - 1

    def line_start(self, line: int) -> int:
        """Where a line begins; behind the last line, the end of the text."""
        return self._starts[line] if line < len(self._starts) else len(self.text)

    def line(self, line: int) -> str | None:
        """The text of a line without its line break; None where there is no such line."""
        if not 0 <= line < len(self._starts):
            return None
        return self.text[self._starts[line] : self.line_start(line + 1)].rstrip("\r\n")

    def indent(self, line: int) -> int:
        """How many spaces a line begins with."""
        text = self.line(line) or ""
        return len(text) - len(text.lstrip(" "))

    def is_comment(self, line: int) -> bool:
        """Whether a line is nothing but a comment."""
        return (self.line(line) or "").lstrip().startswith("#")

    def is_blank(self, line: int) -> bool:
        """Whether there is such a line, with nothing in it."""
        text = self.line(line)
        return text is not None and not text.strip()

    def behind(self, end: int, comments_from: int) -> int:
        """The line behind a value that ends at `end` and behind the comments that go with it: those below it that are
        indented by at least so many spaces, with what is blank between them."""
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
        """The line break that a line before this one ends in, or else the first that there is."""
        for start in (self.line_start(max(0, line - 1)), 0):
            if found := re.compile(r"\r\n|\r|\n").search(self.text, start):
                return found.group()
        return "\n"

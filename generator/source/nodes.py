"""The nodes of a tree: each is a value of a file with its line, its column and its path."""

from __future__ import annotations

import re
from typing import Any, Final

from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.wording import quote
from generator.source.scalars import Scalar


class Broken:
    """The value of a node that could not be read. The cause was reported; its consequences are not."""


BROKEN: Final = Broken()

NodeValue = Scalar | Broken

_SIMPLE = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""Keys and names that stand in a path without quotes."""


class Node:
    """A value of a file and where it stands. The value of a mapping is a dict of nodes, that of a sequence a list."""

    __slots__ = ("column", "file", "key", "key_column", "key_line", "line", "parent", "partial", "value")

    def __init__(self, file: str, line: int, column: int, value: Any) -> None:
        self.file = file
        self.line = line
        self.column = column
        self.value: dict[str, Node] | list[Node] | NodeValue = value
        self.parent: Node | None = None
        self.key: str | int | None = None
        """Its key or index in the parent; None for the top, and for a key that was refused."""
        self.key_line = line
        self.key_column = column
        self.partial = False
        """Whether something in it could not be read. If so, its type and the keys that it lacks are unknown."""

    def get(self, key: str | int) -> Node | None:
        """The child of that key or index, if this is a mapping or a sequence and has it."""
        if isinstance(self.value, dict):
            return self.value.get(key)  # type: ignore[arg-type]
        if isinstance(self.value, list) and isinstance(key, int) and 0 <= key < len(self.value):
            return self.value[key]
        return None

    def mapping(self) -> dict[str, Node]:
        """The children by key; empty if this is not a mapping."""
        return self.value if isinstance(self.value, dict) else {}

    def sequence(self) -> list[Node]:
        """The items in order; empty if this is not a sequence."""
        return self.value if isinstance(self.value, list) else []

    def text(self) -> str | None:
        """The value, if it is text."""
        return self.value if isinstance(self.value, str) else None

    def plain(self) -> Any:
        """The value as dicts, lists and scalars, without places."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def size(self) -> int:
        """The number of values in it, itself included."""
        size, left = 0, [self]
        while left:
            node = left.pop()
            size += 1
            left += node.mapping().values() or node.sequence()
        return size

    def copy(self, value: dict[str, Node] | list[Node] | NodeValue) -> Node:
        """Make a node with another value at the same place. Children keep their own places and paths."""
        node = Node(self.file, self.line, self.column, value)
        node.parent, node.key, node.partial = self.parent, self.key, self.partial
        node.key_line, node.key_column = self.key_line, self.key_column
        return node

    @property
    def steps(self) -> list[str | int | None]:
        """The keys and indices that lead here from the top; None for a key that was refused."""
        steps: list[str | int | None] = []
        node = self
        while node.parent is not None:
            steps.append(node.key)
            node = node.parent
        return steps[::-1]

    @property
    def path(self) -> str:
        """The keys that lead here, as a person would write them: boards[weekly-kills].scoring.rules[0].points."""
        keys: list[str] = []
        node = self
        while node.parent is not None:
            keys.append("" if node.key is None else _step_to(node))
            node = node.parent
        return "".join(reversed(keys)).removeprefix(".")

    def diagnostic(self, code: str, message: str, hint: str = "", at_key: bool = False) -> Diagnostic:
        """Report that this value is wrong, or its key."""
        # An empty value has no character of its own to put a caret under.
        at_key = at_key or self.value is None
        line, column = (self.key_line, self.key_column) if at_key else (self.line, self.column)
        return Diagnostic(self.file, line, column, self.path, message, hint, code)


def path_step(step: str | int) -> str:
    """Write a key or an index as part of a path: `.top`, `["odd key"]` or `[3]`."""
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _SIMPLE.fullmatch(step) else f"[{quote(step, 40)}]"


def _step_to(node: Node) -> str:
    """The last part of a node's path. A board goes by its name, not by its index."""
    assert node.parent is not None
    assert node.key is not None
    name = node.get("name") if node.parent.key == "boards" and isinstance(node.key, int) else None
    if name and _SIMPLE.fullmatch(name.text() or ""):
        return f"[{name.text()}]"
    return path_step(node.key)

"""Reads bytes into a strict tree: YAML 1.2's core schema, with the line and column of every node.

The tree is built from PyYAML's events, because only they still show anchors, aliases and tags. Those are refused: a
file that decides scores must mean the same to everyone. For the same reason PyYAML never chooses a type: by YAML 1.1 it
reads `12:30` as 750, `on` as true, `010` as 8, and lets the last of two equal keys win.

Time and memory are bounded for any input by the limits below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import yaml

from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.wording import quote
from generator.source import scalars
from generator.source.nodes import BROKEN, Node

MAX_BYTES = 16 * 1024 * 1024
"""Bytes that a file may have."""
MAX_DEPTH = 32
"""Levels to which mappings and lists may be nested."""
MAX_NODES = 1_000_000
"""Values that one file may have. All boards in all environments together may have as many."""


@dataclass(frozen=True)
class Tree:
    """A file that was read. `root` is None if it has no document that could be read to its end."""

    root: Node | None
    diagnostics: tuple[Diagnostic, ...]


@lru_cache(maxsize=4)
def read_tree(file: str, data: bytes) -> Tree:
    """Read a file into a tree, with a diagnostic for everything that is wrong with it as YAML. Never raises.

    The latest trees are kept, because a file is read for its `include:` and again for its boards.
    """
    if len(data) > MAX_BYTES:
        message = f"is larger than {MAX_BYTES // 1024 // 1024} MB"
        return Tree(None, (Diagnostic(file, 0, 0, "", message, "Split it with `include:`.", "size"),))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8-sig")
        return Tree(None, (_at(file, good, len(good), "utf-8", "is not UTF-8 here", "Save the file as UTF-8."),))
    if control := _find_control(text):
        message = f"has the invisible character U+{ord(control[0]):04X} here"
        return Tree(None, (_at(file, text, control.start(), "character", message, "Delete it."),))
    builder = _Builder(file)
    try:
        root = builder.build(text)
    except yaml.YAMLError as error:
        from generator.source.syntax_errors import describe_syntax_error  # only if something is wrong

        return Tree(None, (*builder.diagnostics(), describe_syntax_error(file, text, error)))
    if root is not None and root.value is None:
        root = None
    if root is None and not builder.problems:
        return Tree(None, (Diagnostic(file, 0, 0, "", "is empty", "Start with `version: 1`.", "empty"),))
    return Tree(root, builder.diagnostics())


_ASCII = "\t\n\r\x20-\x7e"
_BEYOND = "\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"


def _find_control(text: str) -> re.Match[str] | None:
    """Find the first character that YAML allows only escaped, or that breaks a line in YAML 1.1 but not in YAML 1.2."""
    # Two patterns, because compiling the second takes longer than reading most files.
    return re.search(f"[^{_ASCII}]" if text.isascii() else f"[^{_ASCII}{_BEYOND}]", text)


LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""PyYAML's reader of events: the one in C, if PyYAML was built with it."""


def _at(file: str, text: str, index: int, code: str, message: str, hint: str) -> Diagnostic:
    before = text[:index].replace("\r\n", "\n").replace("\r", "\n")
    return Diagnostic(file, before.count("\n") + 1, len(before) - before.rfind("\n"), "", message, hint, code)


def _describe_key(parent: Node, key: Node) -> tuple[str, str]:
    """Say what is wrong with a key that is not text, and what to write. `parent` has the keys before it."""
    before = next(reversed(parent.mapping().values()), None)
    if isinstance(key.value, int) and before and isinstance(before.value, int) and before.line == key.line:
        hint = f"Write {before.value}.{key.value} for a number."
        if len(str(key.value)) == 3:
            hint = f"Write {before.value}{key.value}, or {before.value}.{key.value} for a fraction."
        return f"a comma ends a value, so that {key.value} is a key here", hint
    if isinstance(key.value, dict) and len(key.value) == 1 and parent.line == key.line:
        return "{{ is for templates, and nothing fills this one in", "Write the value, or put it in quotes."
    return "a key must be text", "Put it in quotes."


class _Builder:
    """Builds the nodes of a file from its events, without recursion, and notes everything that is wrong."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[tuple[Node, bool, str, str, str]] = []
        """Node, whether its key is wrong, code, message, hint. Diagnostics are made once all paths are known."""
        self.anchors: set[str] = set()
        self.open_nodes: list[Node] = []
        """The mappings and lists around the next event, from the outermost to the innermost."""
        self.open_keys: list[Node | None] = []
        """For each open node, the key whose value comes next; None in a list, and before a key."""

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Report everything that was noted."""
        return tuple(node.diagnostic(code, message, hint, key) for node, key, code, message, hint in self.problems)

    def build(self, text: str) -> Node | None:
        """Build the root of the first document; None if there is none, or if the file is too large or too deep.

        Raises yaml.YAMLError if the text is not YAML.
        """
        root: Node | None = None
        count = 0
        for event in yaml.parse(text, Loader=LOADER):
            if isinstance(event, yaml.CollectionEndEvent):
                self.open_nodes.pop()
                self.open_keys.pop()
                continue
            mark = event.start_mark
            assert mark is not None  # only events made by hand have none
            node = Node(self.file, mark.line + 1, mark.column + 1, BROKEN)
            if not isinstance(event, yaml.NodeEvent):
                if isinstance(event, yaml.DocumentStartEvent) and not self._document(node, event, first=root is None):
                    return root
                continue
            count += 1
            if count > MAX_NODES or len(self.open_nodes) > MAX_DEPTH:
                deep = f"is nested deeper than {MAX_DEPTH} levels"
                message = deep if len(self.open_nodes) > MAX_DEPTH else f"has more than {MAX_NODES:,} values"
                self._note(node, "size", message, "No board needs that.")
                return None
            if self.open_nodes:
                self._put(node)
            else:
                root = node
            self._fill(node, event)
            if isinstance(event, yaml.CollectionStartEvent):
                self.open_nodes.append(node)
                self.open_keys.append(None)
        return root

    def _put(self, node: Node) -> None:
        """Put a node into the innermost open node: as an item, as a key, or as the value of the key before it."""
        above, key = self.open_nodes[-1], self.open_keys[-1]
        if isinstance(above.value, list):
            node.parent, node.key = above, len(above.value)
            above.value.append(node)
        elif key is None:
            node.parent, self.open_keys[-1] = above, node
        else:
            self.open_keys[-1] = None
            self._attach(above, key, node)

    def _document(self, node: Node, event: yaml.DocumentStartEvent, first: bool) -> bool:
        """Note what is wrong with the start of a document. Returns whether to read it."""
        if event.version or event.tags:
            self._note(node, "directive", "directives are not read", "Delete this line.")
        if not first:
            self._note(node, "documents", "a second document starts here", "Keep one; more files go into `include:`.")
        return first

    def _attach(self, parent: Node, key: Node, node: Node) -> None:
        """Put a value into its mapping, unless its key is refused."""
        assert isinstance(parent.value, dict)
        node.parent, node.key_line, node.key_column = parent, key.line, key.column
        if not isinstance(key.value, str):
            parent.partial = True
            if key.value is not BROKEN:
                self._note(key, "key", *_describe_key(parent, key))
            return
        node.key = key.value
        if key.value == "<<":
            parent.partial = True
            if not self.anchors:
                hint = "Write the keys out, or put what boards share under `defaults:`."
                self._note(node, "merge-key", "merge keys are not read", hint, at_key=True)
        elif first := parent.value.get(key.value):
            message = f"this key stands here twice, first on line {first.key_line}"
            self._note(node, "duplicate-key", message, "Keep one of the two.", at_key=True)
        else:
            parent.value[key.value] = node

    def _fill(self, node: Node, event: yaml.NodeEvent) -> None:
        """Give a node its value: an empty mapping or list, a scalar, or BROKEN."""
        hint = "Write the value out in each place, or put what boards share under `defaults:`."
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:  # else the report of its anchor is enough
                self._note(node, "alias", f"*{event.anchor} is an alias, which is not read", hint)
            return
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if event.anchor is not None:
            self.anchors.add(event.anchor)
            self._note(node, "alias", f"&{event.anchor} is an anchor, which is not read", hint)
        if event.tag is not None:
            node.partial = True
            self._note(node, "yaml-tag", f"tags ({quote(event.tag)}) are not read", "Delete the tag. Quotes make text.")
        if isinstance(event, yaml.MappingStartEvent):
            node.value = {}
        elif isinstance(event, yaml.SequenceStartEvent):
            node.value = []
        elif isinstance(event, yaml.ScalarEvent) and event.tag is None:
            try:
                node.value = event.value if event.style else scalars.parse_scalar(event.value)
            except scalars.ScalarError as refused:
                self._note(node, refused.code, refused.message, refused.hint)

    def _note(self, node: Node, code: str, message: str, hint: str, at_key: bool = False) -> None:
        self.problems.append((node, at_key, code, message, hint))

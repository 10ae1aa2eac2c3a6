"""Boards as each environment has them: defaults and overrides merged in, each held against its model.

A board's value in an environment is, the later the stronger: `defaults:`, the environment's `defaults:`, the board,
the environment's `boards: {NAME: ...}`. Mappings merge key by key; lists, single values and a `window` replace. What is
merged keeps its place in the file, so that an error in `defaults:` is one error, however many boards share it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.wording import plural
from generator.source.tree import MAX_NODES, Node, Scalar, read_tree
from generator.spec.board import IDENTITY, BoardSpec
from generator.validation.model_check import checked
from generator.validation.model_paths import Loc, locate, step


@dataclass(frozen=True)
class Entry:
    """A board as it is written, and where its team is: its own `team:`, or that of the file that it was included in."""

    node: Node
    team: Node | None

    @property
    def name(self) -> str | None:
        """The board's name, if it has one that could be one."""
        node = self.node.get("name")
        return node.text() if node else None


@dataclass(frozen=True)
class Merged:
    """A board in one environment (None: none is configured): the merged tree, and its values where all are right."""

    environment: str | None
    entry: Entry
    node: Node
    spec: BoardSpec | None
    wrong: frozenset[Loc]
    """Where its values are wrong already, so that no rule need look."""

    def sound(self, *steps: int | str) -> bool:
        """Whether nothing is wrong at that place, above or below it."""
        return steps not in self._above and not any(steps[:length] in self.wrong for length in range(len(steps) + 1))

    @cached_property
    def _above(self) -> frozenset[Loc]:
        """Every place above one that is wrong."""
        return frozenset(loc[:length] for loc in self.wrong for length in range(len(loc)))

    def at(self, *steps: int | str) -> Node | None:
        """The node there; None where there is none or its value is wrong."""
        node, left = locate(self.node, steps)
        return None if left or not self.sound(*steps) else node

    def value(self, *steps: int | str) -> Scalar:
        """The single value there; None where there is none, where it is wrong, or where no single value stands."""
        node = self.at(*steps)
        return None if node is None or isinstance(node.value, dict | list) else node.value

    def items(self, *steps: int | str) -> Iterator[tuple[int, Node]]:
        """The items at a place, right or wrong; one mapping where a list may stand is the only one."""
        node, left = locate(self.node, steps)
        if not left:
            yield from enumerate([node] if isinstance(node.value, dict) else node.sequence())

    def diagnostic(self, steps: Loc, code: str, message: str, hint: str, at_key: bool = False) -> Diagnostic:
        """Something wrong there; where nothing is there, it is shown at the nearest place above."""
        node, left = locate(self.node, steps)
        if not left:
            return node.diagnostic(code, message, hint, at_key)
        path = f"{node.path}{''.join(map(step, left))}".removeprefix(".")
        return Diagnostic(node.file, node.line, node.column, path, message, hint, code)


def merged(root: Node, entries: list[Entry], found: list[Diagnostic]) -> Iterator[Merged]:
    defaults = _overlay(root.get("defaults"), found)
    environments: dict[str | None, Node | None] = {None: None}
    if (node := root.get("environments")) and node.mapping():
        environments = dict(node.mapping().items())
    if defaults:
        _check_defaults(defaults, found)
    bases = {}
    for name, environment in environments.items():
        own = _overlay(environment.get("defaults"), found) if environment else None
        bases[name] = _merge(defaults, own)
        if own:
            _check_defaults(bases[name] or own, found)
    values = len(bases) * sum(entry.node.size() for entry in entries)
    values += len(entries) * sum(base.size() for base in bases.values() if base)
    if values > MAX_NODES:
        found.append(_too_many(root, len(entries), len(environments)))
        return
    for name, environment in environments.items():
        node = environment.get("boards") if environment else None
        overrides = {board: _overlay(over, found) or over for board, over in node.mapping().items()} if node else {}
        for entry in entries:
            tree = _merge(bases[name], entry.node) or entry.node
            override = overrides.get(entry.name or "")
            if override and isinstance(override.value, dict):
                tree = _merge(tree, override, place=tree) or tree
            if entry.team and entry.team is not entry.node.get("team"):
                tree = tree.copy({**tree.mapping(), "team": entry.team})
            held = checked(BoardSpec, tree, found, entry.node)
            yield Merged(name, entry, held.node, held.value, held.wrong)


def _too_many(root: Node, boards: int, environments: int) -> Diagnostic:
    """Work is bounded: each board is checked in each environment, with all of the defaults in it."""
    where = root.get("defaults" if environments == 1 else "environments") or root
    message = (
        f"{plural(boards, 'board')} in {plural(environments, 'environment')}, each with all defaults, have more than "
        f"{MAX_NODES:,} values"
    )
    return where.diagnostic("size", message, "Split the project into several.", at_key=True)


def _overlay(node: Node | None, found: list[Diagnostic]) -> Node | None:
    """What is merged into boards, if it is a mapping, without the keys that are a board's own."""
    if node is None or not isinstance(node.value, dict):
        return None
    for key in IDENTITY:
        if child := node.get(key):
            hint = "Delete it here."
            found.append(child.diagnostic("unknown-key", "only a board itself has this key", hint, at_key=True))
    return node.copy({key: child for key, child in node.value.items() if key not in IDENTITY})


def _merge(under: Node | None, over: Node | None, place: Node | None = None) -> Node | None:
    """Both as one, `over` the stronger; a merged mapping stands where `place` does, or else where `over` does."""
    if under is None or over is None:
        return over or under
    if not isinstance(under.value, dict) or not isinstance(over.value, dict):
        return over
    value = dict(under.value)
    for key, child in over.value.items():
        # Half of one window and half of another would be a third that nobody wrote.
        below = under.value.get(key) if key != "window" else None
        merged = _merge(below, child, below if place else None)
        assert merged is not None
        value[key] = merged
    return (place or over).copy(value)


_SMALLEST = b"""
name: smallest
team: any
scoring: {rules: [{activity: any, points: 1}]}
window: {every: week}
"""


def _check_defaults(defaults: Node, found: list[Diagnostic]) -> None:
    """What is wrong in `defaults:` is said even where no board uses it: the smallest board there is uses all of it."""
    smallest = read_tree("", _SMALLEST).root
    assert smallest is not None
    tree = _merge(smallest, defaults, place=smallest)
    assert tree is not None
    notes: list[Diagnostic] = []
    checked(BoardSpec, tree, notes, smallest)
    found.extend(note for note in notes if note.file)

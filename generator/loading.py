"""Files to boards: `include:` followed, defaults and environments merged in, each board checked against its model.

A board's value in an environment is, the later the stronger: `defaults:`, the environment's `defaults:`, the board,
the environment's `boards: {NAME: ...}`. Mappings merge key by key; lists, single values and a `window` replace. What is
merged keeps its place in the file, so that an error in `defaults:` is one error, however many boards share it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from generator import correcting, source, words
from generator.diagnostics import Diagnostic, counted, shown
from generator.names import Names
from generator.shapes import Loc, locate, place, step
from generator.source import BROKEN, MAX_NODES, Node, Scalar
from generator.spec import Project, TeamFile
from generator.spec_board import IDENTITY, BoardSpec


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


@dataclass(frozen=True)
class Loaded:
    """All that was read. `project` is None where the top of the file is wrong; `complete` says that every file was."""

    root: Node | None
    project: Project | None
    entries: tuple[Entry, ...]
    merged: tuple[Merged, ...]
    complete: bool
    diagnostics: tuple[Diagnostic, ...]

    @cached_property
    def teams(self) -> Names:
        """The names of all teams, right or wrong."""
        node = self.root.get("teams") if self.root else None
        return Names(node.mapping() if node else ())


def includes(main: str, data: bytes) -> list[str]:
    """The patterns of the main file's `include:`; those that are no text are left out."""
    root = source.read(main, data).root
    node = root.get("include") if root else None
    items = node.sequence()[:MAX_INCLUDES] if node else []
    return [text for item in items if (text := item.text()) is not None]


MAX_INCLUDES = 100
"""Patterns of `include:`. Each is looked for on the disk."""


@lru_cache(maxsize=64)
def pattern(glob: str) -> re.Pattern[str] | None:
    """What an `include:` pattern matches: * and ? within a name, ** across folders. None where it leaves the folder."""
    parts = glob.split("/")
    if glob.startswith("/") or "\\" in glob or any(part in ("", ".", "..") for part in parts):
        return None
    regex = ""
    for part in parts[:-1]:
        regex += "(?:[^/.][^/]*/)*" if part == "**" else _part(part) + "/"
    return re.compile(regex + _part(parts[-1]))


def _part(part: str) -> str:
    hidden = "" if part.startswith(".") else r"(?!\.)"
    return hidden + "".join({"*": "[^/]*", "?": "[^/]"}.get(character, re.escape(character)) for character in part)


def load(files: Mapping[str, bytes], main: str) -> Loaded:
    """Read the main file and what it includes out of `files`: paths beside the main file, with forward slashes."""
    tree = source.read(main, files[main])
    found = list(tree.diagnostics)
    root = tree.root
    if root is None or not isinstance(root.value, dict):
        if root is not None and root.value is not BROKEN:
            found.append(root.diagnostic("type", "must be a mapping", "Start with `version: 1`."))
        return Loaded(None, None, (), (), False, tuple(found))
    checked = _validate(Project, root, found)
    root, project = checked.node, checked.value
    entries, complete = _entries(root, files, main, found)
    merged = tuple(_merged(root, entries, found))
    if complete:
        _check_overrides(root, entries, found)
    return Loaded(root, project, tuple(entries), merged, complete, tuple(found))


_M = TypeVar("_M", bound=BaseModel)


@dataclass(frozen=True)
class _Checked(Generic[_M]):
    """A tree that was held against a model."""

    value: _M | None
    """None where anything is wrong."""
    node: Node
    """The tree, with the keys in it as they were meant."""
    wrong: frozenset[Loc]


def _validate(model: type[_M], root: Node, found: list[Diagnostic], own: Node | None = None) -> _Checked[_M]:
    """What is wrong is added to `found`. Below a key that is misspelt it is looked for as well."""
    try:
        return _Checked(model.model_validate(root.plain()), root, frozenset())
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
    wrong: set[Loc] = set()
    for correction in correcting.corrections(model, root, errors):
        found.extend(words.explain(model, root, correction.errors, own))
        wrong |= {place(details["loc"]) for details in correction.errors if details["type"] != "extra_forbidden"}
        root, own = correction.apply(root), own and correction.apply(own)
        errors = correction.left
    found.extend(words.explain(model, root, errors, own))
    return _Checked(None, root, frozenset(wrong.union(place(details["loc"]) for details in errors)))


def _entries(root: Node, files: Mapping[str, bytes], main: str, found: list[Diagnostic]) -> tuple[list[Entry], bool]:
    """Every board, those of the main file first, then file by file; and whether all files could be read."""
    entries = [Entry(node, node.get("team")) for node in _items(root, "boards") if isinstance(node.value, dict)]
    complete = True
    done: set[str] = {main}
    for item in _items(root, "include")[:MAX_INCLUDES]:
        glob = item.text()
        if glob is None:
            complete = False
            continue
        regex = pattern(glob)
        if regex is None:
            hint = 'Write a path beside this file, such as "teams/*.yaml".'
            found.append(item.diagnostic("include", f"{shown(glob)} leads out of this folder", hint))
            complete = False
            continue
        matching = sorted(file for file in files if file != main and regex.fullmatch(file))
        if not matching:
            found.append(item.diagnostic("include", f"no file matches {shown(glob)}", "Correct it, or add the file."))
            complete = False
        for file in matching:
            if file not in done:
                done.add(file)
                complete &= _include(file, files[file], entries, found)
    return entries, complete


def _include(file: str, data: bytes, entries: list[Entry], found: list[Diagnostic]) -> bool:
    """Adds the boards of one file. Returns whether it could be read."""
    tree = source.read(file, data)
    hint = "Start with `team:`, its `boards:` below."
    found.extend(replace(each, hint=hint) if each.code == "empty" else each for each in tree.diagnostics)
    if tree.root is None:
        return False
    checked = _validate(TeamFile, tree.root, found)
    root, told = checked.node, ("team",) in checked.wrong
    team = Node(file, 1, 1, BROKEN) if told else root.get("team")
    for node in _items(root, "boards"):
        if not isinstance(node.value, dict):
            continue
        own = node.get("team")
        if own and team and not told and own.text() != team.text():
            message = f"this file has the boards of {team.text()}"
            found.append(own.diagnostic("team", message, "Delete this key, or move the board."))
        entries.append(Entry(node, team))
    return True


def _merged(root: Node, entries: list[Entry], found: list[Diagnostic]) -> Iterator[Merged]:
    defaults = _overlay(root.get("defaults"), found)
    sizes, values = [entry.node.size() for entry in entries], 0
    environments: dict[str | None, Node | None] = {None: None}
    if node := root.get("environments"):
        environments.update(node.mapping())
        if len(environments) > 1:
            del environments[None]
    if defaults:
        _check_defaults(defaults, found)
    for name, environment in environments.items():
        base = defaults
        overrides: dict[str, Node] = {}
        if environment:
            base = _merge(defaults, _overlay(environment.get("defaults"), found))
            if node := environment.get("boards"):
                overrides = {board: _overlay(override, found) or override for board, override in node.mapping().items()}
        if base and base is not defaults:
            _check_defaults(base, found)
        values += sum(sizes) + len(sizes) * (base.size() if base else 0)
        if values > MAX_NODES:
            found.append(_too_many(root, len(entries), len(environments)))
            return
        for entry in entries:
            tree = _merge(base, entry.node) or entry.node
            override = overrides.get(entry.name or "")
            if override and isinstance(override.value, dict):
                tree = _merge(tree, override, place=tree) or tree
            if entry.team and entry.team is not entry.node.get("team"):
                tree = tree.copy({**tree.mapping(), "team": entry.team})
            checked = _validate(BoardSpec, tree, found, entry.node)
            yield Merged(name, entry, checked.node, checked.value, checked.wrong)


def _too_many(root: Node, boards: int, environments: int) -> Diagnostic:
    """Work is bounded: each board is checked in each environment, with all of the defaults in it."""
    where = root.get("defaults" if environments == 1 else "environments") or root
    message = (
        f"{counted(boards, 'board')} in {counted(environments, 'environment')}, each with all defaults, have more than "
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
    smallest = source.read("", _SMALLEST).root
    assert smallest is not None
    tree = _merge(smallest, defaults, place=smallest)
    assert tree is not None
    notes: list[Diagnostic] = []
    _validate(BoardSpec, tree, notes, smallest)
    found.extend(note for note in notes if note.file)


def _check_overrides(root: Node, entries: Iterable[Entry], found: list[Diagnostic]) -> None:
    """An environment changes boards by name: each name must be that of a board."""
    names = Names(name for entry in entries if (name := entry.name))
    environments = root.get("environments")
    for environment in environments.mapping().values() if environments else ():
        boards = environment.get("boards")
        for name, node in boards.mapping().items() if boards else ():
            if name not in names:
                near = names.nearest(name)
                hint = f'Did you mean "{near}"?' if near else "Write the name of a board."
                found.append(node.diagnostic("unknown-board", f"there is no board {shown(name)}", hint, at_key=True))


def _items(root: Node, key: str) -> list[Node]:
    node = root.get(key)
    return node.sequence() if node else []

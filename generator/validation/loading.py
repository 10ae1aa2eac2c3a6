"""Files to boards: `include:` followed, every board of every environment made and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.nearest import Names
from generator.diagnostics.wording import quote
from generator.source.globs import pattern
from generator.source.inputs import MAX_INCLUDES
from generator.source.tree import BROKEN, Node, read_tree
from generator.spec.project import Project, TeamFile
from generator.validation.merging import Entry, Merged, merged
from generator.validation.model_check import checked


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


def load(files: Mapping[str, bytes], main: str) -> Loaded:
    """Read the main file and what it includes out of `files`: paths beside the main file, with forward slashes."""
    tree = read_tree(main, files[main])
    found = list(tree.diagnostics)
    root = tree.root
    if root is None or not isinstance(root.value, dict):
        if root is not None and root.value is not BROKEN:
            found.append(root.diagnostic("type", "must be a mapping", "Start with `version: 1`."))
        return Loaded(None, None, (), (), False, tuple(found))
    held = checked(Project, root, found)
    root, project = held.node, held.value
    entries, complete = _entries(root, files, main, found)
    boards = tuple(merged(root, entries, found))
    if complete:
        _check_overrides(root, entries, found)
    return Loaded(root, project, tuple(entries), boards, complete, tuple(found))


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
            found.append(item.diagnostic("include", f"{quote(glob)} leads out of this folder", hint))
            complete = False
            continue
        matching = sorted(file for file in files if file != main and regex.fullmatch(file))
        if not matching:
            found.append(item.diagnostic("include", f"no file matches {quote(glob)}", "Correct it, or add the file."))
            complete = False
        for file in matching:
            if not file.isprintable():
                # Its name stands in every message about it.
                message = f"the name of the file {quote(file)} has characters that cannot be seen"
                found.append(item.diagnostic("include", message, "Rename the file."))
                complete = False
            elif file not in done:
                done.add(file)
                complete &= _include(file, files[file], entries, found)
    return entries, complete


def _include(file: str, data: bytes, entries: list[Entry], found: list[Diagnostic]) -> bool:
    """Adds the boards of one file. Returns whether it could be read."""
    tree = read_tree(file, data)
    hint = "Start with `team:`, its `boards:` below."
    found.extend(replace(each, hint=hint) if each.code == "empty" else each for each in tree.diagnostics)
    if tree.root is None:
        return False
    held = checked(TeamFile, tree.root, found)
    root, told = held.node, ("team",) in held.wrong
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
                found.append(node.diagnostic("unknown-board", f"there is no board {quote(name)}", hint, at_key=True))


def _items(root: Node, key: str) -> list[Node]:
    node = root.get(key)
    return node.sequence() if node else []

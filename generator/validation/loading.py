"""Files to boards: follows `include:`, and makes and checks every board of every environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.nearest import KnownNames
from generator.diagnostics.wording import quote
from generator.source.globs import compile_glob
from generator.source.inputs import MAX_INCLUDES
from generator.source.nodes import BROKEN, Node
from generator.source.tree import read_tree
from generator.spec.project import Project, TeamFile
from generator.validation.merging import MergedBoard, WrittenBoard, merge
from generator.validation.model_check import check_model


@dataclass(frozen=True)
class Loaded:
    """All that was read."""

    root: Node | None = None
    """The main file's tree; None where it has none."""
    project: Project | None = None
    """None where anything at the top of the main file is wrong."""
    written: tuple[WrittenBoard, ...] = ()
    """The boards of all files, those of the main file first."""
    boards: tuple[MergedBoard, ...] = ()
    """The boards in each environment."""
    diagnostics: tuple[Diagnostic, ...] = ()

    @cached_property
    def teams(self) -> KnownNames:
        """The names of all teams, right or wrong."""
        node = self.root.get("teams") if self.root else None
        return KnownNames(node.mapping() if node else ())

    def account_id(self, board: MergedBoard) -> str | None:
        """The account that a board is deployed to, if its environment names one."""
        if self.project is None or board.environment is None:
            return None
        return self.project.environments[board.environment].account_id

    def region(self, board: MergedBoard) -> str:
        """The region of a board; empty if the project's is not known."""
        if self.project is None:
            return ""
        own = self.project.environments[board.environment].region if board.environment else None
        return own or self.project.region

    def board(self, name: str, environment: str | None) -> MergedBoard:
        """The board of that name in an environment. Raises KeyError where there is none."""
        return {(each.written.name, each.environment): each for each in self.boards}[name, environment]


@dataclass(frozen=True)
class _Included:
    """What came of one file, or of all that `include:` names."""

    boards: tuple[WrittenBoard, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    complete: bool = True
    """Whether every file that was meant could be read."""


def load_boards(files: Mapping[str, bytes], main: str) -> Loaded:
    """Read the main file and what it includes out of `files`: paths beside the main file, with forward slashes."""
    tree = read_tree(main, files[main])
    root = tree.root
    if root is None or not isinstance(root.value, dict):
        if root is None or root.value is BROKEN:
            return Loaded(diagnostics=tree.diagnostics)
        wrong = root.diagnostic("type", "must be a mapping", "Start with `version: 1`.")
        return Loaded(diagnostics=(*tree.diagnostics, wrong))
    check = check_model(Project, root)
    root = check.tree.root
    included = _include(root, files, main)
    boards = (*_boards(root, None), *included.boards)
    merged = merge(root, boards)
    found = (*tree.diagnostics, *check.diagnostics, *included.diagnostics, *merged.diagnostics)
    if included.complete:
        found = (*found, *_override_errors(root, boards))
    return Loaded(root, check.value, boards, merged.boards, found)


def _boards(root: Node, team: Node | None) -> Iterator[WrittenBoard]:
    """The boards of a file; `team`: that of the file, if it has one."""
    for node in _items(root, "boards"):
        if isinstance(node.value, dict):
            yield WrittenBoard(node, team or node.get("team"))


def _include(root: Node, files: Mapping[str, bytes], main: str) -> _Included:
    """The boards of the files that `include:` names, each file once."""
    parts: list[_Included] = []
    done = {main}
    for item in _items(root, "include")[:MAX_INCLUDES]:
        names, part = _matching(item, files, main)
        parts.append(part)
        for name in names:
            if not name.isprintable():
                # Its name stands in every message about it.
                message = f"the name of the file {quote(name)} has characters that cannot be seen"
                parts.append(_refuse(item, message, "Rename the file."))
            elif name not in done:
                done.add(name)
                parts.append(_team_file(name, files[name]))
    return _Included(
        tuple(board for part in parts for board in part.boards),
        tuple(each for part in parts for each in part.diagnostics),
        all(part.complete for part in parts),
    )


def _matching(item: Node, files: Mapping[str, bytes], main: str) -> tuple[list[str], _Included]:
    """The files that a pattern of `include:` means, or what is wrong with it."""
    glob = item.text()
    if glob is None:
        return [], _Included(complete=False)
    regex = compile_glob(glob)
    if regex is None:
        hint = 'Write a path beside this file, such as "teams/*.yaml".'
        return [], _refuse(item, f"{quote(glob)} leads out of this folder", hint)
    names = sorted(file for file in files if file != main and regex.fullmatch(file))
    if not names:
        return [], _refuse(item, f"no file matches {quote(glob)}", "Correct it, or add the file.")
    return names, _Included()


def _refuse(item: Node, message: str, hint: str) -> _Included:
    return _Included(diagnostics=(item.diagnostic("include", message, hint),), complete=False)


def _team_file(file: str, data: bytes) -> _Included:
    """The boards of one file."""
    tree = read_tree(file, data)
    hint = "Start with `team:`, its `boards:` below."
    found = tuple(replace(each, hint=hint) if each.code == "empty" else each for each in tree.diagnostics)
    if tree.root is None:
        return _Included(diagnostics=found, complete=False)
    check = check_model(TeamFile, tree.root)
    root = check.tree.root
    if check.is_wrong("team"):  # which was said, so nothing is said of the boards' team
        boards = _boards(root, Node(file, 1, 1, BROKEN))
        return _Included(tuple(boards), (*found, *check.diagnostics))
    team = root.get("team")
    return _Included(tuple(_boards(root, team)), (*found, *check.diagnostics, *_team_errors(root, team)))


def _team_errors(root: Node, team: Node | None) -> Iterator[Diagnostic]:
    """The boards in a team's file that name another team."""
    for node in _items(root, "boards"):
        own = node.get("team")
        if own and team and own.text() != team.text():
            message = f"this file has the boards of {team.text()}"
            yield own.diagnostic("team", message, "Delete this key, or move the board.")


def _override_errors(root: Node, boards: Iterable[WrittenBoard]) -> Iterator[Diagnostic]:
    """An environment changes boards by name: each name must be that of a board."""
    names = KnownNames(name for board in boards if (name := board.name))
    environments = root.get("environments")
    for environment in environments.mapping().values() if environments else ():
        overrides = environment.get("boards")
        for name, node in overrides.mapping().items() if overrides else ():
            if name not in names:
                near = names.nearest(name)
                hint = f'Did you mean "{near}"?' if near else "Write the name of a board."
                yield node.diagnostic("unknown-board", f"there is no board {quote(name)}", hint, at_key=True)


def _items(root: Node, key: str) -> list[Node]:
    node = root.get(key)
    return node.sequence() if node else []

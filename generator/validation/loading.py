"""Loads the boards of all files: follows `include:`, then merges and checks the boards of every environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from generator import __version__
from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.nearest import KnownNames
from generator.diagnostics.wording import quote
from generator.source.globs import compile_glob
from generator.source.inputs import MAX_INCLUDES
from generator.source.nodes import BROKEN, Node
from generator.source.tree import read_tree
from generator.spec.project import Project, TeamFile
from generator.spec.teams.requires import find_unmet
from generator.validation.feeds import WrittenFeed
from generator.validation.merging import MergedBoard, WrittenBoard, merge_boards
from generator.validation.model_check import check_model


@dataclass(frozen=True)
class Loaded:
    """Everything that was read, and the mistakes that were found before any rule is checked."""

    root: Node | None = None
    """The tree of the main file; None if it could not be read."""
    project: Project | None = None
    """The values of the main file without its boards; None if any of them is wrong."""
    written: tuple[WrittenBoard, ...] = ()
    """The boards as they are written, those of the main file first."""
    boards: tuple[MergedBoard, ...] = ()
    """The boards as each environment has them."""
    team_files: tuple[Node, ...] = ()
    """What each team file says under `team`."""
    feeds: tuple[WrittenFeed, ...] = ()
    """The feeds as they are written, those of the main file first."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Contents by path beside the main file, with those of logos."""
    diagnostics: tuple[Diagnostic, ...] = ()

    @cached_property
    def teams(self) -> KnownNames:
        """The names of all teams, even of those that are wrong."""
        node = self.root.get("teams") if self.root else None
        return KnownNames(node.mapping() if node else ())

    def account_id(self, board: MergedBoard) -> str | None:
        """The account of a board; None if its environment does not name one."""
        if self.project is None or board.environment is None:
            return None
        return self.project.environments[board.environment].account_id

    def region(self, board: MergedBoard) -> str:
        """The region of a board; empty if the main file is wrong."""
        if self.project is None:
            return ""
        own = self.project.environments[board.environment].region if board.environment else None
        return own or self.project.region

    def environment_node(self, environment: str | None) -> Node | None:
        """What stands below an environment's name; None without one."""
        environments = self.root.get("environments") if self.root and environment else None
        return environments.get(environment) if environments and environment else None

    def override_of(self, board: MergedBoard) -> Node | None:
        """What the board's environment says of this board alone; None if nothing."""
        node = self.environment_node(board.environment)
        boards = node.get("boards") if node else None
        return boards.get(board.written.name) if boards and board.written.name else None

    def board(self, name: str, environment: str | None) -> MergedBoard:
        """Find the board of that name in an environment. Raises KeyError if there is none."""
        return {(each.written.name, each.environment): each for each in self.boards}[name, environment]


@dataclass(frozen=True)
class _Included:
    """The boards and feeds of a team file, or of all team files, and what is wrong with them."""

    boards: tuple[WrittenBoard, ...] = ()
    feeds: tuple[WrittenFeed, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    teams: tuple[Node, ...] = ()
    """What each file says under `team`."""
    complete: bool = True
    """Whether every file was found and read."""


def load_boards(files: Mapping[str, bytes], main: str, *, any_version: bool = False) -> Loaded:
    """Load the boards of the main file and of what it includes. `files`: contents by path beside the main file.
    `any_version`: also where they require another version of this program."""
    tree = read_tree(main, files[main])
    root = tree.root
    if root is None or not isinstance(root.value, dict):
        if root is None or root.value is BROKEN:
            return Loaded(diagnostics=tree.diagnostics)
        wrong = root.diagnostic("type", "must be a mapping", "Start with `version: 1`.")
        return Loaded(diagnostics=(*tree.diagnostics, wrong))
    if not any_version and (other := _check_version(root)):
        return Loaded(diagnostics=(other,))
    check = check_model(Project, root)
    root = check.tree.root
    included = _read_included(root, files, main)
    boards = (*_list_boards(root, None), *included.boards)
    merged = merge_boards(root, boards)
    found = (*tree.diagnostics, *check.diagnostics, *included.diagnostics, *merged.diagnostics)
    if included.complete:
        found = (*found, *_check_overrides(root, boards))
    feeds = (*_list_feeds(root, None), *included.feeds)
    return Loaded(root, check.value, boards, merged.boards, included.teams, feeds, files, found)


def _check_version(root: Node) -> Diagnostic | None:
    """Check that this version of the program may read the project. If not, nothing else is said of its files: what is
    wrong for this version may be right for another."""
    node = root.get("requires")
    requirement = node.text() if node else None
    try:
        unmet = find_unmet(requirement, __version__) if requirement is not None else None
    except ValueError:  # which the model says
        return None
    if node is None or unmet is None:
        return None
    message = f"this is leaderboards {__version__}, and the project requires {unmet}"
    hint = f"Install one that fits: pipx install --force 'leaderboards-from-yaml{requirement}'."
    return node.diagnostic("requires", message, hint)


def _list_boards(root: Node, team: Node | None) -> Iterator[WrittenBoard]:
    """List the boards of a file. `team`: the team of a team file."""
    for node in _list_items(root, "boards"):
        if isinstance(node.value, dict):
            yield WrittenBoard(node, team or node.get("team"))


def _list_feeds(root: Node, team: Node | None) -> Iterator[WrittenFeed]:
    """List the feeds of a file, as `_list_boards` does its boards."""
    for node in _list_items(root, "feeds"):
        if isinstance(node.value, dict):
            yield WrittenFeed(node, team or node.get("team"))


def _read_included(root: Node, files: Mapping[str, bytes], main: str) -> _Included:
    """Read every file that `include:` names, each once."""
    parts: list[_Included] = []
    done = {main}
    for item in _list_items(root, "include")[:MAX_INCLUDES]:
        names, part = _match_files(item, files, main)
        parts.append(part)
        for name in names:
            if name in done:
                continue
            done.add(name)
            if name.isprintable():
                parts.append(_read_team_file(name, files[name]))
            else:  # every message about the file would show its name
                message = f"the name of the file {quote(name)} has characters that cannot be seen"
                parts.append(_refuse(item, message, "Rename the file."))
    others = (name for name in files.keys() - done if name.lower().endswith((".yaml", ".yml")))
    parts.append(_Included(diagnostics=tuple(_warn_of_others(others, main))))
    return _Included(
        tuple(board for part in parts for board in part.boards),
        tuple(feed for part in parts for feed in part.feeds),
        tuple(each for part in parts for each in part.diagnostics),
        tuple(team for part in parts for team in part.teams),
        all(part.complete for part in parts),
    )


def _warn_of_others(names: Iterable[str], main: str) -> Iterator[Diagnostic]:
    """Warn of files that look like team files and that no pattern takes."""
    for name in names:
        message = f"looks like a team file, but no pattern of `include` in {main} takes it: its boards are left out"
        hint = f"Add {quote(name, 100)} to `include`, rename the file as the patterns ask, or move it elsewhere."
        yield Diagnostic(name, 1, 1, "", message, hint, "include", "warning")


def _match_files(item: Node, files: Mapping[str, bytes], main: str) -> tuple[list[str], _Included]:
    """Find the files that a pattern of `include:` matches, or what is wrong with the pattern."""
    glob = item.text()
    if glob is None:
        return [], _Included(complete=False)
    regex = compile_glob(glob)
    if regex is None:
        hint = 'Write a path beside this file, such as "teams/*.yaml".'
        return [], _refuse(item, f"{quote(glob)} is not a path below this folder", hint)
    names = sorted(file for file in files if file != main and regex.fullmatch(file))
    if not names:
        return [], _refuse(item, f"no file matches {quote(glob)}", "Correct it, or add the file.")
    return names, _Included()


def _refuse(item: Node, message: str, hint: str) -> _Included:
    """Report that a pattern of `include:` is wrong."""
    return _Included(diagnostics=(item.diagnostic("include", message, hint),), complete=False)


def _read_team_file(file: str, data: bytes) -> _Included:
    """Read one team file."""
    tree = read_tree(file, data)
    hint = "Start with `team:`, its `boards:` below."
    found = tuple(replace(each, hint=hint) if each.code == "empty" else each for each in tree.diagnostics)
    if tree.root is None:
        return _Included(diagnostics=found, complete=False)
    check = check_model(TeamFile, tree.root)
    root = check.tree.root
    if check.is_wrong("team"):  # it is reported once, not for each of the boards
        boards = _list_boards(root, Node(file, 1, 1, BROKEN))
        return _Included(tuple(boards), (), (*found, *check.diagnostics))
    team = root.get("team")
    wrong = (*found, *check.diagnostics, *_check_teams(root, team))
    feeds = tuple(_list_feeds(root, team))
    return _Included(tuple(_list_boards(root, team)), feeds, wrong, (team,) if team else ())


def _check_teams(root: Node, team: Node | None) -> Iterator[Diagnostic]:
    """Check that no board and no feed of a team file names another team."""
    for key, what in (("boards", "board"), ("feeds", "feed")):
        for node in _list_items(root, key):
            own = node.get("team")
            if own and team and own.text() != team.text():
                message = f"this file has the {key} of {team.text()}"
                yield own.diagnostic("team", message, f"Delete this key, or move the {what}.")


def _check_overrides(root: Node, boards: Iterable[WrittenBoard]) -> Iterator[Diagnostic]:
    """Check that environments override only boards that exist."""
    names = KnownNames(name for board in boards if (name := board.name))
    environments = root.get("environments")
    for environment in environments.mapping().values() if environments else ():
        overrides = environment.get("boards")
        for name, node in overrides.mapping().items() if overrides else ():
            if name not in names:
                near = names.nearest(name)
                hint = f'Did you mean "{near}"?' if near else "Write the name of a board."
                yield node.diagnostic("unknown-board", f"there is no board {quote(name)}", hint, at_key=True)


def _list_items(root: Node, key: str) -> list[Node]:
    node = root.get(key)
    return node.sequence() if node else []

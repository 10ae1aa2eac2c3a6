"""Boards as each environment has them: defaults and overrides merged in, each held against its model.

A board's value in an environment is, the later the stronger: `defaults:`, the environment's `defaults:`, the board,
the environment's `boards: {NAME: ...}`. Mappings merge key by key; lists, single values and a `window` replace. What is
merged keeps its place in the file, so that an error in `defaults:` is one error, however many boards share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.wording import plural
from generator.source.nodes import Node
from generator.source.tree import MAX_NODES, read_tree
from generator.spec.board import IDENTITY, BoardSpec
from generator.validation.field_place import FieldPlace, Step
from generator.validation.model_check import ModelCheck, check_model


@dataclass(frozen=True, eq=False)
class WrittenBoard:
    """A board as a file has it, and where its team is: its own `team:`, or that of the team file it stands in."""

    node: Node
    team: Node | None

    @property
    def name(self) -> str | None:
        """The board's name, if it has one that could be one."""
        node = self.node.get("name")
        return node.text() if node else None


@dataclass(frozen=True, eq=False)
class MergedBoard:
    """A board in one environment. `board["scoring"]["rules"]` is the place of its rules."""

    environment: str | None
    """None where no environments are configured."""
    written: WrittenBoard
    check: ModelCheck[BoardSpec]

    @property
    def spec(self) -> BoardSpec | None:
        """The board's values; None where any of them is wrong."""
        return self.check.value

    @property
    def node(self) -> Node:
        """The merged tree."""
        return self.check.tree.root

    def __getitem__(self, step: Step) -> FieldPlace:
        return self.check.tree.top[step]


@dataclass(frozen=True)
class Merge:
    """Every board in every environment, and what is wrong with them and with what is merged into them."""

    boards: tuple[MergedBoard, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class _Environment:
    """What one environment gives its boards."""

    name: str | None
    defaults: Node | None
    """The project's and its own, merged."""
    boards: dict[str, Node]
    """Overrides by the board's name."""


def merge(root: Node, written: Sequence[WrittenBoard]) -> Merge:
    """Merge each board with the defaults and overrides of each environment."""
    shared = _without_identity(root.get("defaults"))
    named = root.get("environments")
    nodes = named.mapping() if named else {}
    environments = [_environment(name, node, shared) for name, node in nodes.items()]
    environments = environments or [_Environment(None, shared, {})]
    wrong = [*_identity_errors(root, nodes.values()), *_defaults_errors(shared, environments)]
    values = len(environments) * sum(board.node.size() for board in written)
    values += len(written) * sum(each.defaults.size() for each in environments if each.defaults)
    if values > MAX_NODES:
        return Merge((), (*wrong, _too_many(root, len(written), len(environments))))
    boards = tuple(_merge_board(environment, board) for environment in environments for board in written)
    return Merge(boards, (*wrong, *(each for board in boards for each in board.check.diagnostics)))


def _environment(name: str, node: Node, shared: Node | None) -> _Environment:
    own, boards = _without_identity(node.get("defaults")), node.get("boards")
    overrides = {board: _without_identity(over) for board, over in boards.mapping().items()} if boards else {}
    return _Environment(name, _overlay(shared, own), {board: over for board, over in overrides.items() if over})


def _merge_board(environment: _Environment, board: WrittenBoard) -> MergedBoard:
    tree = _overlay(environment.defaults, board.node) or board.node
    if override := environment.boards.get(board.name or ""):
        tree = _overlay(tree, override, place=tree) or tree
    if board.team and board.team is not board.node.get("team"):
        tree = tree.copy({**tree.mapping(), "team": board.team})
    return MergedBoard(environment.name, board, check_model(BoardSpec, tree, board.node))


def _overlay(under: Node | None, over: Node | None, place: Node | None = None) -> Node | None:
    """Both as one, `over` the stronger; a merged mapping stands where `place` does, or else where `over` does."""
    if under is None or over is None:
        return over or under
    if not isinstance(under.value, dict) or not isinstance(over.value, dict):
        return over
    value = dict(under.value)
    for key, child in over.value.items():
        # Half of one window and half of another would be a third that nobody wrote.
        below = under.value.get(key) if key != "window" else None
        merged = _overlay(below, child, below if place else None)
        assert merged is not None
        value[key] = merged
    return (place or over).copy(value)


def _without_identity(node: Node | None) -> Node | None:
    """What is merged into boards, without the keys that only a board itself has; None if it is no mapping."""
    if node is None or not isinstance(node.value, dict):
        return None
    return node.copy({key: child for key, child in node.value.items() if key not in IDENTITY})


def _identity_errors(root: Node, environments: Iterable[Node]) -> Iterator[Diagnostic]:
    """The keys that only a board itself has, where they stand in what is merged into boards."""
    layers = [root.get("defaults")]
    for environment in environments:
        boards = environment.get("boards")
        layers += [environment.get("defaults"), *(boards.mapping().values() if boards else ())]
    for layer in layers:
        for key in IDENTITY:
            if layer and (child := layer.get(key)):
                message = "only a board itself has this key"
                yield child.diagnostic("unknown-key", message, "Delete it here.", at_key=True)


_SMALLEST = b"""
name: smallest
team: any
scoring: {rules: [{activity: any, points: 1}]}
window: {every: week}
"""


@cache
def _smallest_board() -> Node:
    root = read_tree("", _SMALLEST).root
    assert root is not None
    return root


def _defaults_errors(shared: Node | None, environments: Iterable[_Environment]) -> Iterator[Diagnostic]:
    """What is wrong in defaults even where no board uses them: the smallest board possible uses all of them."""
    smallest = _smallest_board()
    layers = dict.fromkeys(layer for layer in (shared, *(each.defaults for each in environments)) if layer)
    for layer in layers:
        tree = _overlay(smallest, layer, place=smallest)
        assert tree is not None
        yield from (each for each in check_model(BoardSpec, tree, smallest).diagnostics if each.file)


def _too_many(root: Node, boards: int, environments: int) -> Diagnostic:
    """Work is bounded: each board is checked in each environment, with all of the defaults in it."""
    where = root.get("defaults" if environments == 1 else "environments") or root
    message = (
        f"{plural(boards, 'board')} in {plural(environments, 'environment')}, each with all defaults, have more than "
        f"{MAX_NODES:,} values"
    )
    return where.diagnostic("size", message, "Split the project into several.", at_key=True)

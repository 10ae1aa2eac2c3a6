"""Merges defaults and overrides into boards, for each environment, and checks the merged boards by their model.

Four layers give a board its values in an environment, each stronger than the one before: `defaults:`, the environment's
`defaults:`, the board, the environment's `boards: {NAME: ...}`. Mappings merge key by key; lists, single values and a
`window` replace. What `enforce:` says is put over all of them (`enforcing`). A merged value keeps its place in the
file, so that an error in `defaults:` is one error, however many boards share it.
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
from generator.validation.enforcing import enforce, read_enforced
from generator.validation.field_place import FieldPlace, Step
from generator.validation.model_check import ModelCheck, check_model


@dataclass(frozen=True, eq=False)
class WrittenBoard:
    """A board as a file has it, with its team: its own `team:`, or that of the team file."""

    node: Node
    team: Node | None

    @property
    def name(self) -> str | None:
        """The board's name, if it is text."""
        node = self.node.get("name")
        return node.text() if node else None


@dataclass(frozen=True, eq=False)
class MergedBoard:
    """A board as one environment has it. `board["scoring"]["rules"]` is the place of its rules."""

    environment: str | None
    """None if no environments are configured."""
    written: WrittenBoard
    check: ModelCheck[BoardSpec]

    @property
    def spec(self) -> BoardSpec | None:
        """The board's values; None if any of them is wrong."""
        return self.check.value

    @property
    def node(self) -> Node:
        """The merged tree."""
        return self.check.tree.root

    def __getitem__(self, step: Step) -> FieldPlace:
        """The place of one of the board's keys."""
        return self.check.tree.top[step]


@dataclass(frozen=True)
class MergedBoards:
    """Every board in every environment, with what is wrong in the boards, the defaults and the overrides."""

    boards: tuple[MergedBoard, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class _Environment:
    """What one environment gives its boards: defaults, and overrides by the board's name."""

    name: str | None
    defaults: Node | None
    """The project's defaults and the environment's own, merged."""
    overrides: dict[str, Node]
    enforced: Node | None
    """What no board may override: the project's and the environment's own, merged."""


def merge_boards(root: Node, written: Sequence[WrittenBoard]) -> MergedBoards:
    """Merge each board with the defaults and overrides of each environment."""
    shared = _drop_identity(root.get("defaults"))
    named = root.get("environments")
    nodes = named.mapping() if named else {}
    environments = [_read_environment(name, node, root, shared) for name, node in nodes.items()]
    environments = environments or [_Environment(None, shared, {}, read_enforced(root, None))]
    wrong = [*_check_identity(root, nodes.values()), *_check_defaults(shared, environments)]
    values = len(environments) * sum(board.node.size() for board in written)
    values += len(written) * sum(each.defaults.size() for each in environments if each.defaults)
    if values > MAX_NODES:
        return MergedBoards((), (*wrong, _report_too_many(root, len(written), len(environments))))
    boards = tuple(_merge_board(environment, board) for environment in environments for board in written)
    return MergedBoards(boards, (*wrong, *(each for board in boards for each in board.check.diagnostics)))


def _read_environment(name: str, node: Node, root: Node, shared: Node | None) -> _Environment:
    """Read what an environment gives. `shared`: the project's defaults."""
    own, boards = _drop_identity(node.get("defaults")), node.get("boards")
    overrides = {board: _drop_identity(over) for board, over in boards.mapping().items()} if boards else {}
    given = {board: over for board, over in overrides.items() if over}
    return _Environment(name, _overlay(shared, own), given, read_enforced(root, node))


def _merge_board(environment: _Environment, board: WrittenBoard) -> MergedBoard:
    """Merge all layers of one board, and check the result."""
    tree = _overlay(environment.defaults, board.node) or board.node
    override = environment.overrides.get(board.name or "")
    if override:
        tree = _overlay(tree, override, place=tree) or tree
    if environment.enforced:
        tree = enforce(tree, [layer for layer in (override, board.node) if layer], environment.enforced)
    if board.team and board.team is not board.node.get("team"):
        tree = tree.copy({**tree.mapping(), "team": board.team})
    return MergedBoard(environment.name, board, check_model(BoardSpec, tree, board.node))


def _overlay(under: Node | None, over: Node | None, place: Node | None = None) -> Node | None:
    """Merge two layers; `over` is the stronger. A merged mapping has the place of `place`, or else that of `over`."""
    if under is None or over is None:
        return over or under
    if not isinstance(under.value, dict) or not isinstance(over.value, dict):
        return over
    value = dict(under.value)
    for key, child in over.value.items():
        # Half of one window and half of another would make a third window, which nobody wrote.
        below = under.value.get(key) if key != "window" else None
        merged = _overlay(below, child, below if place else None)
        assert merged is not None
        value[key] = merged
    return (place or over).copy(value)


def _drop_identity(node: Node | None) -> Node | None:
    """Drop the keys of a layer that only a board itself may have. None if the layer is not a mapping."""
    if node is None or not isinstance(node.value, dict):
        return None
    return node.copy({key: child for key, child in node.value.items() if key not in IDENTITY})


def _check_identity(root: Node, environments: Iterable[Node]) -> Iterator[Diagnostic]:
    """Check that no defaults and no override have a key that only a board itself may have."""
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
def _make_smallest_board() -> Node:
    """Make a board to check defaults with. Its file has an empty name: an error there is not one of the defaults."""
    root = read_tree("", _SMALLEST).root
    assert root is not None
    return root


def _check_defaults(shared: Node | None, environments: Iterable[_Environment]) -> Iterator[Diagnostic]:
    """Check all defaults, even those that no board uses, by merging them into the smallest board."""
    smallest = _make_smallest_board()
    layers = dict.fromkeys(layer for layer in (shared, *(each.defaults for each in environments)) if layer)
    for layer in layers:
        tree = _overlay(smallest, layer, place=smallest)
        assert tree is not None
        yield from (each for each in check_model(BoardSpec, tree, smallest).diagnostics if each.file)


def _report_too_many(root: Node, boards: int, environments: int) -> Diagnostic:
    """Report that the boards of all environments together have more than MAX_NODES values."""
    where = root.get("defaults" if environments == 1 else "environments") or root
    message = (
        f"{plural(boards, 'board')} in {plural(environments, 'environment')}, each with all defaults, have more than "
        f"{MAX_NODES:,} values"
    )
    return where.diagnostic("size", message, "Split the project into several.", at_key=True)

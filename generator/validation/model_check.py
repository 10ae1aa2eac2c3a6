"""Checks a tree by a model. Misspelt keys and kinds of window are corrected first, so that mistakes below them are
found in the same run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.suggestions import suggest_choice
from generator.source.nodes import Node
from generator.validation.field_place import FieldTree, Steps
from generator.validation.model_errors import UNKNOWN_KEY, UNKNOWN_KIND, ModelError, collect_errors, describe_errors

_ROUNDS = 8
"""Rounds of corrections: each finds misspelt keys below those that the round before corrected."""

_MOST_ERRORS = 1000
"""In a tree with more errors than this, nothing is corrected: more is wrong than misspelt keys."""

_SIMILAR = 0.8
"""Minimum similarity (difflib's ratio) to correct a key. After a wrong guess, false errors would be reported in
the key's value."""

_M = TypeVar("_M", bound=BaseModel)


@dataclass(frozen=True, eq=False)
class ModelCheck(Generic[_M]):
    """The result of checking a tree by a model."""

    value: _M | None
    """The model's value; None if anything is wrong."""
    tree: FieldTree
    """The tree with corrected keys, and the places that are wrong."""
    diagnostics: tuple[Diagnostic, ...]

    def is_wrong(self, *steps: int | str) -> bool:
        """Whether the value at exactly that place is wrong."""
        return steps in self.tree.wrong


@dataclass(frozen=True)
class _Correction:
    """A misspelt key or kind, and what was meant by it."""

    error: ModelError
    meant: str


def check_model(model: type[_M], root: Node, written: Node | None = None) -> ModelCheck[_M]:
    """Check a tree by a model. For a merged board, `written` is the board as its file has it."""
    tree = FieldTree(model, root)
    value, errors = _validate(model, tree)
    if value is not None:
        return ModelCheck(value, tree, ())
    own = FieldTree(model, written) if written else tree
    diagnostics: list[Diagnostic] = []
    wrong: set[Steps] = set()
    for _ in range(_ROUNDS):
        corrections = _find_corrections(errors)
        if not corrections:
            break
        corrected = [correction.error for correction in corrections]
        diagnostics += describe_errors(corrected, own)
        wrong |= {error.spoilt.steps for error in corrected if error.kind != UNKNOWN_KEY}
        tree, own = _correct_tree(corrections, tree), _correct_tree(corrections, own)
        _, errors = _validate(model, tree)
    diagnostics += describe_errors(errors, own)
    wrong |= {error.spoilt.steps for error in errors}
    return ModelCheck(None, FieldTree(model, tree.root, frozenset(wrong)), tuple(diagnostics))


def _validate(model: type[_M], tree: FieldTree) -> tuple[_M | None, list[ModelError]]:
    try:
        return model.model_validate(tree.root.plain()), []
    except ValidationError as error:
        return None, collect_errors(tree, error)


def _find_corrections(errors: Sequence[ModelError]) -> list[_Correction]:
    """Find the errors that can be corrected."""
    found: list[_Correction] = []
    taken: set[Steps] = set()
    for error in errors if len(errors) <= _MOST_ERRORS else ():
        place = error.place
        if place.missing:
            continue
        if error.kind == UNKNOWN_KEY and place.above and (meant := place.meant_key):
            key = place.above[meant]
            # Of a window whose kind has another name, nothing is checked until it has the right one.
            surely = meant == place.above.declared.kind_key or _are_similar(str(place.step), meant)
            if not key.exists and key.steps not in taken and surely:
                taken.add(key.steps)
                found.append(_Correction(error, meant))
        elif (
            error.kind == UNKNOWN_KIND
            and (text := place.node.text())
            and (meant := suggest_choice(text, error.choices))
        ):
            found.append(_Correction(error, meant))
    return found


def _are_similar(key: str, meant: str) -> bool:
    from difflib import SequenceMatcher  # imported only if something is wrong: it takes 5 ms

    return SequenceMatcher(None, key.lower(), meant).ratio() >= _SIMILAR


def _correct_tree(corrections: Iterable[_Correction], tree: FieldTree) -> FieldTree:
    """Make the tree that was meant. Every node keeps its place and its path."""
    keys: dict[Node, str] = {}
    values: dict[Node, str] = {}
    changed: set[Node] = set()
    for correction in corrections:
        place = tree.top
        for step in correction.error.place.steps:
            place = place[step]
        if place.exists:
            (keys if correction.error.kind == UNKNOWN_KEY else values)[place.node] = correction.meant
            changed |= {above.node for above in place.lineage()}

    def correct(node: Node) -> Node:
        if node not in changed:
            return node
        if node in values:
            return node.copy(values[node])
        if isinstance(node.value, list):
            return node.copy([correct(child) for child in node.value])
        if isinstance(node.value, dict):
            return node.copy({keys.get(child, key): correct(child) for key, child in node.value.items()})
        return node

    return FieldTree(tree.model, correct(tree.root)) if changed else tree

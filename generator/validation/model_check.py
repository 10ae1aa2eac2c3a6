"""A tree held against its model. Misspelt keys and kinds of window are put right, so that what stands below them is
checked in the same run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.suggestions import choice
from generator.source.tree import Node
from generator.validation import model_errors
from generator.validation.model_paths import Loc, choices, columns, locate, meant_key, meant_kind, place

_ROUNDS = 8
"""How deep misspelt keys are looked for below misspelt keys."""

_MOST = 1000
"""Errors of one tree. More are no slips of the pen, and nothing is put right."""

_ALIKE = 0.8
"""How like the key that it was taken for a misspelt one is (difflib's ratio): what stands below a wrong guess is no
mistake."""


_M = TypeVar("_M", bound=BaseModel)


@dataclass(frozen=True)
class Checked(Generic[_M]):
    """A tree that was held against a model."""

    value: _M | None
    """None where anything is wrong."""
    node: Node
    """The tree, with the keys in it as they were meant."""
    wrong: frozenset[Loc]


@dataclass(frozen=True)
class _Correction:
    """Some of the errors of a tree, put right."""

    errors: list[ErrorDetails]
    """Those that are put right."""
    left: list[ErrorDetails]
    """Those of the corrected tree."""
    changes: dict[Loc, dict[str, str]]
    """Of mappings by their places: the key or the kind that is meant, by the key that stands there."""

    def apply(self, root: Node) -> Node:
        """The tree as it was meant. Every node keeps its place and its path."""
        return _changed(root, list(self.changes.items()))


def checked(model: type[_M], root: Node, found: list[Diagnostic], own: Node | None = None) -> Checked[_M]:
    """What is wrong is added to `found`. Below a key that is misspelt it is looked for as well."""
    try:
        return Checked(model.model_validate(root.plain()), root, frozenset())
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
    wrong: set[Loc] = set()
    for correction in _corrections(model, root, errors):
        found.extend(model_errors.explain(model, root, correction.errors, own))
        wrong |= {place(details["loc"]) for details in correction.errors if details["type"] != "extra_forbidden"}
        root, own = correction.apply(root), own and correction.apply(own)
        errors = correction.left
    found.extend(model_errors.explain(model, root, errors, own))
    return Checked(None, root, frozenset(wrong.union(place(details["loc"]) for details in errors)))


def _corrections(model: type[BaseModel], root: Node, errors: list[ErrorDetails]) -> Iterator[_Correction]:
    """Round after round what can be put right, of what the round before left."""
    for _ in range(_ROUNDS):
        if len(errors) > _MOST:
            return
        correction = _correction(model, root, errors)
        if not correction.errors:
            return
        root = correction.apply(root)
        try:
            model.model_validate(root.plain())
            errors = []
        except ValidationError as error:
            errors = error.errors(include_url=False, include_input=False)
        yield replace(correction, left=errors)


def _correction(model: type[BaseModel], root: Node, errors: Sequence[ErrorDetails]) -> _Correction:
    known = columns(root)
    right: list[ErrorDetails] = []
    changes: dict[Loc, dict[str, str]] = {}
    for details in errors:
        steps = place(details["loc"])
        node, left = locate(root, steps)
        if details["type"] == "extra_forbidden" and not left:
            key, parent = str(steps[-1]), locate(root, steps[:-1])[0]
            meant = meant_key(model, details["loc"], known)
            renamed = changes.setdefault(steps[:-1], {})
            taken = meant in parent.mapping() or meant in renamed.values()
            if meant and not taken and _alike(key, meant):
                renamed[key] = meant
                right.append(details)
        elif details["type"] == "union_tag_invalid" and not left:
            kind = node.mapping()["every"].text() if "every" in node.mapping() else None
            if meant := choice(kind, choices(details)) if kind else None:
                changes.setdefault(steps, {})["every"] = meant
                right.append(details)
        elif details["type"] == "union_tag_not_found" and not left and (named := meant_kind(node)):
            changes.setdefault(steps, {})[named] = "every"
            right.append(details)
    return _Correction(right, [], {steps: meant for steps, meant in changes.items() if meant})


def _alike(key: str, meant: str) -> bool:
    from difflib import SequenceMatcher  # only when something is wrong: it costs a start-up 5 ms

    return SequenceMatcher(None, key.lower(), meant).ratio() >= _ALIKE


def _changed(node: Node, changes: list[tuple[Loc, dict[str, str]]]) -> Node:
    """The node with some changes made, each at its place below it."""
    meant: dict[str, str] = {}
    below: dict[int | str, list[tuple[Loc, dict[str, str]]]] = {}
    for steps, renamed in changes:
        if steps[:1] == (0,) and not isinstance(node.value, list):  # one value where a list may stand
            steps = steps[1:]
        if steps:
            below.setdefault(steps[0], []).append((steps[1:], renamed))
        else:
            meant |= renamed
    if isinstance(node.value, list):
        return node.copy(
            [_changed(child, below[index]) if index in below else child for index, child in enumerate(node.value)]
        )
    value: dict[str, Node] = {}
    for key, child in node.mapping().items():
        child = _changed(child, below[key]) if key in below else child
        if key == "every" and key in meant:
            value[key] = child.copy(meant[key])
        else:
            value[meant.get(key, key)] = child
    return node.copy(value)

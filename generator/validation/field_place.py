"""A place in a file and the field of a model that it belongs to: what stands there, and what may stand there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.nearest import nearest
from generator.diagnostics.vocabulary import advise_on_key, keys_meant
from generator.source.nodes import Node, NodeValue, path_step
from generator.spec.board import IDENTITY, BoardSpec
from generator.spec.project import Project
from generator.spec.scoring import RuleSpec, column_names
from generator.spec.values import COLUMN, RULE_KEYS
from generator.validation.field_type import FieldType, homes, type_of

Step = int | str
Steps = tuple[Step, ...]
"""Keys and indices that lead from the top of a tree to a place."""

KEY_MARK = "[key]"
"""The last step of a location in pydantic's errors, if the key itself is wrong and not its value."""

_SIMILAR, _VERY_SIMILAR = 0.6, 0.8
"""Least similarity (difflib's ratio) of an unknown key with the one that was meant; more for a word that has advice."""

_MOST_ITEMS = 1000
"""Items of a list that rules look at. The models allow fewer, so a longer list is reported already."""


class FieldTree:
    """A tree, the model that describes it, and the places where it is wrong."""

    def __init__(self, model: type[BaseModel], root: Node, wrong: frozenset[Steps] = frozenset()) -> None:
        self.model = model
        self.root = root
        self.wrong = wrong
        """The places whose values are wrong: rules do not look at them."""

    @property
    def top(self) -> FieldPlace:
        """The place of the whole tree."""
        return FieldPlace(self, None, "", self.root, ())

    def at(self, location: Steps) -> FieldPlace:
        """Find the place of one of pydantic's locations.

        A location has steps that the file does not have: the kind of a value that may be of several kinds, and
        `columns` between a rule and its columns.
        """
        place = self.top
        steps = iter(location)
        for step in steps:
            in_rule = step == "columns" and place.type.model is RuleSpec and not place[step].exists
            if step == KEY_MARK or in_rule:
                continue
            place = place[step]
            if place.declared.kinds:
                next(steps, None)
        return place

    @cached_property
    def above_wrong(self) -> frozenset[Steps]:
        """The places above those whose values are wrong."""
        return frozenset(steps[:length] for steps in self.wrong for length in range(len(steps)))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that the board's `rank_by` names."""
        scoring = self.root.get("scoring")
        return tuple(name for name in column_names(scoring and scoring.plain()) if re.fullmatch(COLUMN, name))

    @cached_property
    def known_keys(self) -> frozenset[str]:
        """Every key that the models know somewhere. In a wrong place it is misplaced, not misspelt."""
        if self.model is not Project:
            return frozenset(homes(self.model))
        return frozenset((*homes(self.model), *BoardSpec.model_fields)) - set(IDENTITY)


class FieldPlace:
    """A place in a tree and the field of a model that it belongs to.

    `board["scoring"]["rules"][0]` is the place of a key or an item, even if nothing stands there. A single value in
    place of a list counts as its only item.
    """

    def __init__(self, tree: FieldTree, above: FieldPlace | None, step: Step, node: Node, missing: Steps) -> None:
        self.tree = tree
        self.above = above
        """The place of the mapping or list that this is in; None for the top."""
        self.step = step
        self.node = node
        """What stands here; if nothing does, what stands at the nearest place above."""
        self.missing = missing
        """The steps from the node to this place; empty if something stands here."""

    def __getitem__(self, step: Step) -> FieldPlace:
        """The place of a key or an item."""
        if self.missing:
            return FieldPlace(self.tree, self, step, self.node, (*self.missing, step))
        child = self.node.get(step)
        if child is not None:
            return FieldPlace(self.tree, self, step, child, ())
        is_only_item = step == 0 and not isinstance(self.node.value, list)
        return FieldPlace(self.tree, self, step, self.node, () if is_only_item else (step,))

    # What stands here.

    @property
    def exists(self) -> bool:
        """Whether anything stands here, right or wrong."""
        return not self.missing

    @property
    def sound(self) -> bool:
        """Whether no value is wrong here, above or below. Something need not stand here."""
        wrong = self.tree.wrong
        if not wrong:
            return True
        return self.steps not in self.tree.above_wrong and not any(each.steps in wrong for each in self.lineage())

    @property
    def given(self) -> bool:
        """Whether something stands here, and no value in it is wrong."""
        return not self.missing and self.sound

    @property
    def value(self) -> NodeValue:
        """The single value that stands here; None if there is none, or if it is wrong."""
        if self.missing or isinstance(self.node.value, dict | list) or not self.sound:
            return None
        return self.node.value

    @property
    def text(self) -> str | None:
        """The value, if it is text."""
        value = self.value
        return value if isinstance(value, str) else None

    @property
    def whole(self) -> int | None:
        """The value, if it is a whole number."""
        value = self.value
        return value if isinstance(value, int) else None

    @property
    def number(self) -> Decimal | None:
        """The value, if it is a number."""
        value = self.value
        return Decimal(value) if isinstance(value, int | Decimal) else None

    @property
    def effective(self) -> Any:
        """The value, or the model's default if nothing stands here; None if it is wrong."""
        if self.exists:
            return self.value
        return self.field.default if self.field and self.sound else None

    def items(self) -> list[FieldPlace]:
        """List the places of the items that stand here, right or wrong."""
        if self.missing:
            return []
        count = 1 if isinstance(self.node.value, dict) else len(self.node.sequence())
        return [self[index] for index in range(min(count, _MOST_ITEMS))]

    @cached_property
    def steps(self) -> Steps:
        """The keys and indices that lead here from the top."""
        return (*self.above.steps, self.step) if self.above else ()

    def lineage(self) -> Iterator[FieldPlace]:
        """Yield this place and all above it, up to the top."""
        place: FieldPlace | None = self
        while place:
            yield place
            place = place.above

    @property
    def path(self) -> str:
        """The keys that lead here, as a person would write them."""
        return f"{self.node.path}{''.join(map(path_step, self.missing))}".removeprefix(".")

    def diagnostic(self, code: str, message: str, hint: str = "", at_key: bool = False) -> Diagnostic:
        """Report something wrong here; if nothing stands here, at the nearest place above."""
        if self.exists:
            return self.node.diagnostic(code, message, hint, at_key)
        return Diagnostic(self.node.file, self.node.line, self.node.column, self.path, message, hint, code)

    def warning(self, code: str, message: str, hint: str, at_key: bool = False) -> Diagnostic:
        """Report something that is allowed here, but was probably not meant."""
        return replace(self.diagnostic(code, message, hint, at_key), severity="warning")

    # What may stand here.

    @cached_property
    def declared(self) -> FieldType:
        """The type that the model declares here."""
        return self.above.type.below(self.step) if self.above else type_of(self.tree.model)

    @cached_property
    def type(self) -> FieldType:
        """The type of the value that stands here: the declared one, or that of the value's kind."""
        return self.declared.kinds.get(self.kind or "", self.declared)

    @property
    def key_type(self) -> FieldType:
        """The type of the key of this place, in a mapping from names."""
        return self.above.type.key if self.above else self.declared.key

    @property
    def kind(self) -> str | None:
        """The kind of the value; None if there are no kinds, or if it is unknown."""
        discriminator = self.declared.discriminator
        if discriminator is None:
            return None
        kind = discriminator(self.node.value) if callable(discriminator) else self[discriminator].node.text()
        return kind if kind in self.declared.kinds else None

    @property
    def field(self) -> FieldInfo | None:
        """What the model says of this key; None for an item, and for a key that the model does not have."""
        return self.above.type.field(self.step) if self.above else None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that a mapping here may have; empty if it may have any, or if there may be no mapping."""
        model = self.type.model
        if model is RuleSpec:
            return (*RULE_KEYS, *self.tree.columns)
        if model:
            return tuple(model.model_fields)
        return (self.declared.kind_key,) if self.declared.kind_key else ()

    @cached_property
    def meant_key(self) -> str | None:
        """The key that was probably meant by an unknown one; None if none is similar, or if it belongs elsewhere."""
        if not self.above:
            return None
        key, keys = str(self.step), self.above.keys
        other = next((each for each in keys_meant(key) if each in keys and not self.above[each].exists), None)
        if other or key in self.tree.known_keys:
            return other
        return nearest(key, keys, _VERY_SIMILAR if advise_on_key(key) else _SIMILAR)


def find_repeated(places: Iterable[FieldPlace]) -> Iterator[FieldPlace]:
    """The places at which a text stands that an earlier one has."""
    seen: set[str] = set()
    for place in places:
        if place.text in seen:
            yield place
        elif place.text is not None:
            seen.add(place.text)

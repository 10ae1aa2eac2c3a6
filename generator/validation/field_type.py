"""What the models say of a field: its type, the types below it, and the kinds that its value may be of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag
from pydantic.fields import FieldInfo

from generator.spec.scoring import RuleSpec
from generator.spec.values import RULE_KEYS


class FieldType:
    """The type of a field, of an item or of a whole tree. All trees share it, so that each look-up is made once."""

    def __init__(self, annotation: Any) -> None:
        self.annotation = annotation
        """The type with its constraints; None if the models have no such place."""
        self._below: dict[str, FieldType] = {}

    def below(self, step: int | str) -> FieldType:
        """The type of a key or an item."""
        name = str(step) if self.field(step) else ""  # items, and keys that the model does not have, share one
        found = self._below.get(name)
        if found is None:
            found = self._below[name] = FieldType(self._annotation_below(name))
        return found

    def _annotation_below(self, name: str) -> Any:
        if field := self.field(name):
            return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
        if self.model is RuleSpec:  # its other keys are columns
            return self.below("columns").below(name).annotation
        return get_args(self.bare)[-1] if get_origin(self.bare) in (list, dict) else None

    def field(self, key: int | str) -> FieldInfo | None:
        """What a model says of one of its keys."""
        return self.model.model_fields.get(str(key)) if self.model else None

    @cached_property
    def bare(self) -> Any:
        """The type without its constraints and without its `| None`."""
        return _bare(self.annotation)

    @cached_property
    def model(self) -> type[BaseModel] | None:
        """The type itself, if it is a model; else None."""
        return self.bare if isinstance(self.bare, type) and issubclass(self.bare, BaseModel) else None

    @cached_property
    def key(self) -> FieldType:
        """The type of the keys of a mapping from names."""
        return FieldType(get_args(self.bare)[0] if get_origin(self.bare) is dict else None)

    @cached_property
    def discriminator(self) -> Any:
        """The key or the function that gives the kind of a value; None if its type has no kinds."""
        marks = get_args(self.annotation)[1:] if get_origin(self.annotation) is Annotated else ()
        return next((found for mark in marks if (found := getattr(mark, "discriminator", None))), None)

    @cached_property
    def kind_key(self) -> str | None:
        """The key that names the kind of a value, as `every` does for a window; None if there is none."""
        return self.discriminator if isinstance(self.discriminator, str) else None

    @cached_property
    def kinds(self) -> Mapping[str, FieldType]:
        """The type of each kind of value; empty if there are no kinds."""
        found: dict[str, FieldType] = {}
        for option in get_args(self.bare) if self.discriminator else ():
            tags = [mark.tag for mark in get_args(option) if isinstance(mark, Tag)]
            names = tags or get_args(option.model_fields[self.discriminator].annotation)
            found |= dict.fromkeys(names, FieldType(option))
        return found


@cache
def type_of(model: type[BaseModel]) -> FieldType:
    """The type of a tree that a model describes."""
    return FieldType(model)


@cache
def homes(model: type[BaseModel], path: str = "") -> Mapping[str, str]:
    """Each key of the model and of the models below it, with the path of the mapping that it belongs to."""
    found: dict[str, str] = {}
    for name, field in model.model_fields.items():
        if model is RuleSpec and name not in RULE_KEYS:
            continue
        found.setdefault(name, path)
        for inner in _models_in(field.annotation):
            here = f"{path}.{name}".removeprefix(".")
            for key, home in homes(inner, here).items():
                found.setdefault(key, home)
    return found


def _bare(annotation: Any) -> Any:
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    options = [option for option in get_args(annotation) if option is not NoneType]
    return _bare(options[0]) if get_origin(annotation) in (Union, UnionType) and len(options) == 1 else annotation


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models_in(argument)]

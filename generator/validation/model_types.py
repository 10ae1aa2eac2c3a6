"""What the models say of a type: the types below it, the kinds that it may be of, and where its keys belong."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag
from pydantic.fields import FieldInfo

from generator.spec.scoring import RuleSpec
from generator.spec.values import RULE_KEYS


def bare(annotation: Any) -> Any:
    """The type without its constraints and without its `| None`."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    options = [option for option in get_args(annotation) if option is not NoneType]
    return bare(options[0]) if get_origin(annotation) in (Union, UnionType) and len(options) == 1 else annotation


def model_of(annotation: Any) -> type[BaseModel] | None:
    """The model that the type is, if it is one."""
    inner = bare(annotation)
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def type_below(annotation: Any, step: int | str) -> Any:
    """The type of a key or an item of that type, with its constraints; None where the type has none there."""
    if model := model_of(annotation):
        field = model.model_fields.get(str(step))
        if field is None and model is RuleSpec:  # whatever is no key of its own is a column
            return type_below(model.model_fields["columns"].annotation, step)
        return with_constraints(field) if field else None
    inner = bare(annotation)
    return get_args(inner)[-1] if get_origin(inner) in (list, dict) else None


def with_constraints(field: FieldInfo) -> Any:
    """The type of a model's field, with its constraints."""
    return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation


def discriminator(annotation: Any) -> Any:
    """What tells the kinds of a union apart: the name of a key, or a function of the value; None for any other type."""
    marks = get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()
    return next((found for mark in marks if (found := getattr(mark, "discriminator", None))), None)


def kinds(annotation: Any) -> Mapping[str, Any]:
    """The options of a union that has a discriminator, by their kinds."""
    key = discriminator(annotation)
    found: dict[str, Any] = {}
    for option in get_args(bare(annotation)) if key else ():
        tags = [mark.tag for mark in get_args(option) if isinstance(mark, Tag)]
        found |= dict.fromkeys(tags or get_args(option.model_fields[key].annotation), option)
    return found


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


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models_in(argument)]

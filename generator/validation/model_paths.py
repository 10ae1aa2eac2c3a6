"""What the models say of a place in the file: its type, the keys it may have, and where else a key belongs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Tag
from pydantic_core import ErrorDetails

from generator.diagnostics.nearest import nearest
from generator.source.tree import Node, key_step
from generator.spec.board import BoardSpec
from generator.spec.project import Project
from generator.spec.scoring import RuleSpec, column_names
from generator.spec.values import COLUMN, RULE_KEYS

Loc = tuple[int | str, ...]
"""Keys and indices from the top to a place; of pydantic's, the kinds of a union's options are a part."""


def place(loc: Loc) -> Loc:
    """Where in the tree an error is: pydantic's location without the kind of window or of column's value, without what
    `Scoring` puts between a rule and its columns, and without its mark for keys."""
    steps = [key for key in loc if key != "[key]"]
    if steps[:2] == ["scoring", "rules"] and steps[3:4] == ["columns"] and len(steps) > 4:
        del steps[5:6], steps[3]
    if len(steps) > 2 and steps[0] == "window" and isinstance(steps[1], int):
        del steps[2]
    return tuple(steps)


def locate(root: Node, steps: Iterable[int | str]) -> tuple[Node, list[int | str]]:
    """The node at those steps, or the nearest above it and the steps that are left.

    One value where a list may stand counts as its only item.
    """
    node = root
    left = list(steps)
    while left:
        child = node.get(left[0])
        if child is not None:
            node = child
        elif left[0] != 0 or isinstance(node.value, list):
            break
        del left[0]
    return node, left


def step(key: int | str) -> str:
    """A key or an index as part of a path."""
    return key_step(key) if isinstance(key, str) else f"[{key}]"


def columns(root: Node) -> tuple[str, ...]:
    """The columns of a board's `rank_by` that could be such."""
    scoring = root.get("scoring")
    return tuple(name for name in column_names(scoring and scoring.plain()) if re.fullmatch(COLUMN, name))


def meant_key(model: type[BaseModel], loc: Loc, columns: tuple[str, ...]) -> str | None:
    """The key that an unknown one was probably meant to be; none where it is a key of some other place."""
    key = str(loc[-1])
    elsewhere = homes(model).keys() | (BoardSpec.model_fields.keys() - {"name", "team"} if model is Project else ())
    return None if key in elsewhere else nearest(key, keys(model, loc[:-1], columns))


def keys(model: type[BaseModel], loc: Loc, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The keys of the mapping at a location; none where anything but a model's mapping stands."""
    inner = bare(annotation_at(model, loc))
    if inner is RuleSpec:
        return (*RULE_KEYS, *columns)
    return tuple(inner.model_fields) if isinstance(inner, type) and issubclass(inner, BaseModel) else ()


def choices(details: ErrorDetails) -> tuple[str, ...]:
    """The values that pydantic says there are to choose from, numbers as their digits."""
    context = details.get("ctx", {})
    found = re.findall(r"'([^']*)'|\b(\d+)\b", context.get("expected") or context.get("expected_tags", ""))
    return tuple(text or number for text, number in found)


def annotation_at(annotation: Any, loc: Loc) -> Any:
    """The type at a location below a type, with its constraints; None where it is unknown."""
    for index, step in enumerate(loc):
        annotation = bare(annotation)
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin in (Union, UnionType):  # of windows, or of a column's values; the step is their kind, not a key
            annotation = next((option for option in arguments if _is_kind(option, step)), None)
        elif origin is dict and loc[index + 1 :] == ("[key]",):
            return arguments[0]
        elif origin is list or origin is dict:
            annotation = arguments[-1]
        elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
            field = annotation.model_fields.get(str(step))
            annotation = (
                Annotated[(field.annotation, *field.metadata)]
                if field and field.metadata
                else (field.annotation if field else None)
            )
        else:
            return None
    return annotation


def bare(annotation: Any) -> Any:
    """A type without its Annotated and without its `| None`."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    options = [option for option in get_args(annotation) if option is not NoneType]
    return bare(options[0]) if get_origin(annotation) in (Union, UnionType) and len(options) == 1 else annotation


def _is_kind(option: Any, kind: int | str) -> bool:
    if get_origin(option) is Annotated:
        return Tag(str(kind)) in get_args(option)
    annotation = option.model_fields["every"].annotation
    return get_origin(annotation) is Literal and kind in get_args(annotation)


@cache
def homes(model: type[BaseModel], path: str = "") -> dict[str, str]:
    """Each key of the model and the models below it, with the path of the mapping that it belongs to."""
    found: dict[str, str] = {}
    for name, field in model.model_fields.items():
        if model is RuleSpec and name not in RULE_KEYS:
            continue
        found.setdefault(name, path)
        for inner in _models(field.annotation):
            here = f"{path}.{name}".removeprefix(".")
            for key, home in homes(inner, here).items():
                found.setdefault(key, home)
    return found


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models(argument)]


def meant_kind(window: Node) -> str | None:
    """The key of a window that was probably meant to be `every`, or None."""
    if "every" in window.mapping():
        return None
    return next((key for key in window.mapping() if nearest(key, ("every",))), None)

"""pydantic's errors in our own words, each at its place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from generator.diagnostics import Diagnostic, listed, nearest, shown
from generator.scalars import written
from generator.source import BROKEN, Node, key_step
from generator.spec import Project
from generator.spec_board import BoardSpec
from generator.spec_scoring import RuleSpec, column_names
from generator.spelling import choice, spelling
from generator.values import COLUMN, PATTERNS, RULE_KEYS

Loc = tuple[int | str, ...]

_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "decimal_type": "a number",
    "is_instance_of": "a number",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}

_INSTEAD = {
    Decimal: "Write a number such as 10 or 0.5.",
    int: "Write a number without a point.",
    dict: "Write `key: value` below it.",
    list: "Write a list such as [a, b].",
}
"""What to write instead of another type, where the key has no example."""


def explain(
    model: type[BaseModel], root: Node, error: ValidationError, own: Node | None = None
) -> tuple[list[Diagnostic], frozenset[Loc]]:
    """What is wrong with the values of a tree, and which places of it no rule can judge any more.

    `root` is what was validated. Where it was merged, `own` is the part that the board itself wrote: what is missing
    is missing there. Nothing is said about what could not be read, nor about a key that is there misspelt.
    """
    errors = error.errors(include_url=False)
    scoring = root.get("scoring")
    columns = tuple(name for name in column_names(scoring and scoring.plain()) if re.fullmatch(COLUMN, name))
    misspelt = {
        (*details["loc"][:-1], _meant(model, details["loc"], columns))
        for details in errors
        if details["type"] == "extra_forbidden"
    }
    found: list[Diagnostic] = []
    for details in errors:
        if details["type"] == "missing" and details["loc"] in misspelt:
            continue
        diagnostic = _explain(model, root, details, own, columns)
        if diagnostic:
            found.append(diagnostic)
    return found, frozenset(place(details["loc"]) for details in errors)


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


def _explain(
    model: type[BaseModel], root: Node, details: ErrorDetails, own: Node | None, columns: tuple[str, ...]
) -> Diagnostic | None:
    kind, steps = details["type"], place(details["loc"])
    if kind == "union_tag_not_found":
        kind, steps = "missing", (*steps, "every")
    if kind == "missing":
        return _missing(model, root, details["loc"], steps, own)
    node, left = locate(root, steps)
    if left or node.value is BROKEN or (node.partial and kind in _TYPES):
        return None
    if kind == "union_tag_invalid":
        node = node.mapping().get("every", node)
        if node.value is BROKEN:
            return None
    at_key = details["loc"][-1] == "[key]"
    if kind == "extra_forbidden":
        code, message, hint = _unknown(model, details["loc"], columns)
        at_key = True
    elif at_key and kind == "string_pattern_mismatch":
        name = str(details["loc"][-2])
        hint = _meant_value(_down(model, details["loc"]), name) or "Give it another name."
        code, message = "key", f"{PATTERNS[details['ctx']['pattern']]}, not {shown(name)}"
    else:
        code, message, hint = _value(
            model, node.plain() if isinstance(node.value, dict | list) else node.value, details | {"type": kind}
        )
    return node.diagnostic(code, message, hint, at_key)


def _missing(model: type[BaseModel], root: Node, loc: Loc, steps: Loc, own: Node | None) -> Diagnostic | None:
    node, left = locate(root, steps)
    if node.partial or node.value is BROKEN:
        return None
    # A key under `defaults:` may be completed by each board: a board that did not is where something is missing. An
    # item of a list is not completed by anyone.
    if own is not None and not any(
        isinstance(key, int) and isinstance(locate(root, steps[:index])[0].value, list)
        for index, key in enumerate(steps)
    ):
        node, left = locate(own, [key for key in steps if isinstance(key, str)])
    key = str(steps[-1])
    example = ""
    parent = _bare(_down(model, loc[:-1])) if loc[-1] == key else None
    if isinstance(parent, type) and issubclass(parent, BaseModel):
        examples = parent.model_fields[key].examples
        example = f"Write `{key}: {written(examples[0])}`, with your own value." if examples else ""
    if key == "every":
        example = "Write one such as `every: all_time`, `every: day` or `every: week`."
    path = node.path + "".join(map(step, left))
    return Diagnostic(node.file, node.line, node.column, path.removeprefix("."), "is missing", example, "missing")


def _unknown(model: type[BaseModel], loc: Loc, columns: tuple[str, ...]) -> tuple[str, str, str]:
    key = str(loc[-1])
    home = _homes(model).get(key)
    if meant := _meant(model, loc, columns):
        hint = f'Did you mean "{meant}"?'
    elif model is Project and len(loc) == 1 and key in BoardSpec.model_fields:
        hint = "It belongs to a board, or under `defaults`."
    elif home is not None and loc[0] == "window" and home == "window":
        hint = f"A window with `every: {loc[2]}` has none."
    elif home is not None:
        hint = f"It belongs {f'under `{home}`' if home else 'to the board itself'}."
    else:
        hint = f"Keys here: {listed(_keys(model, loc[:-1], columns), 'and')}."
    return "unknown-key", "unknown key", hint


def _meant(model: type[BaseModel], loc: Loc, columns: tuple[str, ...]) -> str | None:
    """The key that an unknown one was probably meant to be; none where it is a key of some other place."""
    key = str(loc[-1])
    elsewhere = _homes(model).keys() | (BoardSpec.model_fields.keys() - {"name", "team"} if model is Project else ())
    return None if key in elsewhere else nearest(key, _keys(model, loc[:-1], columns))


def _value(model: type[BaseModel], value: Any, details: ErrorDetails) -> tuple[str, str, str]:
    """Code, what is wrong with a value, and what to write."""
    kind, context = details["type"], details.get("ctx", {})
    annotation = _down(model, details["loc"])
    if "hint" in context:
        meant = _meant_value(annotation, value) if kind == "duration" else ""
        hint = meant or str(context["hint"]) or _example(model, details["loc"], annotation)
        return kind, str(context["message"]), hint
    if value is None:
        return "empty", "is empty", f"Write {_TYPES.get(kind, 'a value')} here, or delete it."
    if kind in _TYPES:
        hint = _meant_value(annotation, value) or _example(model, details["loc"], annotation)
        return "type", f"must be {_TYPES[kind]}, not {_described(value)}", hint
    if kind in ("literal_error", "union_tag_invalid"):
        choices = re.findall(r"'([^']*)'|\b(\d+)\b", context.get("expected") or context.get("expected_tags", ""))
        words = tuple(text or number for text, number in choices)
        key = "every" if kind == "union_tag_invalid" else str(details["loc"][-1])
        hint = f"Write one of these, such as `{key}: {words[0]}`." if len(words) > 1 else f"Write `{key}: {words[0]}`."
        if isinstance(value, str) and len(words) > 1 and (near := choice(value, words)):
            hint = f'Did you mean "{near}"?'
        return "choice", f"must be {listed(words)}, not {_described(value)}", hint
    if kind == "string_pattern_mismatch":
        hint = _meant_value(annotation, value) or _example(model, details["loc"], annotation)
        return "pattern", f"{PATTERNS[context['pattern']]}, not {shown(value)}", hint
    if kind == "greater_than_equal":
        return "range", f"must be at least {context['ge']:,}, not {value:,}", f"Write {context['ge']} or more."
    if kind == "less_than_equal":
        return "range", f"must be at most {context['le']:,}, not {value:,}", f"Write {context['le']} or less."
    if kind == "string_too_long":
        return "length", f"has {len(value):,} characters, at most {context['max_length']} fit", "Write it shorter."
    if kind == "too_short":
        return "length", "is an empty list", "Write at least one item."
    if kind == "too_long":
        return "length", f"has {len(value):,} items, at most {context['max_length']} fit", "Leave some out."
    return "value", "is not a value that fits here", _example(model, details["loc"], annotation)


def _described(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    return shown(value) if isinstance(value, str) else f"the number {value}"


def _meant_value(annotation: Any, value: Any) -> str:
    """How to write what was probably meant, where something near fits."""
    bare = _bare(annotation)
    if annotation is None or (isinstance(bare, type) and issubclass(bare, BaseModel)):
        return ""
    meant = spelling(annotation, value)
    if meant is None:
        return ""
    if isinstance(meant, list) and isinstance(value, dict):
        return "Put a dash before it: it is one item of a list."
    if isinstance(value, str) and not isinstance(meant, str | bool) and str(meant) == value:
        return f"Write {value} without quotes."
    if isinstance(meant, str):
        return (
            f"{'Write' if isinstance(value, str) or str(value) != meant else 'Put it in quotes:'} {shown(meant, 100)}."
        )
    return f"Write {written(meant)}."


def _example(model: type[BaseModel], loc: Loc, annotation: Any) -> str:
    """What to write where nothing near is known."""
    if keys := _keys(model, loc, ()):
        return f"Write {listed(keys, 'or')} below it, {'each ' * (len(keys) > 1)}with its value."
    key, parent = loc[-1], _bare(_down(model, loc[:-1]))
    if isinstance(key, int):  # of a list, whose own examples are lists
        key, parent = loc[-2], _bare(_down(model, loc[:-2]))
    field = parent.model_fields.get(str(key)) if isinstance(parent, type) and issubclass(parent, BaseModel) else None
    example = (field.examples or [field.default])[0] if field else None
    bare = _bare(annotation)
    if isinstance(example, bool) or bare is bool:
        return "Write true or false."
    if isinstance(example, list) and example and isinstance(loc[-1], int):
        return f"Write one such as {written(example[0])}."
    if isinstance(example, str | int | Decimal | list | dict) and example not in ([], {}):
        return f"Write one such as `{key}: {written(example)}`."
    return _INSTEAD.get(get_origin(bare) or bare, "Write one that is.")


def _keys(model: type[BaseModel], loc: Loc, columns: tuple[str, ...]) -> tuple[str, ...]:
    inner = _bare(_down(model, loc))
    if inner is RuleSpec:
        return (*RULE_KEYS, *columns)
    return tuple(inner.model_fields) if isinstance(inner, type) and issubclass(inner, BaseModel) else ()


def _down(annotation: Any, loc: Loc) -> Any:
    """The type at a location below a type, with its constraints; None where it is unknown."""
    for index, step in enumerate(loc):
        annotation = _bare(annotation)
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


def _bare(annotation: Any) -> Any:
    """A type without its Annotated and without its `| None`."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    options = [option for option in get_args(annotation) if option is not NoneType]
    return _bare(options[0]) if get_origin(annotation) in (Union, UnionType) and len(options) == 1 else annotation


def _is_kind(option: Any, kind: int | str) -> bool:
    if get_origin(option) is Annotated:
        return Tag(str(kind)) in get_args(option)
    annotation = option.model_fields["every"].annotation
    return get_origin(annotation) is Literal and kind in get_args(annotation)


@cache
def _homes(model: type[BaseModel], path: str = "") -> dict[str, str]:
    """Each key of the model and the models below it, with the path of the mapping that it belongs to."""
    homes: dict[str, str] = {}
    for name, field in model.model_fields.items():
        if model is RuleSpec and name not in RULE_KEYS:
            continue
        homes.setdefault(name, path)
        for inner in _models(field.annotation):
            here = f"{path}.{name}".removeprefix(".")
            for key, home in _homes(inner, here).items():
                homes.setdefault(key, home)
    return homes


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models(argument)]

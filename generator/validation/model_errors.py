"""pydantic's errors in our own words, each at its place in the file."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.suggestions import choice, spelling
from generator.diagnostics.wording import join_words, quote
from generator.source.scalars import to_yaml
from generator.source.tree import BROKEN, Node
from generator.spec.board import BoardSpec
from generator.spec.project import Project
from generator.spec.values import PATTERNS
from generator.validation.model_paths import (
    Loc,
    annotation_at,
    bare,
    choices,
    columns,
    homes,
    keys,
    locate,
    meant_key,
    meant_kind,
    place,
    step,
)

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


_LACKING = ("missing", "union_tag_not_found")


def explain(
    model: type[BaseModel], root: Node, errors: Sequence[ErrorDetails], own: Node | None = None
) -> list[Diagnostic]:
    """What is wrong with the values of a tree.

    `root` is what was validated. Where it was merged, `own` is the part that the board itself wrote: what is missing
    is missing there. Nothing is said about what could not be read, nor about a key that is there misspelt.
    """
    known = columns(root)
    lacking = [details["loc"] for details in errors if details["type"] in _LACKING]
    misspelt = {
        (*details["loc"][:-1], meant_key(model, details["loc"], known))
        for details in (errors if lacking else ())
        if details["type"] == "extra_forbidden"
    }
    there = {loc for loc in lacking if any(loc[:length] in misspelt for length in range(1, len(loc) + 1))}
    found = []
    for details in errors:
        if details["type"] in _LACKING and details["loc"] in there:
            continue
        if diagnostic := _explain(model, root, details, own, known):
            found.append(diagnostic)
    return found


def _explain(
    model: type[BaseModel], root: Node, details: ErrorDetails, own: Node | None, known: tuple[str, ...]
) -> Diagnostic | None:
    kind, steps = details["type"], place(details["loc"])
    if kind == "union_tag_not_found":
        window, left = locate(root, steps)
        if not left and (key := meant_kind(window)):
            return window.mapping()[key].diagnostic("unknown-key", "unknown key", 'Did you mean "every"?', at_key=True)
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
    at_key = details["loc"][-1:] == ("[key]",)
    if kind == "extra_forbidden":
        code, message, hint = _unknown(model, details["loc"], known)
        at_key = True
    elif at_key and kind == "string_pattern_mismatch":
        name = str(details["loc"][-2])
        hint = _meant_value(annotation_at(model, details["loc"]), name) or "Give it another name."
        code, message = "key", f"{PATTERNS[details['ctx']['pattern']]}, not {quote(name)}"
    else:
        code, message, hint = _value(model, node.plain(), details)
    return node.diagnostic(code, message, hint, at_key)


def _missing(model: type[BaseModel], root: Node, loc: Loc, steps: Loc, own: Node | None) -> Diagnostic | None:
    node, left = locate(root, steps)
    if node.partial or node.value is BROKEN:
        return None
    # A key under `defaults:` may be completed by each board: a board that did not is where something is missing. An
    # item of a list is not completed by anyone, nor is a window.
    completed = steps[0] != "window" or len(steps) == 1
    if own is not None and completed and not any(isinstance(key, int) for key in steps):
        node, left = locate(own, [key for key in steps if isinstance(key, str)])
    key = str(steps[-1])
    example = ""
    field = _field(bare(annotation_at(model, loc[:-1])), key) if loc[-1] == key else None
    if field and field.examples:
        example = f"Write `{key}: {to_yaml(field.examples[0])}`, with your own value."
    if key == "version":
        example = "Write `version: 1`."
    if key == "every":
        example = "Write one such as `every: all_time`, `every: day` or `every: week`."
    path = node.path + "".join(map(step, left))
    return Diagnostic(node.file, node.line, node.column, path.removeprefix("."), "is missing", example, "missing")


def _unknown(model: type[BaseModel], loc: Loc, known: tuple[str, ...]) -> tuple[str, str, str]:
    key = str(loc[-1])
    home = homes(model).get(key)
    if meant := meant_key(model, loc, known):
        hint = f'Did you mean "{meant}"?'
    elif model is Project and len(loc) == 1 and key in BoardSpec.model_fields:
        hint = "It belongs to a board, or under `defaults`."
    elif home is not None and loc[0] == "window" and home == "window":
        hint = f"A window with `every: {loc[2]}` has no `{key}`. Delete it."
    elif home is not None:
        hint = f"It belongs {f'under `{home}`' if home else 'to the board itself'}."
    else:
        hint = f"Keys here: {join_words(keys(model, loc[:-1], known), 'and')}."
    return "unknown-key", "unknown key", hint


def _value(model: type[BaseModel], value: Any, details: ErrorDetails) -> tuple[str, str, str]:
    """Code, what is wrong with a value, and what to write."""
    kind, context = details["type"], details.get("ctx", {})
    annotation = annotation_at(model, details["loc"])
    if value is None:
        hint = _example(model, details["loc"], annotation)
        return "empty", "is empty", hint if _required(model, details["loc"]) else f"{hint[:-1]}, or delete the key."
    if "hint" in context:
        meant = _meant_value(annotation, value) if kind == "duration" else ""
        hint = meant or str(context["hint"]) or _example(model, details["loc"], annotation)
        return kind, str(context["message"]), hint
    if kind in _TYPES:
        hint = _meant_value(annotation, value) or _example(model, details["loc"], annotation)
        return "type", f"must be {_TYPES[kind]}, not {_described(value)}", hint
    if kind in ("literal_error", "union_tag_invalid"):
        words = choices(details)
        key = "every" if kind == "union_tag_invalid" else str(details["loc"][-1])
        hint = f"Write one of these, such as `{key}: {words[0]}`." if len(words) > 1 else f"Write `{key}: {words[0]}`."
        if isinstance(value, str) and len(words) > 1 and (near := choice(value, words)):
            hint = f'Did you mean "{near}"?'
        return "choice", f"must be {join_words(words)}, not {_described(value)}", hint
    if kind == "string_pattern_mismatch":
        hint = _meant_value(annotation, value) or _example(model, details["loc"], annotation)
        return "pattern", f"{PATTERNS[context['pattern']]}, not {quote(value)}", hint
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
    return quote(value) if isinstance(value, str) else f"the number {value}"


def _meant_value(annotation: Any, value: Any) -> str:
    """How to write what was probably meant, where something near fits."""
    plainest = bare(annotation)
    if annotation is None or (isinstance(plainest, type) and issubclass(plainest, BaseModel)):
        return ""
    meant = spelling(annotation, value)
    if meant is None:
        return ""
    if isinstance(meant, list) and isinstance(value, dict):
        if value and all(isinstance(item, dict) for item in value.values()):  # by name, as teams are
            name = quote(str(next(iter(value))))[1:-1]
            return f"Write each as an item of a list, `- name: {name}`, with its keys below."
        return "It is one item of a list: put a dash before it, or [ ] around it."
    if isinstance(value, str) and not isinstance(meant, str) and to_yaml(meant) == value:
        return f"Write {value} without quotes."
    if isinstance(meant, str):
        return (
            f"{'Write' if isinstance(value, str) or str(value) != meant else 'Put it in quotes:'} {quote(meant, 100)}."
        )
    return f"Write {to_yaml(meant)}."


def _required(model: type[BaseModel], loc: Loc) -> bool:
    field = _field(bare(annotation_at(model, loc[:-1])), loc[-1])
    return field is None or field.is_required()


def _field(parent: Any, key: int | str) -> FieldInfo | None:
    """What a model says of one of its keys."""
    return parent.model_fields.get(str(key)) if isinstance(parent, type) and issubclass(parent, BaseModel) else None


def _example(model: type[BaseModel], loc: Loc, annotation: Any) -> str:
    """What to write where nothing near is known: an example, or what may stand there."""
    if not loc:
        return f"Write {join_words(keys(model, loc, ()), 'and')} here, each with its value."
    if loc[0] == "boards":
        return "Write a board: name, team, scoring and window, each with its value."
    key, parent = loc[-1], bare(annotation_at(model, loc[:-1]))
    if isinstance(key, int):  # of a list, whose own examples are lists
        key, parent = loc[-2], bare(annotation_at(model, loc[:-2]))
    field = _field(parent, key)
    example = (field.examples or [field.default])[0] if field else None
    below = keys(model, loc, ())
    plainest = bare(annotation)
    if isinstance(example, bool) or plainest is bool:
        return "Write true or false."
    if isinstance(loc[-1], int) and isinstance(example, list) and example:
        return f"Write one such as {to_yaml(example[0])}."
    if isinstance(loc[-1], int) and isinstance(example, dict) and example:
        return f"Write one such as {to_yaml(example)}."
    if isinstance(example, str | int | Decimal) or (isinstance(example, list | dict) and example):
        return f"Write one such as `{key}: {to_yaml(example)}`."
    if below:
        return f"Write {join_words(below, 'or')} below it, {'each ' * (len(below) > 1)}with its value."
    return _INSTEAD.get(get_origin(plainest) or plainest, "Write a value.")

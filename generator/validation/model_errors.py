"""Describes pydantic's errors in our own words, each at its place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.suggestions import suggest_choice, suggest_value
from generator.diagnostics.vocabulary import advise_on_choice, advise_on_key, keys_meant
from generator.diagnostics.wording import join_words, quote
from generator.source.nodes import BROKEN
from generator.source.scalars import to_yaml
from generator.spec.board import BoardSpec
from generator.spec.project import Project
from generator.spec.values import PATTERNS
from generator.validation.field_place import KEY_MARK, FieldPlace, FieldTree
from generator.validation.field_type import FieldType, homes

MISSING, UNKNOWN_KEY, UNKNOWN_KIND = "missing", "extra_forbidden", "union_tag_invalid"
"""pydantic's names of errors: a key is missing, a key is unknown, the kind of a window is unknown."""

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
"""The type that a value must have, by pydantic's name of the error."""

_INSTEAD = {
    Decimal: "Write a number such as 10 or 0.5.",
    int: "Write a number without a point.",
    dict: "Write `key: value` below it.",
    list: "Write a list such as [a, b].",
}
"""What to write for a type, if the key has no example."""

_EXAMPLES = {
    "version": "Write `version: 1`.",
    "every": "Write one such as `every: all_time`, `every: day` or `every: week`.",
}
"""What to write for keys whose examples in the models are not enough."""


@dataclass(frozen=True, eq=False, slots=True)
class ModelError:
    """One of pydantic's errors."""

    kind: str
    """pydantic's name of it."""
    place: FieldPlace
    """Where it is reported."""
    spoilt: FieldPlace
    """The place that rules must skip because of it: `place`, or the whole window if its kind is unknown."""
    of_key: bool
    """Whether the key is wrong, not the value."""
    context: Mapping[str, Any]
    """More about it: bounds, choices, or a sentence of our own."""

    @property
    def choices(self) -> tuple[str, ...]:
        """The values to choose from, numbers as their digits."""
        words = self.context.get("expected") or self.context.get("expected_tags", "")
        return tuple(text or number for text, number in re.findall(r"'([^']*)'|\b(\d+)\b", words))


def collect_errors(tree: FieldTree, error: ValidationError) -> list[ModelError]:
    """Collect the errors that pydantic found in a tree."""
    return [_make_error(tree, details) for details in error.errors(include_url=False, include_input=False)]


def _make_error(tree: FieldTree, details: ErrorDetails) -> ModelError:
    kind, place = details["type"], tree.at(details["loc"])
    shown, kind_key = place, place.declared.kind_key
    if kind == UNKNOWN_KIND and kind_key:
        shown = place[kind_key]
    elif kind == "union_tag_not_found" and kind_key:
        kind, shown = MISSING, place[kind_key]
        if misspelt := next((key for key in place.node.mapping() if place[key].meant_key), None):
            kind, shown = UNKNOWN_KEY, place[misspelt]
    of_key = kind == UNKNOWN_KEY or details["loc"][-1:] == (KEY_MARK,)
    return ModelError(kind, shown, place, of_key, details.get("ctx", {}))


def describe_errors(errors: Sequence[ModelError], written: FieldTree) -> Iterator[Diagnostic]:
    """Describe errors for a person.

    For a merged board, `written` is the board as its file has it: a missing key is reported there. A value that could
    not be read was reported already, and a missing key is not reported if a misspelling of it is.
    """
    lacking = any(error.kind == MISSING for error in errors)
    misspelt = {
        (*error.place.steps[:-1], error.place.meant_key)
        for error in (errors if lacking else ())
        if error.kind == UNKNOWN_KEY
    }
    for error in errors:
        if error.kind != MISSING:
            yield from _describe(error)
        elif not any(place.steps in misspelt for place in error.place.lineage()):
            yield from _describe_missing(error.place, written)


def _describe(error: ModelError) -> Iterator[Diagnostic]:
    node = error.place.node
    if error.place.missing or node.value is BROKEN or (node.partial and error.kind in _TYPES):
        return
    if error.kind == UNKNOWN_KEY:
        code, message, hint = "unknown-key", "unknown key", _suggest_key(error.place)
    elif error.of_key and error.kind == "string_pattern_mismatch":
        name = str(error.place.step)
        hint = _suggest_value(error.place.key_type, name) or "Give it another name."
        code, message = "key", f"{PATTERNS[error.context['pattern']]}, not {quote(name)}"
    else:
        code, message, hint = _describe_value(error)
    yield node.diagnostic(code, message, hint, error.of_key)


def _describe_missing(place: FieldPlace, written: FieldTree) -> Iterator[Diagnostic]:
    assert place.above
    if place.node.partial or place.node.value is BROKEN:
        return
    # A board may complete a mapping of `defaults:`, so a key that is still lacking is missing in the board. Nothing
    # completes an item of a list, or a window.
    completed = place.steps[0] != "window" or len(place.steps) == 1
    if completed and not any(isinstance(step, int) for step in place.steps):
        place = written.at(place.steps)
    key = str(place.step)
    example = _EXAMPLES.get(key, "")
    if not example and place.field and place.field.examples:
        example = f"Write `{key}: {to_yaml(place.field.examples[0])}`, with your own value."
    yield Diagnostic(place.node.file, place.node.line, place.node.column, place.path, "is missing", example, "missing")


def _suggest_key(place: FieldPlace) -> str:
    """Suggest what to write instead of an unknown key."""
    assert place.above
    key, steps = str(place.step), place.steps
    home = homes(place.tree.model).get(key)
    if place.meant_key:
        return f'Did you mean "{place.meant_key}"?'
    if place.tree.model is Project and len(steps) == 1 and key in BoardSpec.model_fields:
        return "It belongs to a board, or under `defaults`."
    if home == "window" and steps[0] == "window":
        kind = next(each.kind for each in place.lineage() if each.kind)
        return f"A window with `every: {kind}` has no `{key}`. Delete it."
    if home is not None:
        return f"It belongs {f'under `{home}`' if home else 'to the board itself'}."
    return advise_on_key(key) or _find_elsewhere(place) or f"Keys here: {join_words(place.above.keys, 'and')}."


def _find_elsewhere(place: FieldPlace) -> str:
    """Name the keys that a word stands for and that have their place elsewhere; empty if there are none."""
    model, meant = place.tree.model, keys_meant(str(place.step))
    own = ".".join(step for step in place.steps[:-1] if isinstance(step, str))
    known = homes(model)
    if there := [key for key in meant if known.get(key) == own and key != place.step]:
        return f"It is `{there[0]}` here, which is there already. Delete one of them."
    top = "at the top of the main file" if model is Project else "on the board itself"
    found = [f"`{key}` {f'under `{known[key]}`' if known[key] else top}" for key in meant if key in known]
    if not found and model is not Project:
        beside = homes(Project)
        found = [
            f"`{key}` {f'under `{beside[key]}`' if beside[key] else 'at the top of the main file'}"
            for key in meant
            if key in beside
        ]
    if not found and len(place.steps) == 1:
        ofs = homes(BoardSpec)
        found = [f"`{key}` {f'under `{ofs[key]}` ' if ofs[key] else ''}of a board" for key in meant if key in ofs]
    text = f"It is {join_words(found[:3])}." if found else ""
    return text.replace(f"It is `{place.step}` ", "It belongs ") if len(found) == 1 else text


def _describe_value(error: ModelError) -> tuple[str, str, str]:
    """Make three texts: the code, what is wrong with the value, and what to write."""
    kind, context, place = error.kind, error.context, error.place
    value, field_type = place.node.plain(), place.key_type if error.of_key else place.type
    if value is None:
        required = place.field is None or place.field.is_required()
        hint = _show_example(place)
        return "empty", "is empty", hint if required else f"{hint[:-1]}, or delete the key."
    meant = _suggest_value(field_type, value) if kind in (*_TYPES, "duration", "string_pattern_mismatch") else ""
    if "hint" in context:
        return kind, str(context["message"]), meant or str(context["hint"]) or _show_example(place)
    if kind in _TYPES:
        return "type", f"must be {_TYPES[kind]}, not {_name_value(value)}", meant or _show_example(place)
    if kind == "string_pattern_mismatch":
        return "pattern", f"{PATTERNS[context['pattern']]}, not {quote(value)}", meant or _show_example(place)
    if kind in ("literal_error", UNKNOWN_KIND):
        choices = error.choices
        message = f"must be {join_words(choices)}, not {_name_value(value)}"
        return "choice", message, _suggest_one_of(str(place.step), choices, value)
    return _describe_bounds(kind, context, value) or ("value", "is not a value that fits here", _show_example(place))


def _describe_bounds(kind: str, context: Mapping[str, Any], value: Any) -> tuple[str, str, str] | None:
    """Describe a value that is too small, too large, too short or too long; None if it is none of these."""
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
    return None


def _suggest_one_of(key: str, choices: Sequence[str], value: Any) -> str:
    """Suggest which choice to write."""
    if len(choices) == 1:
        return f"Write `{key}: {choices[0]}`."
    if isinstance(value, str) and (advice := advise_on_choice(key, value)):
        return advice
    near = suggest_choice(value, tuple(choices)) if isinstance(value, str) else None
    return f'Did you mean "{near}"?' if near else f"Write one of these, such as `{key}: {choices[0]}`."


def _name_value(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    return quote(value) if isinstance(value, str) else f"the number {value}"


def _suggest_value(field_type: FieldType, value: Any) -> str:
    """Suggest the value that was probably meant; empty if no similar one is right."""
    if field_type.annotation is None or field_type.model:
        return ""
    meant = suggest_value(field_type.annotation, value)
    if meant is None:
        return ""
    if isinstance(meant, list) and isinstance(value, dict):
        if value and all(isinstance(item, dict) for item in value.values()):  # a mapping from names, as for teams
            name = quote(str(next(iter(value))))[1:-1]
            return f"Write each as an item of a list, `- name: {name}`, with its keys below."
        return "It is one item of a list: put a dash before it, or [ ] around it."
    if isinstance(value, str) and not isinstance(meant, str) and to_yaml(meant) == value:
        return f"Write {value} without quotes."
    if isinstance(meant, str):
        only_quotes = not isinstance(value, str) and str(value) == meant
        return f"{'Put it in quotes:' if only_quotes else 'Write'} {quote(meant, 100)}."
    return f"Write {to_yaml(meant)}."


def _show_example(place: FieldPlace) -> str:
    """Show what may be written: an example, or the keys, or the type."""
    if not place.above:
        return f"Write {join_words(place.keys, 'and')} here, each with its value."
    if place.steps[0] == "boards":
        return "Write a board: name, team, scoring and window, each with its value."
    if place.step == place.above.declared.kind_key:
        return _EXAMPLES["every"]
    is_item = isinstance(place.step, int)
    field = place.above.field if is_item else place.field  # the model has examples of the whole list
    example = (field.examples or [field.default])[0] if field else None
    inner = place.type.bare
    if isinstance(example, bool) or inner is bool:
        return "Write true or false."
    if is_item and isinstance(example, list | dict) and example:
        return f"Write one such as {to_yaml(example[0] if isinstance(example, list) else example)}."
    if isinstance(example, str | int | Decimal) or (isinstance(example, list | dict) and example):
        key = place.above.step if is_item else place.step
        return f"Write one such as `{key}: {to_yaml(example)}`."
    if place.keys:
        return f"Write {join_words(place.keys, 'or')} below it, {'each ' * (len(place.keys) > 1)}with its value."
    return _INSTEAD.get(get_origin(inner) or inner, "Write a value.")

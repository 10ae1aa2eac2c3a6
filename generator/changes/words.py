"""Puts values of a board into the words of an edit. Whatever people wrote is safe to print."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from generator.diagnostics.wording import escape_invisible, join_words, quote
from runtime.config import Column, Points, Rule, Scalar

_MOST = 6
"""Names that a list in a sentence has; more are counted."""


def show(value: Any) -> str:
    """A value in a few words: text as it is where it is a plain word, else in quotes; None as `none`."""
    if value is None or value == "" or value == [] or value == ():
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    if isinstance(value, str):
        return value if value.isprintable() and len(value) <= 120 and " " not in value else quote(value, 120)
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return join_names(value)
    return escape_invisible(json.dumps(value, default=str, ensure_ascii=False))[:160]


def turn(what: str, old: Any, new: Any) -> str:
    """`what OLD -> NEW`."""
    return f"{what} {show(old)} -> {show(new)}"


def join_names(names: Iterable[str]) -> str:
    """Names as a list in a sentence; of many the first, and how many more."""
    shown = [show(name) for name in names]
    if len(shown) > _MOST:
        shown = [*shown[: _MOST - 1], f"{len(shown) - _MOST + 1:,} more"]
    return join_words(shown or ["none"], "and")


def show_seconds(seconds: int | None) -> str:
    """A duration as people write it: `2d6h`, `10m`, `0s`; None as `none`."""
    if seconds is None:
        return "none"
    sizes = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
    counts = [
        (seconds // size if unit == "d" else seconds // size % (24 if unit == "h" else 60), unit)
        for unit, size in sizes
    ]
    return "".join(f"{count}{unit}" for count, unit in counts if count) or "0s"


def show_scaled(value: int | None, column: Column) -> str:
    """A number of a column, scaled by its decimals, as people write it."""
    return "none" if value is None else f"{Decimal(value).scaleb(-column.decimals).normalize():,f}"


def show_points(points: Sequence[Points], columns: Sequence[Column]) -> str:
    """What a rule gives: `10`, `10 + 0.01 x damage`, or `COLUMN = ...` for each column."""
    shown = [_show_given(each) for each in points]
    if len(shown) == 1:
        return shown[0]
    named = zip(columns, shown, strict=False)
    return ", ".join(f"{column.name} = {given}" for column, given in named if column.aggregate != "count")


def name_rule(rule: Rule) -> str:
    """A rule by the activities that it is for: `kill`, or `kill where mode is ranked or duel`."""
    conditions = [f"{show(field)} is {join_words(map(_show_scalar, values))}" for field, values in rule.when]
    return f"{show(rule.activity)} where {join_words(conditions, 'and')}" if conditions else show(rule.activity)


def _show_given(points: Points) -> str:
    field = f"{points.factor:f} x {show(points.field)}" if points.factor != 1 else show(points.field)
    if points.field is None:
        return f"{points.constant:f}"
    return f"{points.constant:f} + {field}" if points.constant else field


def _show_scalar(value: Scalar) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else show(value)

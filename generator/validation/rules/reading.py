"""Rules about how people read the numbers of a column: its format, its unit, its digits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.suggestions import suggest_choice
from generator.diagnostics.wording import join_words, plural, quote
from generator.spec.columns.reading import CURRENCIES, DEFAULT_UNITS, UNITS
from generator.validation.field_place import FieldPlace
from generator.validation.rules.scoring_facts import ColumnFacts, ScoringFacts
from runtime.config import ColumnFormat
from runtime.domain.texts.numbers import SYMBOLS

READING = ("title", "format", "unit")
"""The keys of a column, or of the board's only score, that say how people read it."""

_PLURALS = {"percent": "percents have", "ordinal": "ordinals have"}

_CURRENCIES = {"$": "USD", "¥": "JPY", "dollar": "USD", "euro": "EUR", "pound": "GBP", "yen": "JPY"}
"""Other words and signs for the most frequent currencies."""


def check_reading(facts: ScoringFacts) -> Iterator[Diagnostic]:
    """Check how people read each column of a board, or its score."""
    scoring = facts.scoring
    if facts.ranks_by_columns:
        for key in READING:
            if scoring[key].exists:
                message = f"each column of `rank_by` has its own {key}"
                yield scoring[key].diagnostic("reading", message, "Move it to a column there.", at_key=True)
    places = scoring["rank_by"].items() if facts.ranks_by_columns else [scoring]
    for place in places:
        yield from _check_unit(place)
    for column in facts.scored if facts.decimals else ():
        yield from _check_ordinal(column.place or scoring, facts.decimals[column.name], column)


def _check_unit(place: FieldPlace) -> Iterator[Diagnostic]:
    """Check that the unit is one that the format takes."""
    form, unit = place["format"].effective, place["unit"]
    if form == "currency" and not unit.exists:
        hint = (
            "Write its code in ISO 4217, such as `unit: EUR`. For coins of your game, `unit: coins` without a format."
        )
        yield place["format"].diagnostic("unit", "a currency has a unit", hint, at_key=True)
    if unit.text is None or form not in get_args(ColumnFormat) or form not in UNITS or unit.text in UNITS[form]:
        return
    units = UNITS[form]
    if not units:
        yield unit.diagnostic("unit", f"{_PLURALS[form]} no unit", "Delete it.", at_key=True)
        return
    if form == "currency":
        known, meant = "a currency's code in ISO 4217", _find_currency(unit.text)
        advice = "Write one such as `unit: EUR`; for coins of your game, delete the `format`."
    else:
        known, meant = join_words(units), suggest_choice(unit.text, units)
        advice = f"Write one such as `unit: {DEFAULT_UNITS[form]}`."
    hint = f'Did you mean "{meant}"?' if meant else advice
    yield unit.diagnostic("unit", f"must be {known}, not {quote(unit.text)}", hint)


def _find_currency(text: str) -> str | None:
    """The code of the currency that was probably meant."""
    codes = {sign: code for code, sign in SYMBOLS.items()} | _CURRENCIES
    return codes.get(text.lower().removesuffix("s")) or codes.get(text) or suggest_choice(text, CURRENCIES)


def _check_ordinal(place: FieldPlace, decimals: int, column: ColumnFacts) -> Iterator[Diagnostic]:
    """Check that the numbers of places are whole."""
    if decimals and place["format"].text == "ordinal":
        message = f"ordinals are whole numbers, and {column.name} has {plural(decimals, 'digit')} after the point"
        yield place["format"].diagnostic("ordinal", message, "Write `decimals: 0` beside it, or another format.")

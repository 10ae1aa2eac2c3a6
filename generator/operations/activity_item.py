"""Makes the item of one activity from the words of a command line, as a game server would write it.

A field's value is a number where it is written as JSON writes numbers, a boolean where it is `true` or `false`, and a
text otherwise. Double quotes make a text of anything: `mode='"7"'`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from generator.diagnostics.wording import quote
from generator.errors import InputError
from runtime.domain import activity
from runtime.domain.activity import StreamRecord
from runtime.domain.instants import DAY
from runtime.dynamodb.table import Item

LIFE_DAYS = 40
"""How long the item lives, from the activity's time: the 31 days that it must, and nine more."""
MAX_DIGITS = 38
"""Digits of a number, and MAX_EXPONENT its size: what DynamoDB takes (Amazon DynamoDB developer guide, "Supported data
types and naming rules in Amazon DynamoDB")."""
MIN_EXPONENT, MAX_EXPONENT = -130, 125

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,4})?")
_OTHER_NUMBER = re.compile(r" *([+-]?)([0-9]{0,15})(?:[.,](?![0-9]{3} *\Z)([0-9]{0,15}))? *", re.ASCII)
"""A number as people write it elsewhere. What may be thousands, as 1,500, is left alone."""
_OPTIONS = {"player_id": "--player", "activity_id": "--id", "type": "--type", "name": "--name"}
"""Attributes of an activity that have an option, so that no field may have their name."""


@dataclass(frozen=True)
class DraftActivity:
    """An activity that is not written yet."""

    player_id: str
    activity_id: str
    type: str
    name: str | None = None
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Its other attributes, in DynamoDB's JSON."""

    @property
    def item(self) -> Item:
        """The item in DynamoDB's JSON."""
        item: Item = {name: {"S": getattr(self, name)} for name in ("player_id", "activity_id", "type")}
        if self.name is not None:
            item["name"] = {"S": self.name}
        if activity.ACTIVITY_ID.fullmatch(self.activity_id):
            expires_at = (activity.time_of(self.activity_id) + LIFE_DAYS * DAY) // 1000
            item["expires_at"] = {"N": str(expires_at)}
        return item | self.fields

    def make_record(self, written: int) -> StreamRecord:
        """The record that the table's stream gets where the item is written at that time, in milliseconds."""
        return StreamRecord(self.player_id, self.activity_id, written // 1000 * 1000 + 999, self.item)


def parse_fields(words: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Read FIELD=VALUE words into attributes in DynamoDB's JSON. Raises InputError with a line for each mistake."""
    found: dict[str, dict[str, Any]] = {}
    mistakes: list[str] = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            mistakes.append(f"{quote(word)} is no FIELD=VALUE, such as damage=12.5 or mode=ranked.")
        elif name in _OPTIONS:
            mistakes.append(f"{quote(word)}: write {_OPTIONS[name]} for it.")
        elif name in found:
            mistakes.append(f"the field {quote(name)} is given twice.")
        else:
            try:
                found[name] = parse_value(value)
            except ValueError as error:
                mistakes.append(f"{quote(word)}: {error}")
    if mistakes:
        raise InputError("\n".join(mistakes))
    return found


def parse_value(text: str) -> dict[str, Any]:
    """Read a value into DynamoDB's JSON: a number, a boolean, or a text. Raises ValueError for what it refuses."""
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return {"S": _read_quoted(text)}
    if text in ("true", "false"):
        return {"BOOL": text == "true"}
    if not _NUMBER.fullmatch(text):
        return {"S": text}
    number = Decimal(text)
    # Zeros at both ends are no digits of a number.
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    if len(digits) > MAX_DIGITS or (number and not MIN_EXPONENT <= number.adjusted() <= MAX_EXPONENT):
        raise ValueError(
            f"DynamoDB's numbers have up to {MAX_DIGITS} digits and lie between 1e{MIN_EXPONENT} and "
            f"1e{MAX_EXPONENT + 1}; for a text write it in double quotes."
        )
    return {"N": text}


def write_value(value: str | bool | float) -> str:
    """Write a value so that `parse_value` reads the same: the other way round."""
    if isinstance(value, str):
        is_plain = parse_value(value) == {"S": value}
        return value if is_plain else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def spell_number(text: str) -> str | None:
    """How a number is written here that a person wrote in another way, such as .5, +5 or 1,5; None for other texts."""
    found = _OTHER_NUMBER.fullmatch(text)
    if found is None:
        return None
    sign, whole, fraction = found.groups(default="")
    spelt = f"{sign.strip('+')}{whole.lstrip('0') or '0'}{f'.{fraction}' if fraction else ''}"
    return spelt if any(each.isdigit() for each in text) and "N" in parse_value(spelt) else None


def _read_quoted(text: str) -> str:
    """The text between double quotes: JSON's escapes are read where they are JSON's."""
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]

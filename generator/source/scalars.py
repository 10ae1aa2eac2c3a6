"""Parses unquoted text by YAML 1.2's core schema (YAML 1.2.2, section 10.3.2), and writes values. Numbers are exact."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from generator.aws import limits

Scalar = str | bool | int | Decimal | None

_MAX_NUMBER = 40
"""Characters that a number may have: our format needs 29 (a sign, 15 digits, the point, 12 digits), and
converting text to a number takes quadratic time."""

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

_NUMBER = re.compile(
    r"(?P<based>0o[0-7]+|0x[0-9a-fA-F]+)"
    r"|(?P<special>[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))"
    r"|(?P<zero>[-+]?0[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?)"
    r"|(?P<whole>[-+]?[0-9]+)"
    r"|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
)


class ScalarError(ValueError):
    """Unquoted text that is refused: a number that some people or programs read differently, or that no board needs."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


def parse_scalar(text: str) -> Scalar:
    """Parse text that stands without quotes. Raises ScalarError."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789" or not (number := _NUMBER.fullmatch(text)):
        return text
    if len(text) > _MAX_NUMBER:
        raise ScalarError(
            "number",
            f"a number has at most {_MAX_NUMBER} characters, this has {len(text)}",
            "Put it in quotes if it is text.",
        )
    if number["zero"]:
        sign = "-" * text.startswith("-")
        hint = f'Write {sign}{text.lstrip("+-0") or 0}, or "{text}" if it is text.'
        if time := re.fullmatch(r"(0[0-9])\.?([0-5][0-9])", text):
            hint = f'Write {text.lstrip("0") or 0}, or "{time[1]}:{time[2]}" if it is a time of day.'
        if text == "000":  # what stands behind a comma in 200,000
            hint = 'Write thousands without a comma, as in 200000, or "000" if it is text.'
        if len(text) == limits.ACCOUNT_LENGTH:  # an account's id: many begin with 0
            hint = f'Put it in quotes: "{text}".'
        raise ScalarError("leading-zero", f"a number does not start with 0, as {text} does", hint)
    if number["special"]:
        raise ScalarError("number", f"{text} is not a number here", "Write a finite number.")
    if number["based"]:
        return int(text, 0)
    if number["whole"]:
        return int(text)
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ScalarError("number", f"the exponent of {text} is out of range", "Write one with fewer digits.") from None


_UNQUOTED = re.compile(r"[A-Za-z0-9/]([A-Za-z0-9_./@()+*?=: -]*[A-Za-z0-9_/)*])?")
_NOT_TEXT_IN_1_1 = re.compile(r"[0-9]+:.*|(?i:y|n|yes|no|on|off)")
"""Text that is a number or a boolean in YAML 1.1, the version that some editors still read."""


def stands_unquoted(text: str) -> bool:
    """Whether text may stand without quotes: YAML 1.2 and YAML 1.1 both read it as just that text."""
    if not _UNQUOTED.fullmatch(text) or ": " in text or _NOT_TEXT_IN_1_1.fullmatch(text):
        return False
    try:
        return parse_scalar(text) == text
    except ScalarError:
        return False


def to_yaml(value: Any) -> str:
    """Write a value on one line of YAML as a person would: text has quotes only if it needs them."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{to_yaml(key)}: {to_yaml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(to_yaml, value)) + "]"
    if not isinstance(value, str):
        return str(value) if isinstance(value, Decimal) else json.dumps(value)
    # JSON may write one character as two escapes; YAML would read those as two characters.
    return value if stands_unquoted(value) else json.dumps(value, ensure_ascii=False)

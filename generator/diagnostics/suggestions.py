"""Guesses what a person meant by a wrong value: the most similar value that is right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from generator.diagnostics.nearest import nearest
from generator.diagnostics.vocabulary import choice_meant

_LONGEST = 100
"""Characters of the longest text that a guess is made for: an ARN fits. Longer text is not a misspelt value."""

_BOOLEANS = {"on": True, "yes": True, "y": True, "true": True, "off": False, "no": False, "n": False, "false": False}

_UNITS = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hr": 3600, "hour": 3600}
_UNITS |= {"d": 86_400, "day": 86_400, "w": 604_800, "week": 604_800}
"""Seconds of the units that people write durations in."""

_TIMES = {"midnight": "00:00", "noon": "12:00", "midday": "12:00"}


@cache
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation, config=ConfigDict(strict=True))


def suggest_value(annotation: Any, value: Any) -> Any:
    """Guess the value that was meant; None if nothing similar is right. `annotation`: a type with its constraints, not
    a model."""
    if isinstance(value, str) and len(value) > _LONGEST:
        return None
    adapter = _adapter(annotation)
    for candidate in _candidates(value):
        try:
            adapter.validate_python(candidate)
        except ValidationError:
            continue
        return candidate
    return None


def suggest_choice(value: str, choices: tuple[str, ...]) -> str | None:
    """Guess which choice was meant; None if none is similar."""
    word = value.lower().strip()
    if meant := choice_meant(word, choices):
        return meant
    begins = [each for each in choices if len(word) > 1 and each.startswith(word)]
    return begins[0] if len(begins) == 1 else nearest(value, choices)


def _candidates(value: Any) -> Iterator[Any]:
    """Yield what may have been meant by a value, the best guess first. The type decides which of them is right."""
    if isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, int | Decimal):
        yield from _of_number(value)
    elif isinstance(value, str):
        yield from _of_text(value)
        yield from ([one] for one in _of_text(value))
    elif isinstance(value, list):
        yield from value[:1] if len(value) == 1 else ()
        return
    if value != "":
        yield [value]


def _of_number(number: int | Decimal) -> Iterator[Any]:
    if abs(Decimal(number).adjusted()) > 20:
        return
    digits = f"{Decimal(number):f}"
    if number == int(number):
        yield int(number)
    yield digits
    if number in (0, 1):
        yield bool(number)
    if number == 0:
        yield "0s"
    yield f"0{digits}"  # an account's id, whose first 0 a program dropped
    yield f"{digits:0>2}:00"


def _of_text(text: str) -> Iterator[Any]:
    bare = text.strip()
    word = bare.lower()
    if bare != text:
        yield bare
    if word in _BOOLEANS:
        yield _BOOLEANS[word]
    yield from _numbers(word)
    yield from _times(word)
    yield from _dates(word)
    yield from _durations(word)
    if match := re.match("(?:s3://|arn:aws:s3:::)([^/]+)", bare):
        yield match[1]
    dashed = re.sub(r"[^a-z0-9]+", "-", word).strip("-")
    yield from (bare, word, dashed, dashed.replace("-", "_"), bare.rstrip("/"))
    if bare.replace("-", "").isdecimal():
        yield bare.replace("-", "")
        yield f"0{bare}"  # an account's id, whose first 0 a program dropped
        yield f"arn:aws:iam::{bare}:root"
    if match := re.search("[^\\s<>:/]+@[^\\s<>]+", bare):
        yield from (match[0], f"mailto:{match[0]}")
    elif "." in bare:
        address = re.sub("^https?://", "", word)
        host = address.split("/")[0]
        yield from (f"https://{address}", f"https://{address.rstrip('/')}", f"https://{host}", host)
    if match := re.fullmatch("#?([0-9a-f]{3}|[0-9a-f]{6})", word):
        yield "#" + (match[1] if len(match[1]) == 6 else "".join(2 * digit for digit in match[1]))


def _numbers(word: str) -> Iterator[Any]:
    if re.fullmatch(r"[0-9]{1,3}([.,_' ][0-9]{3})+", word):
        yield int(re.sub("[^0-9]", "", word))
        return
    if not (match := re.fullmatch(r"([-+]?[0-9][0-9_' ]*)([.,][0-9]+)?\s*(%|[a-z]{0,8})", word)):
        return
    whole, fraction = re.sub("[_' +]", "", match[1]), match[2]
    if match[3] == "k":
        yield int(Decimal(whole + (fraction or "").replace(",", ".")) * 1000)
        return
    if fraction and not re.fullmatch(",[0-9]{3}", fraction):
        yield Decimal(whole + fraction.replace(",", "."))
    elif not fraction:
        yield int(whole)


def _times(word: str) -> Iterator[str]:
    yield from [_TIMES[word]] if word in _TIMES else []
    if not (match := re.fullmatch(r"([0-9]{1,2})(?:h|[:.h]([0-9]{2}))?(?::[0-9]{2})?\s*([ap]m)?", word)):
        return
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        hour = hour % 12 + 12 * (match[3] == "pm")
    yield f"{0 if hour == 24 else hour:02}:{minute:02}"


def _dates(word: str) -> Iterator[str]:
    match = re.match(r"(2[0-9]{3})[-./](0?[1-9]|1[0-2])[-./]([0-9]{1,2})(?=$|[t ])", word)
    if match:
        year, month, day = match.groups()
        yield f"{year}-{month:0>2}-{day:0>2}"


def _durations(word: str) -> Iterator[str]:
    word = word.removeprefix("pt")  # ISO 8601 writes PT5M
    parts = re.findall(r"([0-9]{1,6})\s*([a-z]+)", word)
    if not parts or re.sub(r"[0-9]{1,6}\s*[a-z]+|\s|,|and", "", word):
        return
    units = [_UNITS.get(unit) or _UNITS.get(unit.removesuffix("s")) for _, unit in parts]
    seconds = sum(int(number) * unit for (number, _), unit in zip(parts, units, strict=True) if unit)
    if None in units or not seconds:
        return
    own = min(unit for unit in units if unit)
    sizes: Iterable[tuple[str, int]] = (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1))
    yield from (f"{seconds // size}{unit}" for unit, size in sizes if size <= own and not seconds % size)

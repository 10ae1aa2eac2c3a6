"""Reads the rule of a composite alarm, and says whether it holds.

(Amazon CloudWatch API reference, "PutCompositeAlarm".)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeAlias, cast

from generator.alarms.alarm import State

Rule: TypeAlias = Callable[[Mapping[str, State]], bool]
"""Whether a rule holds where alarms, by their names, have these states. Raises KeyError for one that is not there."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\(\s*(?:"(?P<double>[^"]+)"|'(?P<single>[^']+)'|(?P<bare>[^\s()]+))\s*\)
    |(?P<word>AND|OR|NOT|TRUE|FALSE)\b|(?P<bracket>[()]))\s*""",
    re.X,
)


@lru_cache(maxsize=256)
def parse_rule(text: str) -> Rule:
    """Read a rule. Raises ValueError, which says where it cannot be read."""
    reader = _Reader(text)
    rule = reader.read_either()
    if not reader.is_at_end:
        raise ValueError(f"the rule cannot be read at `{reader.rest}`")
    return rule


def list_children(text: str) -> tuple[str, ...]:
    """The names of the alarms in a rule."""
    return tuple(
        name for found in _TOKEN.finditer(text) if (name := found["double"] or found["single"] or found["bare"])
    )


class _Reader:
    """Reads a rule by descent: OR binds less than AND, and that less than NOT."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0

    @property
    def is_at_end(self) -> bool:
        return self._place == len(self._text)

    @property
    def rest(self) -> str:
        return self._text[self._place : self._place + 40]

    def read_either(self) -> Rule:
        parts = [self._read_all()]
        while self._take("OR"):
            parts.append(self._read_all())
        return lambda states: any(part(states) for part in parts)

    def _read_all(self) -> Rule:
        parts = [self._read_one()]
        while self._take("AND"):
            parts.append(self._read_one())
        return lambda states: all(part(states) for part in parts)

    def _read_one(self) -> Rule:
        if self._take("NOT"):
            denied = self._read_one()
            return lambda states: not denied(states)
        if self._take("("):
            inner = self.read_either()
            if not self._take(")"):
                raise ValueError(f"the rule lacks a bracket at `{self.rest}`")
            return inner
        if self._take("TRUE"):
            return lambda states: True
        if self._take("FALSE"):
            return lambda states: False
        found = _TOKEN.match(self._text, self._place)
        if not found or not found["state"]:
            raise ValueError(f"the rule cannot be read at `{self.rest}`")
        self._place = found.end()
        state, name = cast(State, found["state"]), found["double"] or found["single"] or found["bare"]
        return lambda states: states[name] == state

    def _take(self, word: str) -> bool:
        found = _TOKEN.match(self._text, self._place)
        if not found or word not in (found["word"], found["bracket"]):
            return False
        self._place = found.end()
        return True

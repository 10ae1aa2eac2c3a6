"""Reads and computes expressions of metric math, as far as alarms and dashboards use them.

A function or a sign that is not known here is an error that names it: nothing is evaluated by a guess. (Amazon
CloudWatch user guide, "Using math expressions with CloudWatch metrics".)
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

Series: TypeAlias = dict[int, float]
"""Values by the instant at which their period ends, in seconds since 1970. One that is missing is not in it."""
Value: TypeAlias = "float | Series | list[Series]"


@dataclass(frozen=True)
class Scope:
    """What an expression is computed over."""

    series: Mapping[str, Series]
    """By the id of the query."""
    instants: Sequence[int]
    """Every instant for which there may be a value."""
    fills_empty: bool = True
    """Whether FILL gives values for a metric that has none at all at these instants. The user guide does not say."""


Node: TypeAlias = Callable[[Scope], Value]

_TOKEN = re.compile(r"\s*(\d+(?:\.\d+)?|[A-Za-z_][A-Za-z0-9_]*|<=|>=|==|!=|&&|\|\||[-+*/^()\[\],<>])\s*")

_COMPARE = (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge)

_LEVELS: tuple[Mapping[str, Callable[[float, float], float]], ...] = (
    {sign: lambda one, two: float(bool(one or two)) for sign in ("OR", "||")},
    {sign: lambda one, two: float(bool(one and two)) for sign in ("AND", "&&")},
    dict(zip(("==", "!=", "<", "<=", ">", ">="), _COMPARE, strict=True)),
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "/": operator.truediv},
    {"^": operator.pow},
)
"""What stands between two values, from what binds least on."""


@lru_cache(maxsize=512)
def parse(text: str) -> Node:
    """Read an expression. Raises ValueError, which says what is not known of it."""
    reader = _Reader(text)
    node = reader.read(0)
    if reader.ahead:
        raise ValueError(f"the expression `{text}` cannot be read at `{reader.ahead}`")
    return node


def compute(text: str, scope: Scope) -> Series:
    """The values of an expression. Raises ValueError if it is none that makes values over time."""
    value = parse(text)(scope)
    if not isinstance(value, dict):
        raise ValueError(f"the expression `{text}` is not one series of values")
    return value


class _Reader:
    """Reads an expression by descent."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self.ahead = ""
        self._next()

    def read(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._read_one()
        node = self.read(level + 1)
        while self.ahead in _LEVELS[level]:
            node = _combine(_LEVELS[level][self._next()], node, self.read(level + 1))
        return node

    def _next(self) -> str:
        """Go on to the next token. Returns the one before."""
        before = self.ahead
        found = _TOKEN.match(self._text, self._place)
        if not found and self._place < len(self._text):
            raise ValueError(f"the expression `{self._text}` cannot be read at `{self._text[self._place :]}`")
        self.ahead, self._place = (found[1], found.end()) if found else ("", self._place)
        return before

    def _take(self, token: str) -> None:
        if self._next() != token:
            raise ValueError(f"the expression `{self._text}` lacks a `{token}`")

    def _read_one(self) -> Node:
        first = self._next()
        if first == "-":
            return _map(operator.neg, self._read_one())
        if first == "(":
            node = self.read(0)
            self._take(")")
            return node
        if first == "[":
            parts = self._read_list("]")
            return lambda scope: [_need_series(part(scope)) for part in parts]
        if first[:1].isdigit():
            return lambda scope: float(first)
        if self.ahead == "(" and first[:1].isalpha():
            self._next()
            return _call(first, self._read_list(")"))
        if first == "REPEAT":
            return _repeat
        if not first[:1].islower():
            raise ValueError(f"the expression `{self._text}` cannot be read at `{first}`")
        return lambda scope: scope.series[first]

    def _read_list(self, end: str) -> list[Node]:
        parts = []
        while self.ahead != end:
            parts.append(self.read(0))
            if self.ahead != end:
                self._take(",")
        self._take(end)
        return parts


def _repeat(_scope: Scope) -> Value:
    raise ValueError("metric math: REPEAT stands in FILL only")


def _call(name: str, arguments: list[Node]) -> Node:
    """The call of a function. Raises ValueError for one that is not known."""
    if name == "FILL" and len(arguments) == 2 and arguments[1] is _repeat:
        return lambda scope: _fill_with_last(_need_series(arguments[0](scope)), scope)
    if name == "FILL" and len(arguments) == 2:
        return lambda scope: _fill(arguments[0](scope), arguments[1](scope), scope)
    if name == "IF" and len(arguments) in (2, 3):
        return lambda scope: _choose(*(argument(scope) for argument in arguments))
    if name == "TIME_SERIES" and len(arguments) == 1:
        return lambda scope: {instant: _need_number(arguments[0](scope)) for instant in scope.instants}
    if name in _OVER_MANY and len(arguments) == 1:
        return lambda scope: _reduce(_OVER_MANY[name], arguments[0](scope))
    if name in _OF_EACH and len(arguments) == 1:
        return _map(_OF_EACH[name], arguments[0])
    raise ValueError(f"nothing is known of the function {name} with {len(arguments)} arguments in metric math")


_OVER_MANY: Mapping[str, Callable[[list[float]], float]] = {
    "SUM": math.fsum,
    "MIN": min,
    "MAX": max,
    "AVG": lambda values: math.fsum(values) / len(values),
}
_OF_EACH: Mapping[str, Callable[[float], float]] = {"ABS": abs, "CEIL": math.ceil, "FLOOR": math.floor}


def _combine(sign: Callable[[float, float], float], left: Node, right: Node) -> Node:
    """Two values with a sign between them. What is missing on one side is 0; a point that divides by 0 is dropped."""

    def compute_both(scope: Scope) -> Value:
        one, two = left(scope), right(scope)
        if isinstance(one, list):
            return [_pair(sign, each, two) for each in one]
        if isinstance(two, list):
            return [_pair(sign, one, each) for each in two]
        if not isinstance(one, dict) and not isinstance(two, dict):
            return float(sign(one, two))
        return _pair(sign, one, two)

    return compute_both


def _pair(sign: Callable[[float, float], float], one: Value, two: Value) -> Series:
    instants = _instants(one) | _instants(two)
    pairs = {instant: (_at(one, instant) or 0.0, _at(two, instant) or 0.0) for instant in instants}
    return {
        instant: float(sign(*pair)) for instant, pair in pairs.items() if not (sign is operator.truediv and not pair[1])
    }


def _map(change: Callable[[float], float], node: Node) -> Node:
    def compute_each(scope: Scope) -> Value:
        value = node(scope)
        if isinstance(value, list):
            return [{instant: float(change(one)) for instant, one in each.items()} for each in value]
        if isinstance(value, dict):
            return {instant: float(change(one)) for instant, one in value.items()}
        return float(change(value))

    return compute_each


def _reduce(make: Callable[[list[float]], float], value: Value) -> Value:
    """Of several series one series; of one series a number."""
    if isinstance(value, list):
        instants = {instant for series in value for instant in series}
        return {instant: make([each[instant] for each in value if instant in each]) for instant in instants}
    values = list(_need_series(value).values())
    return make(values) if values else 0.0


def _fill(value: Value, filler: Value, scope: Scope) -> Value:
    if isinstance(value, list):
        return [_need_series(_fill(each, filler, scope)) for each in value]
    series = _need_series(value)
    if not series and not scope.fills_empty:
        return series
    fillers = {instant: _at(filler, instant) for instant in scope.instants}
    return {**{instant: one for instant, one in fillers.items() if one is not None}, **series}


def _fill_with_last(series: Series, scope: Scope) -> Series:
    """FILL with REPEAT: the last value before what is missing. What is missing before the first one stays so."""
    found: Series = {}
    last: float | None = None
    for instant in sorted({*scope.instants, *series}):
        last = series.get(instant, last)
        if last is not None:
            found[instant] = last
    return found


def _choose(condition: Value, then: Value, otherwise: Value | None = None) -> Value:
    """IF: at each instant of the condition the one or the other.

    What is missing is 0 where the condition holds, and dropped where it does not. A condition that is missing does not
    hold, if what stands for that is a number ("Using IF expressions", the tables).
    """
    if not isinstance(condition, dict):
        return then if condition else _need_series({} if otherwise is None else otherwise)
    instants = _instants(condition) | (set() if isinstance(otherwise, dict) or otherwise is None else _instants(then))
    found: Series = {}
    for instant in instants:
        if condition.get(instant):
            found[instant] = _at(then, instant) or 0.0
        elif otherwise is not None and (value := _at(otherwise, instant)) is not None:
            found[instant] = value
    return found


def _instants(value: Value) -> set[int]:
    return set(value) if isinstance(value, dict) else set()


def _at(value: Value, instant: int) -> float | None:
    """What a series has at an instant; None where that is missing. A number is the same at every instant."""
    return _need_series(value).get(instant) if isinstance(value, dict | list) else value


def _need_number(value: Value) -> float:
    if isinstance(value, dict | list):
        raise ValueError("metric math: a number is needed, not a series of values")
    return value


def _need_series(value: Value) -> Series:
    if not isinstance(value, dict):
        raise ValueError("metric math: a series of values is needed, not a number or several series")
    return value

"""Matches events against event patterns, as far as the generated filters use them.

A pattern is an object of objects, whose leaves are lists of alternatives: a plain value, `{"anything-but": …}` or
`{"exists": …}` (EventBridge user guide, "Creating event patterns"). Every key must match, with at least one
alternative of its list. Any other operator is refused: a filter that is half understood would pass events that AWS
holds back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from generator.errors import LocalError

Matcher: TypeAlias = Callable[[Mapping[str, Any]], bool]
"""Says whether an event matches a pattern."""

_ValueMatcher: TypeAlias = Callable[[Any], bool]

_ABSENT = object()


def compile_pattern(pattern: Any) -> Matcher:
    """Turn a pattern (parsed JSON) into a function that says whether an event matches it.

    Raises LocalError for a pattern with a part that this module does not understand.
    """
    return _compile_object(pattern, "pattern")


def _compile_object(pattern: Any, where: str) -> _ValueMatcher:
    if not isinstance(pattern, dict) or not pattern:
        raise LocalError(f"{where}: must be an object with a key")
    matchers: dict[str, _ValueMatcher] = {}
    for key, value in pattern.items():
        if key.startswith("$"):
            raise LocalError(f"{where}.{key}: local mode does not know this operator")
        compile_value = _compile_alternatives if isinstance(value, list) else _compile_object
        matchers[key] = compile_value(value, f"{where}.{key}")

    def match(value: Any) -> bool:
        # A value that is absent or not an object has none of the keys: only `exists: false` can match inside it.
        fields = value if isinstance(value, Mapping) else {}
        return all(matches(fields.get(key, _ABSENT)) for key, matches in matchers.items())

    return match


def _compile_alternatives(values: list[Any], where: str) -> _ValueMatcher:
    if not values:
        raise LocalError(f"{where}: must have an alternative")
    matchers = [_compile_alternative(value, f"{where}[{index}]") for index, value in enumerate(values)]
    return lambda value: any(match(value) for match in matchers)


def _compile_alternative(alternative: Any, where: str) -> _ValueMatcher:
    if alternative is None or isinstance(alternative, str | int | float):
        return lambda value: any(_equal(one, alternative) for one in _leaf_values(value))
    if isinstance(alternative, dict) and len(alternative) == 1:
        operator, operand = next(iter(alternative.items()))
        if operator == "exists" and isinstance(operand, bool):
            # `exists` is about leaves only: an object counts as absent.
            return lambda value: (value is not _ABSENT and not isinstance(value, Mapping)) is operand
        if operator == "anything-but":
            if isinstance(operand, dict) and isinstance(beginning := operand.get("prefix"), str) and len(operand) == 1:
                return lambda value: any(not str(one).startswith(beginning) for one in _leaf_values(value))
            refused = operand if isinstance(operand, list) else [operand]
            if refused and all(isinstance(one, str | int | float) and not isinstance(one, bool) for one in refused):
                return lambda value: any(not any(_equal(one, no) for no in refused) for one in _leaf_values(value))
    raise LocalError(f"{where}: local mode does not know this operator: {alternative!r}")


def _leaf_values(value: Any) -> list[Any]:
    """The values at a leaf: the items of a list, nothing if it is absent or an object."""
    if value is _ABSENT or isinstance(value, Mapping):
        return []
    return value if isinstance(value, list) else [value]


def _equal(one: Any, other: Any) -> bool:
    # True == 1 in Python, not in JSON.
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)

"""Event patterns, as far as the generated filters use them.

A pattern is an object of objects, whose leaves are lists of alternatives: a plain value, `{"anything-but": …}` or
`{"exists": …}` (EventBridge user guide, "Creating event patterns"). Every key must match, of each list one alternative.
Anything else is refused: a filter that is half understood would let through what AWS holds back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from generator.errors import LocalError

Matcher: TypeAlias = Callable[[Mapping[str, Any]], bool]
_Leaf: TypeAlias = Callable[[Any], bool]

_ABSENT = object()


def compile_pattern(pattern: Any) -> Matcher:
    """A function that tells whether an event matches the pattern (parsed JSON).

    Raises LocalError when the pattern has anything that this does not know.
    """
    match = _object(pattern, "pattern")
    return lambda event: match(event)


def _object(pattern: Any, where: str) -> _Leaf:
    if not isinstance(pattern, dict) or not pattern:
        raise LocalError(f"{where}: must be an object with a key")
    fields: list[tuple[str, _Leaf]] = []
    for key, value in pattern.items():
        if key.startswith("$"):
            raise LocalError(f"{where}.{key}: local mode does not know this operator")
        inside = f"{where}.{key}"
        fields.append((key, _alternatives(value, inside) if isinstance(value, list) else _object(value, inside)))

    def match(value: Any) -> bool:
        # What is absent, or no object, has none of the keys: only `exists: false` can match inside it.
        held = value if isinstance(value, Mapping) else {}
        return all(field(held.get(key, _ABSENT)) for key, field in fields)

    return match


def _alternatives(values: list[Any], where: str) -> _Leaf:
    if not values:
        raise LocalError(f"{where}: must have an alternative")
    choices = [_choice(value, f"{where}[{index}]") for index, value in enumerate(values)]
    return lambda value: any(choice(value) for choice in choices)


def _choice(choice: Any, where: str) -> _Leaf:
    if choice is None or isinstance(choice, str | int | float):
        return lambda value: any(_equal(one, choice) for one in _each(value))
    if isinstance(choice, dict) and len(choice) == 1:
        operator, operand = next(iter(choice.items()))
        if operator == "exists" and isinstance(operand, bool):
            # It tells of leaves only: an object is not there, in this sense.
            return lambda value: (value is not _ABSENT and not isinstance(value, Mapping)) is operand
        if operator == "anything-but":
            refused = operand if isinstance(operand, list) else [operand]
            if refused and all(isinstance(one, str | int | float) and not isinstance(one, bool) for one in refused):
                return lambda value: any(not any(_equal(one, no) for no in refused) for one in _each(value))
    raise LocalError(f"{where}: local mode does not know this operator: {choice!r}")


def _each(value: Any) -> list[Any]:
    """The leaf's values: none where it is absent or an object, each where it is a list."""
    if value is _ABSENT or isinstance(value, Mapping):
        return []
    return value if isinstance(value, list) else [value]


def _equal(one: Any, other: Any) -> bool:
    # True == 1 in Python, not in JSON.
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)

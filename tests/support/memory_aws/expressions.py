"""DynamoDB's expressions, as far as the project writes them; any other is refused as unknown.

    condition   = all { "OR" all }
    all         = term { "AND" term }
    term        = "(" condition ")" | "attribute_not_exists" "(" name ")"
                | name ("=" | "<" | "<=" | ">" | ">=") value
    update      = "SET" name "=" value { "," name "=" value } [ "REMOVE" name { "," name } ]
                | "ADD" name value { "," name value }
    projection  = name { "," name }

A name is "#name" or an attribute's own name, a value ":value". An expression is parsed once, and kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from tests.support.memory_aws.errors import UnknownRequestError
from tests.support.memory_aws.values import Item, Value, equal, order_key, refuse

_TOKEN = re.compile(r"\s*([#:]?\w+|<=|>=|[=<>(),])")
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


@dataclass(frozen=True)
class Term:
    """One comparison of an attribute with values, or the check that it does not exist."""

    name: str
    sign: str
    """A comparison's sign, or "missing"."""
    value: str = ""


Condition = tuple[tuple[Any, ...], ...]
"""A condition: one of these must be met, of which each part (a Term or a Condition) must be met."""


@dataclass(frozen=True)
class Update:
    """What an update expression does: SET or ADD, which value to which attribute, and which attributes go."""

    verb: Literal["SET", "ADD"]
    assignments: tuple[tuple[str, str], ...]
    removed: tuple[str, ...] = ()


class Names:
    """The names and values that a request gives its expressions; all must be used."""

    def __init__(self, request: Mapping[str, Any], admit: Callable[[Value], Value]) -> None:
        self._names: Mapping[str, str] = request.get("ExpressionAttributeNames") or {}
        given: Mapping[str, Value] = request.get("ExpressionAttributeValues") or {}
        self._values = {name: admit(value) for name, value in given.items()}

    def name(self, token: str) -> str:
        """The attribute that a token of an expression names."""
        return self._names[token] if token.startswith("#") else token

    def value(self, token: str) -> Value:
        """The value that a token of an expression names."""
        return self._values[token]

    def check(self, *expressions: str | None) -> None:
        """Refuse names and values that are used and not given, or given and not used, as DynamoDB does."""
        used = tokens_of(expressions)
        for kind, given, sign in (("name", self._names, "#"), ("value", self._values, ":")):
            wanted = used[sign]
            if given.keys() == wanted:
                continue
            if missing := sorted(wanted - given.keys()):
                raise refuse(f"An expression attribute {kind} used in the expression is not defined; {missing[0]}")
            unused = ", ".join(sorted(given.keys() - wanted))
            part = f"ExpressionAttribute{kind.capitalize()}s"
            if not any(expressions):
                raise refuse(f"{part} can only be specified when using expressions")
            raise refuse(f"Value provided in {part} unused in expressions: keys: {{{unused}}}")


@lru_cache(maxsize=4096)
def tokens_of(expressions: tuple[str | None, ...]) -> dict[str, frozenset[str]]:
    """The names (under "#") and the values (under ":") that are used in expressions."""
    tokens = {token for expression in expressions if expression for token in _split(expression)}
    return {sign: frozenset(token for token in tokens if token.startswith(sign)) for sign in "#:"}


def meets(condition: Condition, item: Item, names: Names) -> bool:
    """Whether an item (an empty one where there is none) meets a condition."""
    return any(
        all(_holds(part, item, names) if isinstance(part, Term) else meets(part, item, names) for part in parts)
        for parts in condition
    )


def check_operands(condition: Condition, names: Names) -> None:
    """Refuse a condition that compares the order of what has none, as DynamoDB does whatever is stored."""
    for part in (part for parts in condition for part in parts):
        if not isinstance(part, Term):
            check_operands(part, names)
        elif part.sign not in ("=", "missing"):
            (kind,) = names.value(part.value)
            if kind not in ("S", "N", "B"):
                told = f"operator: {part.sign}, operand type: {kind}"
                raise refuse(f"Incorrect operand type for operator or function; {told}")


def _holds(term: Term, item: Item, names: Names) -> bool:
    have = item.get(names.name(term.name))
    if term.sign == "missing":
        return have is None
    wanted = names.value(term.value)
    if term.sign == "=":
        return have is not None and equal(have, wanted)
    # A text and a number never compare.
    if have is None or have.keys() != wanted.keys():
        return False
    return _ORDER[term.sign](order_key(have), order_key(wanted))


def apply(update: Update, item: Item, names: Names) -> Item:
    """An item as an update leaves it. Raises ClientError as DynamoDB refuses it."""
    changed = dict(item)
    for token, value in update.assignments:
        name, given = names.name(token), names.value(value)
        if update.verb == "ADD":
            if given.keys() != {"SS"}:
                raise UnknownRequestError(f"ADD of {given}")
            before = changed.get(name, {"SS": []})
            if before.keys() != given.keys():
                raise refuse("An operand in the update expression has an incorrect data type")
            given = {"SS": sorted({*before["SS"], *given["SS"]})}
        changed[name] = given
    return {name: value for name, value in changed.items() if name not in map(names.name, update.removed)}


@lru_cache(maxsize=4096)
def parse_condition(expression: str) -> Condition:
    """Parse a condition. Raises UnknownRequestError for one that the project does not write."""
    parser = _Parser(expression)
    condition = parser.condition()
    parser.end()
    return condition


@lru_cache(maxsize=4096)
def parse_update(expression: str) -> Update:
    """Parse an update expression. Raises UnknownRequestError for one that the project does not write."""
    parser = _Parser(expression)
    verb = parser.take()
    if verb not in ("SET", "ADD"):
        raise UnknownRequestError(expression)
    assignments = [parser.assignment(verb)]
    while parser.skip(","):
        assignments.append(parser.assignment(verb))
    removed = []
    if verb == "SET" and parser.skip("REMOVE"):
        removed.append(parser.name())
        while parser.skip(","):
            removed.append(parser.name())
    parser.end()
    if len({name for name, _ in assignments} | set(removed)) < len(assignments) + len(removed):
        raise refuse("Invalid UpdateExpression: Two document paths overlap with each other")
    return Update("SET" if verb == "SET" else "ADD", tuple(assignments), tuple(removed))


@lru_cache(maxsize=4096)
def parse_names(expression: str) -> tuple[str, ...]:
    """Parse a projection: names of attributes, each as a whole."""
    parser = _Parser(expression)
    names = [parser.name()]
    while parser.skip(","):
        names.append(parser.name())
    parser.end()
    return tuple(names)


class _Parser:
    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._tokens = _split(expression)
        self._at = 0

    def condition(self) -> Condition:
        parts = [self._all()]
        while self.skip("OR"):
            parts.append(self._all())
        return tuple(parts)

    def _all(self) -> tuple[Any, ...]:
        terms = [self._term()]
        while self.skip("AND"):
            terms.append(self._term())
        return tuple(terms)

    def _term(self) -> Any:
        if self.skip("("):
            condition = self.condition()
            self._expect(")")
            return condition
        if self.skip("attribute_not_exists"):
            self._expect("(")
            name = self.name()
            self._expect(")")
            return Term(name, "missing")
        name, sign = self.name(), self.take()
        if sign not in ("=", *_ORDER):
            raise UnknownRequestError(self._expression)
        return Term(name, sign, self._value())

    def assignment(self, verb: str) -> tuple[str, str]:
        name = self.name()
        if verb == "SET":
            self._expect("=")
        return name, self._value()

    def name(self) -> str:
        token = self.take()
        # DynamoDB refuses its many reserved words as names, none of which has an underscore.
        if not token.startswith("#") and "_" not in token.strip(":"):
            raise UnknownRequestError(f"{self._expression}: #{token}, for {token} may be reserved")
        return token

    def _value(self) -> str:
        token = self.take()
        if not token.startswith(":"):
            raise UnknownRequestError(self._expression)
        return token

    def take(self) -> str:
        if self._at == len(self._tokens):
            raise UnknownRequestError(self._expression)
        self._at += 1
        return self._tokens[self._at - 1]

    def skip(self, token: str) -> bool:
        found = self._tokens[self._at : self._at + 1] == [token]
        self._at += found
        return found

    def _expect(self, token: str) -> None:
        if not self.skip(token):
            raise UnknownRequestError(self._expression)

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise UnknownRequestError(self._expression)


def _split(expression: str) -> list[str]:
    tokens, at = [], 0
    text = expression.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise UnknownRequestError(expression)
        tokens.append(found[1])
        at = found.end()
    return tokens

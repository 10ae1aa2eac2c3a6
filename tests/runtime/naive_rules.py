"""The rules and the activities of the naive leaderboard, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Value = Fraction | str | bool
Columns = tuple[Fraction, ...]


@dataclass(frozen=True)
class Run:
    """One activity, as a game server wrote it."""

    player: str
    id: str
    at: int
    written: int
    name: str | None
    values: Columns = ()
    """The points that it gives each column, before rounding: its fields `c0`, `c1` and so on."""
    type: str = "run"
    fields: tuple[tuple[str, Value], ...] = ()
    """Its other fields."""

    @property
    def all_fields(self) -> dict[str, Value]:
        """Every field that a rule can read."""
        return {f"c{column}": value for column, value in enumerate(self.values)} | dict(self.fields)


BAD_NOTES = ("", "a\nb", "\u200b", "x" * 1000)
"""Texts that are not kept beside a score: empty, on two lines, invisible, too long."""


def attached(names: tuple[str, ...], run: Run) -> dict[str, str]:
    """What is kept of a run beside a score: texts and numbers, as many as fit into 1,000 bytes."""
    kept: dict[str, str] = {}
    left = 1000 - len("{}")
    for name in names:
        value = dict(run.fields).get(name)
        if isinstance(value, bool) or value is None or value in BAD_NOTES:
            continue
        text = value if isinstance(value, str) else f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
        # No text here needs an escape.
        size = len(f'"{name}":"{text}"'.encode()) + len(",") * bool(kept)
        if size <= left:
            kept[name] = text
            left -= size
    return kept


BAD_VALUES = ("", "a\nb", "\u200b", "x" * 65)
"""Texts that are no value of a segment."""


def segment_value(run: Run, field: str, allowed: tuple[str, ...]) -> str | None:
    """The value that a run gives of a segment; None where it gives none."""
    value = dict(run.fields).get(field)
    if isinstance(value, bool) or value is None:
        return None
    text = value if isinstance(value, str) else f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
    if text in BAD_VALUES or len(text) > 64 or (allowed and text not in allowed):
        return None
    return text


@dataclass(frozen=True)
class NaiveRule:
    """A rule: for each column a constant, a field and what it is multiplied by."""

    type: str
    when: Mapping[str, tuple[Value, ...]]
    points: tuple[tuple[Fraction, str | None, Fraction], ...]


@dataclass(frozen=True)
class Rules:
    """The rules of a board."""

    aggregate: str
    orders: tuple[str, ...]
    decimals: int
    ties: str
    windows: tuple[tuple[str, int], ...]
    """(every, days of a rolling window)"""
    per_minute: int | None = None
    most: int | None = None
    milestones: tuple[int, ...] = ()
    more_rules: tuple[NaiveRule, ...] = ()
    """Rules beside the one by which a run gives each column its field `c0`, `c1` and so on."""
    ignore: tuple[str, ...] = ()
    least: int | None = None
    keep: int = 8
    lasts: tuple[tuple[str, int], ...] = ()
    """(every, milliseconds) of the kinds whose windows end before the next ones start."""
    own: tuple[tuple[str, int], ...] = ()
    """(aggregate, decimals) of each column, where they have their own; empty where all have the board's."""
    attach: tuple[str, ...] = ()
    """The fields that are kept beside a score."""
    searches: bool = False
    """Whether players are found by name."""
    segments: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """(name, field, the values that count) of each segment."""

    @property
    def columns(self) -> tuple[tuple[str, int], ...]:
        """(aggregate, decimals) of each column."""
        return self.own or ((self.aggregate, self.decimals),) * len(self.orders)

    @property
    def rules(self) -> tuple[NaiveRule, ...]:
        """All rules."""
        plain = ((Fraction(0), f"c{column}", Fraction(1)) for column in range(len(self.orders)))
        return (NaiveRule("run", {}, tuple(plain)), *self.more_rules)

"""The rules and the activities of the naive leaderboard, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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

    @property
    def columns(self) -> tuple[tuple[str, int], ...]:
        """(aggregate, decimals) of each column."""
        return self.own or ((self.aggregate, self.decimals),) * len(self.orders)

    @property
    def rules(self) -> tuple[NaiveRule, ...]:
        """All rules."""
        plain = ((Fraction(0), f"c{column}", Fraction(1)) for column in range(len(self.orders)))
        return (NaiveRule("run", {}, tuple(plain)), *self.more_rules)

"""Facts about a board's scoring that several rules need, each found once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from generator.spec.columns import decimals
from generator.spec.columns.decimals import ColumnKeys
from generator.spec.scoring import SCORE
from generator.validation.field_place import FieldPlace
from generator.validation.merging import MergedBoard

SHORT = ("points", "per")
"""Keys of a rule that are short for a column named `score`."""


@dataclass(frozen=True)
class ColumnFacts:
    """Facts about one column of a score."""

    name: str
    place: FieldPlace | None
    """Where `rank_by` names it; None where the board has none."""
    aggregate: str | None
    """Its own aggregate, or the board's; None if that is wrong."""
    constants: Mapping[FieldPlace, Decimal]
    """Every number that a rule gives it, by its place; empty where it counts."""

    @property
    def has_own(self) -> bool:
        """Whether it has an aggregate or decimals of its own."""
        return self.place is not None and any(self.place[key].exists for key in ("aggregate", "decimals"))


class ScoringFacts:
    """Facts about a board's scoring. A fact that follows from a wrong value is None or empty."""

    def __init__(self, board: MergedBoard) -> None:
        self.board = board
        self.scoring = board["scoring"]
        self.rules = self.scoring["rules"].items()

    @cached_property
    def aggregate(self) -> str | None:
        """The board's aggregate; None if it is wrong."""
        aggregate = self.scoring["aggregate"].effective
        return aggregate if isinstance(aggregate, str) else None

    @property
    def ranks_by_columns(self) -> bool:
        """Whether the board has a `rank_by`, right or wrong."""
        return self.scoring["rank_by"].exists

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of `rank_by`; empty if any of it is wrong."""
        return tuple(self._named)

    @cached_property
    def _named(self) -> dict[str, FieldPlace]:
        """The columns of `rank_by` and where it names each first; empty if any of it is wrong."""
        rank_by = self.scoring["rank_by"]
        found: dict[str, FieldPlace] = {}
        for column in rank_by.items() if rank_by.given else ():
            if name := column["name"].text:
                found.setdefault(name, column)
        return found

    @cached_property
    def scored(self) -> tuple[ColumnFacts, ...]:
        """Facts about every column: those of `rank_by`, or the one column `score`; empty if any of it is wrong."""
        columns = self._named if self.ranks_by_columns else {SCORE: None}
        found = []
        for name, place in columns.items():
            own = place["aggregate"] if place else None
            aggregate = own.text if own and own.exists else self.aggregate
            constants = {} if aggregate in (None, "count") else dict(self._list_constants(name, place is not None))
            found.append(ColumnFacts(name, place, aggregate, constants))
        return tuple(found)

    @cached_property
    def decimals(self) -> dict[str, int]:
        """The decimals of each column; empty if what decides them is wrong."""
        written = self.scoring["decimals"]
        if written.exists and written.whole is None:
            return {}
        keys = [
            ColumnKeys(
                aggregate=column.aggregate,
                decimals=column.place["decimals"].whole if column.place else None,
                has_own=column.has_own,
                constants=tuple(column.constants.values()),
            )
            for column in self.scored
            if column.aggregate is not None
        ]
        if len(keys) < len(self.scored):
            return {}
        names = (column.name for column in self.scored)
        return dict(zip(names, decimals.decide_decimals(written.whole, keys), strict=True))

    @cached_property
    def days(self) -> int:
        """The days of the longest rolling window, whose sum must stay within a score's bound; 1 if there is none."""
        days = (window["days"].whole for window in self.board["window"].items())
        return max((each for each in days if each and each > 0), default=1)

    def _list_constants(self, column: str, is_named: bool) -> Iterator[tuple[FieldPlace, Decimal]]:
        """The numbers that rules give a column, by their places; `is_named`: `rank_by` names it, and so may rules."""
        for rule in self.rules:
            short = (rule["points"], rule["per"]["points"]) if column == SCORE else ()
            for place in (*short, *([rule[column]] if is_named else [])):
                if (number := place.number) is not None:
                    yield place, number

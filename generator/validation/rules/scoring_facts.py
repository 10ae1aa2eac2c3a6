"""Facts about a board's scoring that several rules need, each found once."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

from generator.spec import decimals
from generator.validation.field_place import FieldPlace
from generator.validation.merging import MergedBoard

SHORT = ("points", "per")
"""Keys of a rule that are short for a column named `score`."""
SCORE = "score"
"""The column that those keys are short for."""


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

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of `rank_by`; empty if any of it is wrong."""
        rank_by = self.scoring["rank_by"]
        names = [column["name"].text for column in rank_by.items()] if rank_by.given else []
        return tuple(dict.fromkeys(name for name in names if name))

    @cached_property
    def constants(self) -> dict[FieldPlace, Decimal]:
        """Every number that a rule gives, by its place; empty if activities are counted."""
        if self.aggregate in (None, "count"):
            return {}
        places = [
            place
            for rule in self.rules
            for place in (rule["points"], rule["per"]["points"], *(rule[column] for column in self.columns))
        ]
        return {place: number for place in places if (number := place.number) is not None}

    @cached_property
    def decimals(self) -> int | None:
        """The decimals that the board's scores have; None if what decides them is wrong."""
        written = self.scoring["decimals"]
        if self.aggregate is None or (written.exists and written.whole is None):
            return None
        return decimals.score_decimals(self.aggregate, written.whole, self.constants.values())

    @cached_property
    def days(self) -> int:
        """The days of the longest rolling window, whose sum must stay within a score's bound; 1 if there is none."""
        days = (window["days"].whole for window in self.board["window"].items())
        return max((each for each in days if each and each > 0), default=1)

"""A term of a board's cost: units x price."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from generator.aws.prices import PRICES, Price


@dataclass(frozen=True)
class Term:
    """Something that a board uses, and what it costs a month."""

    part: str
    """The part of the board that uses it, such as `alarms` or `rebuilds`."""
    what: str
    """What is charged, for a person."""
    units: Decimal
    price_name: str
    region: str

    @property
    def price(self) -> Price:
        """The price of a unit."""
        return PRICES[self.price_name]

    @property
    def cost(self) -> Decimal:
        """What it costs a month, in US dollars."""
        return self.price.of(self.units, self.region)


@dataclass(frozen=True)
class Terms:
    """Makes the terms of one part of a board in one region."""

    region: str
    part: str

    def make(self, what: str, units: Decimal | float | int, price_name: str) -> Term:
        """Make a term. Units are rounded to a thousandth: floats end there."""
        return Term(self.part, what, round(Decimal(units), 3).normalize(), price_name, self.region)


def add_up(terms: list[Term] | tuple[Term, ...]) -> Decimal:
    """The cost of several terms a month, in US dollars."""
    return sum((term.cost for term in terms), Decimal(0))

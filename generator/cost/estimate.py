"""Estimates what boards cost a month: each board's terms, and sums over boards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from generator.aws import limits, prices, schedules
from generator.board.board import Board
from generator.cost.deployed import Deployed, read_deployed
from generator.cost.idle import list_idle_terms, list_uncertain_terms
from generator.cost.term import Term, add_up
from generator.cost.traffic import list_traffic_terms, rebuild_seconds

FACTORS = (1, 10, 100)
"""The multiples of a board's `traffic` that are estimated."""


@dataclass(frozen=True)
class BoardCost:
    """What one board costs a month."""

    board: Board
    price_region: str
    """The region whose prices are used: the board's own, if its prices are known."""
    idle: tuple[Term, ...]
    """If nobody plays or reads."""
    uncertain: tuple[Term, ...]
    """What AWS may charge too, but does not say. In no sum."""
    traffic: dict[int, tuple[Term, ...]]
    """What play and readers add, by the multiple of the board's traffic."""
    notes: tuple[str, ...]
    """What does not fit the board as it is sized at such a multiple."""

    @property
    def dashboard(self) -> Decimal:
        """The part of `idle` that is the CloudWatch dashboard."""
        return add_up([term for term in self.idle if term.part == "dashboard"])

    @property
    def sums(self) -> tuple[Decimal, ...]:
        """The cost of the idle board, then its whole cost at each of FACTORS."""
        idle = add_up(self.idle)
        return (idle, *(idle + add_up(self.traffic[factor]) for factor in FACTORS))


def estimate_board(board: Board) -> BoardCost:
    """Estimate what a board costs."""
    deployed = read_deployed(board)
    return BoardCost(
        board,
        prices.find_price_region(board.region),
        tuple(list_idle_terms(board, deployed)),
        tuple(list_uncertain_terms(board)),
        {factor: tuple(list_traffic_terms(board, deployed, factor)) for factor in FACTORS},
        tuple(_list_notes(board, deployed)),
    )


def sum_costs(costs: Iterable[BoardCost]) -> tuple[Decimal, ...]:
    """Add up boards: idle, then at each of FACTORS."""
    return tuple(map(sum_decimals, zip(*(cost.sums for cost in costs), strict=True)))


def sum_decimals(amounts: Sequence[Decimal]) -> Decimal:
    """Add up amounts."""
    return sum(amounts, Decimal(0))


def _list_notes(board: Board, deployed: Deployed) -> Iterable[str]:
    gap = schedules.parse_schedule(board.schedule).shortest_gap_seconds
    for factor in FACTORS:
        seconds = rebuild_seconds(board, deployed, factor)
        rate = board.traffic.activities_per_second.average * factor
        if seconds > limits.MAX_SECONDS:
            yield f"At {factor}x a rebuild would take {seconds:,.0f} s, and Lambda ends it after {limits.MAX_SECONDS}."
        elif seconds > gap:
            yield f"At {factor}x a rebuild takes {seconds:,.0f} s, longer than the {gap:,} s between two."
        if rate > (carried := board.queue.max_concurrency * limits.PROCESSED_PER_SECOND):
            yield f"At {factor}x {rate:,} activities/s arrive, and {carried:,} are counted: raise `traffic`."

"""Estimates what boards and feeds cost a month: the terms of each, and sums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from generator.aws import limits, prices, schedules
from generator.board.board import Board
from generator.board.feed import Feed
from generator.cost.deployed import Deployed, read_deployed
from generator.cost.feeds import list_feed_traffic_terms, list_idle_feed_terms
from generator.cost.idle import list_idle_terms, list_uncertain_terms
from generator.cost.term import Term, add_up
from generator.cost.traffic import count_asked, list_traffic_terms, rebuild_seconds

FACTORS = (1, 10, 100)
"""The multiples of a board's `traffic`, or of a feed's `activities_per_second`, that are estimated."""


@dataclass(frozen=True)
class BundleCost:
    """What one board costs a month, without its feed, or one feed, without its boards."""

    bundle: Board | Feed
    price_region: str
    """The region whose prices are used: the bundle's own, if its prices are known."""
    idle: tuple[Term, ...]
    """If nobody plays or reads."""
    uncertain: tuple[Term, ...]
    """What AWS may charge too, but does not say. In no sum."""
    traffic: dict[int, tuple[Term, ...]]
    """What play and readers add, by the multiple of the traffic."""
    notes: tuple[str, ...]
    """What does not fit the board as it is sized at such a multiple."""

    @property
    def dashboard(self) -> Decimal:
        """The part of `idle` that is the CloudWatch dashboard."""
        return add_up([term for term in self.idle if term.part == "dashboard"])

    @property
    def sums(self) -> tuple[Decimal, ...]:
        """The cost while nobody plays or reads, then the whole cost at each of FACTORS."""
        idle = add_up(self.idle)
        return (idle, *(idle + add_up(self.traffic[factor]) for factor in FACTORS))


def estimate_board(board: Board) -> BundleCost:
    """Estimate what a board costs."""
    deployed = read_deployed(board)
    return BundleCost(
        board,
        prices.find_price_region(board.region),
        tuple(list_idle_terms(board, deployed)),
        tuple(list_uncertain_terms(board)),
        {factor: tuple(list_traffic_terms(board, deployed, factor)) for factor in FACTORS},
        tuple(_list_notes(board, deployed)),
    )


def estimate_feed(feed: Feed) -> BundleCost:
    """Estimate what a feed costs."""
    deployed = read_deployed(feed)
    return BundleCost(
        feed,
        prices.find_price_region(feed.region),
        tuple(list_idle_feed_terms(feed, deployed)),
        tuple(list_uncertain_terms(feed)),
        {factor: tuple(list_feed_traffic_terms(feed, deployed, factor)) for factor in FACTORS},
        (),
    )


def estimate(bundle: Board | Feed) -> BundleCost:
    """Estimate what a board or a feed costs."""
    return estimate_feed(bundle) if isinstance(bundle, Feed) else estimate_board(bundle)


def sum_costs(costs: Iterable[BundleCost]) -> tuple[Decimal, ...]:
    """Add up: idle, then at each of FACTORS."""
    return tuple(map(sum_decimals, zip(*(cost.sums for cost in costs), strict=True)))


def sum_decimals(amounts: Sequence[Decimal]) -> Decimal:
    """Add up amounts."""
    return sum(amounts, Decimal(0))


def _list_notes(board: Board, deployed: Deployed) -> Iterable[str]:
    gap = schedules.parse_schedule(board.schedule).shortest_gap_seconds
    for factor in FACTORS:
        seconds, full = rebuild_seconds(board, deployed, factor)
        rate = board.traffic.activities_per_second.average * factor
        if (longest := max(seconds, full)) > limits.MAX_SECONDS:
            yield f"At {factor}x a rebuild would take {longest:,.0f} s, and Lambda ends it after {limits.MAX_SECONDS}."
        elif seconds > gap:
            yield f"At {factor}x a rebuild takes {seconds:,.0f} s on average, longer than the {gap:,} s between two."
        if rate > (carried := board.queue.max_concurrency * limits.PROCESSED_PER_SECOND):
            yield f"At {factor}x {rate:,} activities/s arrive, and {carried:,} are counted: raise `traffic`."
        most = (board.api_max_concurrency or 0) * limits.READS_PER_EXECUTION
        if 0 < most < (asked := count_asked(board, deployed, factor)):
            yield (
                f"At {factor}x {asked:,.0f} reads/s come to the API, and {most:,} are answered: raise "
                "`api.max_concurrency`."
            )

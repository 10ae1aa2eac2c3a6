"""Reading: the players of a window out of the aggregates, each with the score that is ranked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from runtime.config import BoardConfig
from runtime.domain import scoring
from runtime.domain.edges.timeline import Timeline
from runtime.domain.ranking import ScoredPlayer, score_player
from runtime.domain.scoring import Aggregate
from runtime.domain.windows import ALL_TIME, Window
from runtime.dynamodb.aggregates import read_players
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_items import WindowState


def read_scored(board: BoardConfig, table: Table, window: Window, shards: int) -> Iterator[ScoredPlayer]:
    """Read the players of a window."""
    for player_id, aggregate in read_players(table, window, shards):
        yield score_player(board, player_id, aggregate)


def read_endless(
    board: BoardConfig, table: Table, timeline: Timeline, states: Sequence[WindowState], now: int
) -> Iterator[ScoredPlayer]:
    """Read the players of the one window of a kind that never closes."""
    shards = {state.window.id: state.shards for state in states}
    if timeline.kind.every == "all_time":
        yield from read_scored(board, table, ALL_TIME, shards.get(ALL_TIME.id, 0))
        return
    days: dict[str, list[Aggregate]] = defaultdict(list)
    for day in timeline.rolling_days(now):
        for player_id, aggregate in read_players(table, day, shards.get(day.id, 0)):
            days[player_id].append(aggregate)
    for player_id, aggregates in days.items():
        yield score_player(board, player_id, scoring.merge_days(board, aggregates))

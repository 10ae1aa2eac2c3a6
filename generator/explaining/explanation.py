"""Explains a board: gathers its values with their origins, its resources, its sizing, its cost and its windows."""

from __future__ import annotations

from dataclasses import dataclass

from generator.board.board import Board
from generator.board.decisions import Decision
from generator.cost.estimate import BundleCost, estimate_board
from generator.explaining.resources import Resource, list_resources
from generator.explaining.summary import Summary, summarize
from generator.explaining.values import Value, list_values
from generator.validation.loading import Loaded
from runtime.config import WindowKind
from runtime.domain.edges.timeline import Timeline
from runtime.domain.windows import Window


@dataclass(frozen=True)
class Explanation:
    """Everything that `leaderboards explain` shows of a board in one environment."""

    board: Board
    summary: Summary
    values: tuple[Value, ...]
    resources: tuple[Resource, ...]
    """In the order of the bundle's files."""
    sizing: tuple[Decision, ...]
    cost: BundleCost
    windows: tuple[tuple[WindowKind, Window | None], ...]
    """Each kind with its window at the requested instant, None between two; empty without an instant."""


def build_explanation(loaded: Loaded, board: Board, at: int | None = None) -> Explanation:
    """Explain a board. `loaded`: what it was made from.

    `at`: milliseconds since 1970 of the instant to show windows for. Raises OverflowError if a window at that instant
    reaches beyond the calendar.
    """
    cost = estimate_board(board)
    return Explanation(
        board,
        summarize(board, cost),
        tuple(list_values(loaded, loaded.board(board.name, board.environment), board)),
        tuple(list_resources(board)),
        (*board.sizing.named.values(), *board.warm.values()),
        cost,
        () if at is None else tuple((each, Timeline(each).current(at)) for each in board.config.windows),
    )

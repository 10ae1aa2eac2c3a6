"""What there is to know of one board: its values and where each comes from, what it makes in AWS, how it is sized.

Nothing is decided here: values are those of the merged tree and the models, names are read from the Terraform that is
emitted, the arithmetic is that of `sizing`, the windows are those that the functions compute.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.board.board import Board
from generator.board.sizing import Decision
from generator.explaining import resources, values
from generator.explaining.resources import Resource
from generator.explaining.values import Value
from generator.validation.loading import Loaded
from generator.validation.merging import Merged
from runtime.config import WindowKind
from runtime.domain import windows
from runtime.domain.windows import Window

__all__ = ["Decision", "Explanation", "Resource", "Value", "explain"]


@dataclass(frozen=True)
class Explanation:
    """All that is known of a board in one environment."""

    board: Board
    values: tuple[Value, ...]
    resources: tuple[Resource, ...]
    """In the order of the bundle's files."""
    sizing: tuple[Decision, ...]
    windows: tuple[tuple[WindowKind, Window | None], ...]
    """Of each kind the window that an instant falls into, None between two seasons; empty where none was asked for."""


def explain(loaded: Loaded, merged: Merged, board: Board, at: int | None = None) -> Explanation:
    """Explain the board that was made of `merged`. `at`: the instant whose windows are wanted, in milliseconds.

    Raises OverflowError for an instant that no calendar date has.
    """
    return Explanation(
        board,
        tuple(values.of(loaded, merged, board)),
        tuple(resources.of(board)),
        tuple(vars(board.sizing).values()),
        () if at is None else tuple((each, windows.current(each, at)) for each in board.config.windows),
    )

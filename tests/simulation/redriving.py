"""Redrives, as commands of an operator in the simulation."""

from __future__ import annotations

from generator.operations.redrives import putting_back
from generator.operations.rejections import list_rejections
from generator.operations.running_board import RunningBoard


def redrive_dead(board: RunningBoard) -> None:
    """Put every dead letter back into the queue."""
    for _ in putting_back.redrive_dead_letters(board):
        pass


def redrive_rejected(board: RunningBoard, now: int) -> None:
    """Put every rejected activity back."""
    for _ in putting_back.redrive_rejected(board, list(list_rejections(board.marks, now))):
        pass

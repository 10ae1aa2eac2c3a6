"""Hides, renames and restores a player. It is stored once, and the board's functions act on it: see `decisions`."""

from __future__ import annotations

from generator.errors import InputError
from generator.operations.audit.trail import open_trail
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.running_board import aws_errors_as_operation_errors
from runtime.dynamodb.decisions import DecisionStore

UNDER_WAY = "an erasure of this player has begun and not ended: run `players BOARD erase PLAYER` again"

ERASED = "the player was erased meanwhile: nothing is left that could be corrected"


def hide(board: ManagedBoard, player_id: str, reason: str | None) -> None:
    """Hide a player: counted, and in no rank, answer of the API or event, from the next rebuild on.

    Raises OperationError.
    """
    deed = open_trail(board.running).deed("players hide", {}, reason, player=player_id)
    with deed, aws_errors_as_operation_errors():
        DecisionStore(board.aggregates).hide(player_id, board.running.now())


def rename(board: ManagedBoard, player_id: str, name: str, reason: str | None) -> None:
    """Show another name of a player, whatever later activities say. Raises OperationError."""
    deed = open_trail(board.running).deed("players rename", {"name": name}, reason, player=player_id)
    with deed, aws_errors_as_operation_errors():
        DecisionStore(board.aggregates).rename(player_id, name, board.running.now())


def restore(board: ManagedBoard, player_id: str, reason: str | None) -> None:
    """Undo what `hide` and `rename` did. Raises OperationError, and InputError where an erasure is under way."""
    with open_trail(board.running).deed("players restore", {}, reason, player=player_id):
        with aws_errors_as_operation_errors():
            done = DecisionStore(board.aggregates).restore(player_id, board.running.now())
        if not done:
            raise InputError(UNDER_WAY)

"""What whoever decides about players does with a board, by the commands, in an AWS in memory."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from unittest.mock import patch

import boto3

from generator.aws.invoke import invoke
from generator.board.board import Board
from generator.errors import FunctionError
from generator.operations.corrections.correction import Correction
from generator.operations.corrections.counting import count_correction
from generator.operations.corrections.ranks import read_ranks
from generator.operations.players import deciding
from generator.operations.players.erasing import erase
from generator.operations.players.managed_board import ManagedBoard, find_managed_in_aws
from generator.operations.players.showing import show_player
from generator.operations.ranks import rebuilding
from generator.operations.ranks.rebuilding import rebuild_when_free


def look_for(board: Board, player: str) -> None:
    """See that nothing is kept of a player, nor any ranks."""
    with patch.object(boto3, "Session", lambda **_: boto3.DEFAULT_SESSION):
        assert not show_player(find_managed_in_aws(board), player, 10).is_known


def decide_about(board: Board, player: str, rebuild: Callable[[], Any]) -> None:
    """Do all that the command `players` does. `rebuild` runs the rebuilder, as the rebuilder."""

    def run(functions: Any, name: str, event: Any) -> Any:
        # Lambda would run containers in moto: the request counts, and then the function's own code runs.
        with suppress(FunctionError):
            invoke(functions, name, event)
        return rebuild()

    with (
        patch.object(rebuilding, "invoke", run),
        patch.object(boto3, "Session", lambda **_: boto3.DEFAULT_SESSION),
        patch("generator.operations.redrives.receiving.WAIT_SECONDS", 0),
    ):
        managed = find_managed_in_aws(board)
        assert show_player(managed, player, 10).scores
        _correct(managed, player)
        deciding.hide(managed, player, "a reason")
        deciding.rename(managed, player, "Player 7", None)
        managed.rebuild()
        deciding.restore(managed, player, None)
        *_, (_, erased) = erase([managed], managed.running.activities, player, [], lambda seconds: None)
        for name in ("scores", "activities", "corrections", "dead_letters", "files"):
            assert erased.counts[name], name
        assert not show_player(managed, player, 10).scores


def _correct(managed: ManagedBoard, player: str) -> None:
    column, *_ = managed.config.columns
    states = show_player(managed, player, 1).scores
    asked = Correction(player, "set", {column.name: 10**column.decimals}, (states[0].window.id,), "ticket")
    assert count_correction(managed, asked, reopen=False)[1]
    assert not count_correction(managed, asked, reopen=True)[1]
    list(rebuild_when_free(managed.rebuild))
    read_ranks(managed, player, [states[0].window.id])

"""What whoever replays a window does, by the command, in an AWS in memory."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from generator.board.board import Board
from generator.operations.audit.trail import open_trail
from generator.operations.players.managed_board import ManagedBoard, find_managed_in_aws
from generator.operations.players.showing import read_states
from generator.operations.replays.replaying import Replay
from generator.operations.replays.windows import find_window
from runtime.config import Points
from tests.terraform.permissions.operator import noted


def replay(board: Board) -> None:
    """Compare, swap, go back, swap again, and swap once more by other rules."""
    with noted():
        managed = find_managed_in_aws(board)
        running = managed.running
        kind = managed.config.windows[0]
        ids = {"rolling": f"rolling-{kind.days}d", "all_time": "all-time"}
        opened = [state.window.id for state in read_states(managed) if state.window.every == kind.every]
        window = ids.get(kind.every, max(opened))
        with open_trail(running).deed("replay", {}, window=window) as deed:
            *_, (_, comparison) = _replay(managed, window).compare()
            assert comparison.players > 0
            deed.outcome({"players": comparison.players})
            list(_replay(managed, window).swap(accept_missing=True))
            _replay(managed, window).undo()
            list(_replay(managed, window).swap(accept_missing=True))
            points = (Points(Decimal(1)),)
            rules = tuple(replace(rule, points=points) for rule in managed.config.rules)
            other = replace(managed, config=replace(managed.config, rules=rules))
            list(_replay(other, window).swap(accept_missing=True))


def _replay(managed: ManagedBoard, window: str) -> Replay:
    return Replay(managed, find_window(managed, window), 10_000, lambda seconds: None)

"""Erases a player: a person's right. Whatever a board keeps of the player goes, and nothing brings it back.

    1. Say so, in the aggregates table: from then on each rebuild leaves the player out, and each batch leaves out what
       the player does, until HORIZON from now, with no mark and no rejection.
    2. Wait until no batch can be under way that began before that.
    3. Delete what is kept: scores, marks, corrections, rejections, activities, waiting events, dead letters.
    4. Let the board be rebuilt: its windows, the sealed ones too, get ranks without the player.
    5. Delete the rank files from before, with all their versions.
    6. Say that it has ended: what is left is a hash of the player's id, and the time until which nothing counts.

Each step may be repeated, so an erasure that was killed is completed by another. Until then the player stays hidden.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from generator.errors import OperationError
from generator.operations.audit.forgetting import forget_player
from generator.operations.players.deleting import delete_all, delete_kept
from generator.operations.players.files import delete_old_files
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.running_board import aws_errors_as_operation_errors
from runtime.dynamodb.decisions import DecisionStore
from runtime.dynamodb.table import Table
from runtime.s3.snapshots import SnapshotStore

HORIZON = 3_600_000
"""For how many milliseconds nothing of the player counts after an erasure has begun: longer than one takes. Where it
ends, counting begins again at once; where it was killed, after this time at the latest."""
REBUILD_ATTEMPTS = 600
"""How often it is looked whether a rebuild has left the player out, a second apart: a rebuild takes 900 at the most,
and one of another may be under way."""


@dataclass
class Erased:
    """What an erasure has removed so far, on all of its boards."""

    counts: Counter[str] = field(default_factory=Counter)
    """How many scores, marks, minutes, corrections, rejections, activities, events, dead_letters, files and deeds."""


def erase(
    boards: Sequence[ManagedBoard],
    activities: Table,
    player_id: str,
    names: Sequence[str],
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[tuple[str, Erased]]:
    """Erase a player from all boards that count a table of activities, and from that table.

    `names` are the display names that the player had. Before each step yields what it does, with what was removed so
    far. Raises OperationError, and FunctionError where a rebuild fails.
    """
    erased = Erased()
    yield "hiding", erased
    with aws_errors_as_operation_errors():
        for board in boards:
            now = board.running.now()
            DecisionStore(board.aggregates).begin_erasing(player_id, now, now + HORIZON)
            erased.counts["deeds"] += forget_player(board.running.marks, player_id, names)
    for _ in wait_for_batches(boards, sleep):
        yield "waiting for batches that began before", erased
    yield "deleting", erased
    for board in boards:
        delete_kept(board, player_id, erased.counts)
    _delete_activities(activities, player_id, erased.counts)
    for board in boards:
        yield f"rebuilding {board.name}", erased
        _rebuild(board, sleep)
        yield f"deleting old files of {board.name}", erased
        erased.counts["files"] += delete_old_files(board, sleep)
    with aws_errors_as_operation_errors():
        for board in boards:
            DecisionStore(board.aggregates).end_erasing(player_id, board.running.now())
            erased.counts["deeds"] += forget_player(board.running.marks, player_id, names)
    yield "done", erased


def wait_for_batches(boards: Sequence[ManagedBoard], sleep: Callable[[float], object]) -> Iterator[None]:
    """Wait until no batch can be under way that began before the call. Yields every second."""
    waiting = list(boards)
    for second in range(max(board.config.batch_seconds for board in boards)):
        with aws_errors_as_operation_errors():
            waiting = [each for each in waiting if second < each.config.batch_seconds and not each.is_idle()]
        if not waiting:
            return
        yield
        sleep(1)


def _delete_activities(activities: Table, player_id: str, counts: Counter[str]) -> None:
    """Delete the player's activities. What the stream has of them already is left out by the processor."""
    with aws_errors_as_operation_errors():
        keys = [activities.key_of(item) for item in activities.query(player_id)]
        counts["activities"] += delete_all(activities, keys)


def _rebuild(board: ManagedBoard, sleep: Callable[[float], object]) -> None:
    """Let the board be rebuilt until the newest snapshot leaves out who is to be left out. Raises OperationError."""
    snapshots, decisions = SnapshotStore(board.bucket), DecisionStore(board.aggregates)
    for _ in range(REBUILD_ATTEMPTS):
        board.rebuild()
        with aws_errors_as_operation_errors():
            newest, fingerprint = snapshots.read_newest(), decisions.read().fingerprint
        if newest is not None and newest.decided <= {fingerprint}:
            return
        # Another rebuild is under way, and has begun before.
        sleep(1)
    if board.config.assembly:
        raise OperationError(
            f"{board.name} is being assembled, or its rebuilder skips or fails: run this again once status says neither"
        )
    raise OperationError(f"{board.name} is not rebuilt: its rebuilder skips or fails; run this again when it works")

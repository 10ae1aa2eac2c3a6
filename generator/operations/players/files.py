"""Deletes the rank files of a board that no reader gets any more, and those of assemblies, with all their versions."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from generator.errors import OperationError
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.running_board import aws_errors_as_operation_errors
from runtime.dynamodb.lease import Lease, LeaseHeldError
from runtime.lifecycle.assembling.files import ASSEMBLIES
from runtime.s3.ranks.base_writer import ROOT, prefix_of, written_at
from runtime.s3.snapshots import SnapshotStore

LEASE_ATTEMPTS = 900
"""Seconds to wait for the end of a rebuild: Lambda ends it after so many (AWS Lambda developer guide, "Lambda quotas").
"""
CALL_SECONDS = 900
"""As many for the end of a call of the assembler."""
GONE_DAYS = 3
"""After how many days nothing is left of the assemblies of a board that has none any more: the rebuilder deletes them
within hours, and S3 what was deleted a day later, at midnight (Amazon S3 user guide, "Expiring objects")."""


def delete_old_files(board: ManagedBoard, sleep: Callable[[float], object]) -> int:
    """Delete all versions of the rank files that the newest snapshot does not need, and of the files of assemblies.

    Returns how many versions. Raises OperationError. Meanwhile no other rebuild begins. A window that one has sealed
    and not shown is ranked anew by the next.
    """
    deleted, unfinished = _delete(board, sleep)
    if unfinished:
        # A call that is at work has read all that it needs, and writes it. Without the plan none begins any more.
        for _ in range(CALL_SECONDS):
            sleep(1)
        deleted += _delete(board, sleep, unfinished)[0]
    return deleted


def _delete(
    board: ManagedBoard, sleep: Callable[[float], object], only: frozenset[str] | None = None
) -> tuple[int, frozenset[str]]:
    """Delete files, of assemblies those of some `only`, all if it is None.

    Returns how many versions, and the ids of the assemblies that were not done.
    """
    with aws_errors_as_operation_errors():
        lease = _take_lease(board, sleep)
        try:
            newest = SnapshotStore(board.bucket).read_newest()
            if newest is None:
                return 0, frozenset()
            # A rebuild that began later may be writing files of its own.
            old = (
                version
                for version in board.files.list_versions(ROOT)
                if (prefix := prefix_of(version["Key"])) not in newest.prefixes and written_at(prefix) <= newest.as_of
            )
            # An assembly that runs ends by it, and where a window still needs one, the next rebuild begins another.
            listed = list(board.files.list_versions(ASSEMBLIES))
            if listed and not board.config.assembly:
                # Nobody may delete them at once on a board that has none: the rebuilder does, and S3 their versions.
                raise OperationError(
                    f"{board.name} had assemblies until a while ago: run this again in {GONE_DAYS} days"
                )
            named = [(version["Key"].removeprefix(ASSEMBLIES).partition("/")[0], version) for version in listed]
            assembled = [version for name, version in named if only is None or name in only]
            done = {name for name, version in named if version["Key"].endswith(f"{name}/done")}
            deleted = board.files.delete_versions(chain(assembled, old))
            return deleted, frozenset(name for name, _ in named) - done
        finally:
            lease.give_back()


def _take_lease(board: ManagedBoard, sleep: Callable[[float], object]) -> Lease:
    lease = Lease(board.aggregates, board.config.lease_seconds)
    for _ in range(LEASE_ATTEMPTS):
        try:
            lease.take(board.running.now())
        except LeaseHeldError:
            sleep(1)
            continue
        return lease
    raise OperationError(f"a rebuild of {board.name} does not end: run this again")

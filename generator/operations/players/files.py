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


def delete_old_files(board: ManagedBoard, sleep: Callable[[float], object]) -> int:
    """Delete all versions of the rank files that the newest snapshot does not need, and of the files of assemblies.

    Returns how many versions. Raises OperationError. Meanwhile no other rebuild begins. A window that one has sealed
    and not shown is ranked anew by the next.
    """
    with aws_errors_as_operation_errors():
        lease = _take_lease(board, sleep)
        try:
            newest = SnapshotStore(board.bucket).read_newest()
            if newest is None:
                return 0
            # A rebuild that began later may be writing files of its own.
            old = (
                version
                for version in board.files.list_versions(ROOT)
                if (prefix := prefix_of(version["Key"])) not in newest.prefixes and written_at(prefix) <= newest.as_of
            )
            # An assembly that runs fails by it, and where a window still needs one, the next rebuild begins another.
            assembled = board.files.list_versions(ASSEMBLIES) if board.config.assembly else iter(())
            return board.files.delete_versions(chain(assembled, old))
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

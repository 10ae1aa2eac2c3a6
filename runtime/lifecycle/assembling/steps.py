"""The steps of an assembly, of which one call of the assembler carries out one part."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from runtime import logs
from runtime.config import BoardConfig
from runtime.domain.ranking import FORMAT, describe_shown
from runtime.dynamodb.table import Table
from runtime.lifecycle.assembling.counting import count
from runtime.lifecycle.assembling.files import AssemblyFiles
from runtime.lifecycle.assembling.gathering import finish, gather
from runtime.lifecycle.assembling.reading import read
from runtime.lifecycle.assembling.work import Work
from runtime.lifecycle.assembling.writing import write
from runtime.s3.bucket import Bucket

STEPS: Mapping[str, Callable[[Work, int], None]] = {
    "read": read,
    "count": count,
    "write": write,
    "gather": gather,
    "finish": finish,
}
"""The steps in their order. No part of one begins before all parts of the one before have ended."""


class OutdatedError(Exception):
    """An assembly was begun by another release, or for a board that was another one then."""


def run_step(board: BoardConfig, table: Table, bucket: Bucket, assembly_id: str, step: str, number: int) -> None:
    """Carry out one part of a step of an assembly. It may be repeated, also while it runs.

    It does nothing where nobody waits for the assembly any more: it has ended, or its files were deleted as a player
    was erased. Its execution is not to fail by that, as then a person would be told. `table` is the aggregates table.
    Raises LookupError where what the step needs is gone.
    """
    files = AssemblyFiles(bucket, assembly_id)
    plan = files.read_plan()
    if plan is None or files.read_ended() is not None:
        logs.info("nobody waits for an assembly any more")
        return
    # What lies under two keys would never be moved to one.
    if plan.format != FORMAT or plan.shown != describe_shown(board) or plan.key != bucket.key:
        raise OutdatedError("the assembly was begun for another release of the board")
    STEPS[step](Work(board, table, files, plan), number)

"""The steps of an assembly, of which one call of the assembler carries out one part."""

from __future__ import annotations

from runtime.config import BoardConfig
from runtime.dynamodb.table import Table
from runtime.s3.bucket import Bucket

STEPS = ("read", "count", "write", "gather", "finish")
"""The steps in their order. No part of one begins before all parts of the one before have ended."""


def run_step(board: BoardConfig, table: Table, bucket: Bucket, assembly_id: str, step: str, number: int) -> None:
    """Carry out one part of a step of an assembly. It may be repeated, also while it runs.

    `table` is the aggregates table. Raises LookupError where the assembly, or what the step needs, is gone.
    """
    raise NotImplementedError

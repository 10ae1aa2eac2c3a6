"""Estimates what a rebuild cost: from what it is known to ask of AWS, and from how long it took."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from generator.board.board import Board
from generator.cost.rebuilds import measure_following_rebuild
from generator.cost.term import Terms, add_up


def estimate_rebuild(board: Board, players: Sequence[int], seconds: float | None) -> Decimal:
    """What a rebuild costs at the most, in US dollars: as if every entry had changed.

    `players`: how many each kind of window has, in the YAML's order. `seconds`: how long it took; None where that is
    not known, so that it is estimated too.
    """
    memory, most = board.rebuilder.memory_mb, max(players, default=0)
    one = measure_following_rebuild(board.config, most, most, memory)
    terms = Terms(board.region, "rebuild")
    return add_up(
        [
            terms.make("function, request", 1, "lambda_request"),
            terms.make("function, duration", (seconds or one.seconds) * memory / 1024, "lambda_gb_second"),
            terms.make("tables, read", one.read_units, "read_unit"),
            terms.make("tables, the lease and fences", one.write_units, "write_unit"),
            terms.make("the aggregates' stream, read", one.stream_reads, "stream_read"),
            terms.make("bucket, written", one.bucket_writes, "s3_write"),
            terms.make("bucket, read", one.bucket_reads, "s3_read"),
        ]
    )

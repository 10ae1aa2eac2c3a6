"""The first step of an assembly: it reads a part of the players, and stores their lines as sorted runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from io import BytesIO

from runtime.domain.ranking import WindowRanks
from runtime.lifecycle.assembling.work import Work
from runtime.lifecycle.line_reading import count_units, read_lines
from runtime.s3.ranks import sizes
from runtime.s3.ranks.base_reader import BaseReader
from runtime.s3.ranks.merged_reader import MergedReader
from runtime.sorting.runs import cut_runs, write_run

RUN_BYTES = 32 * 1024 * 1024
"""Bytes of lines of a run, about. Some runs lie in memory while they are uploaded."""


def read(work: Work, number: int) -> None:
    """Read a part of the players, once: whoever does it again later may find other scores.

    The names of runs follow from what is in them, so one that is written twice is the same, and one of a call that came
    too late is nobody's.
    """
    files, told = work.files, []
    if files.has("read", number):
        return
    with work.bucket.upload(f"{files.key_of('read', number)}/") as put:
        for lines in cut_runs(_read_pages(work, number), RUN_BYTES):
            file = BytesIO()
            run, body = write_run(file, lines), file.getvalue()
            name = blake2b(body, digest_size=16).hexdigest()
            put(name, body)
            told.append({"name": name, **run.to_json()})
    files.write_once("read", number, told)


def _read_pages(work: Work, number: int) -> Iterator[Sequence[bytes]]:
    """The lines of a part of the players, page by page."""
    plan = work.plan
    if plan.source is None:
        units = range(number, count_units(plan.parts), plan.reads) if plan.parts else range(0)
        return read_lines(work.board, work.table, plan.parts, plan.decisions, units)
    reader = MergedReader(BaseReader(work.bucket, work.board.columns))
    return reader.read_blocks(plan.source, choose_blocks(plan.source, number, plan.reads))


def choose_blocks(source: WindowRanks, number: int, reads: int) -> range:
    """The blocks that one of some reads has, of those of a base: whole packs."""
    packs = len(source.blocks.sizes)
    ends = (min(packs * part // reads * sizes.PER_PACK, source.blocks.count) for part in (number, number + 1))
    return range(*ends)

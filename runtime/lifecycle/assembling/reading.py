"""The first step of an assembly: it reads a part of the players, and stores their lines as sorted runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from io import BytesIO
from itertools import islice
from tempfile import TemporaryFile
from typing import BinaryIO

from runtime.domain.ranking import WindowRanks
from runtime.lifecycle.assembling.plan import find_share
from runtime.lifecycle.assembling.work import Work
from runtime.lifecycle.line_reading import count_units, read_lines
from runtime.s3.ranks import sizes
from runtime.s3.ranks.base_reader import BaseReader
from runtime.s3.ranks.merged_reader import MergedReader
from runtime.sorting.runs import cut_runs, merge_runs, write_run, write_runs

RUN_BYTES = 32 * 1024 * 1024
"""Bytes of lines of a run, about. Some runs lie in memory while they are uploaded."""
SORTED_BYTES = 1024 * 1024 * 1024
"""Bytes of lines that are sorted by way of the disk at once. A part may have more players than was planned: a window
that was opened when the board was small has few shards to read."""
PAGE = 10_000
"""Lines that are taken at once of those that are in order."""


def read(work: Work, number: int) -> None:
    """Read a part of the players, once: whoever does it again later may find other scores.

    The names of runs follow from what is in them, so one that is written twice is the same, and one of a call that came
    too late is nobody's.
    """
    files, told = work.files, []
    if files.has("read", number):
        return
    with TemporaryFile() as scratch, work.bucket.upload(f"{files.key_of('read', number)}/") as put:
        pages = _read_pages(work, number)
        for lines in cut_runs(pages if work.plan.source else _sort(pages, scratch), RUN_BYTES):
            file = BytesIO()
            run, body = write_run(file, lines), file.getvalue()
            name = blake2b(body, digest_size=16).hexdigest()
            put(name, body)
            told.append({"name": name, **run.to_json()})
    files.write_once("read", number, told)


def _sort(pages: Iterable[Sequence[bytes]], scratch: BinaryIO) -> Iterator[Sequence[bytes]]:
    """The lines of pages in order, as many at a time as the file is for.

    So the runs of a part follow one another: each call that reads a range of keys finds it in one or two of them.
    """
    rest = iter(pages)
    while runs := write_runs(scratch, _take(rest, SORTED_BYTES), RUN_BYTES):
        lines = merge_runs(runs, RUN_BYTES)
        while page := list(islice(lines, PAGE)):
            yield page


def _take(pages: Iterator[Sequence[bytes]], size: int) -> Iterator[Sequence[bytes]]:
    """Pages with so many bytes of lines, about."""
    for page in pages:
        yield page
        size -= sum(map(len, page))
        if size <= 0:
            return


def _read_pages(work: Work, number: int) -> Iterator[Sequence[bytes]]:
    """The lines of a part of the players, page by page; those of a base are in order."""
    plan = work.plan
    if plan.source is None:
        units = range(number, count_units(plan.parts), plan.reads) if plan.parts else range(0)
        return read_lines(work.board, work.table, plan.parts, plan.decisions, units)
    reader = MergedReader(BaseReader(work.bucket, work.board.columns))
    return reader.read_blocks(plan.source, choose_blocks(plan.source, number, plan.reads))


def choose_blocks(source: WindowRanks, number: int, reads: int) -> range:
    """The blocks that one of some reads has, of those of a base: whole packs."""
    packs = find_share(len(source.blocks.sizes), number, reads)
    return range(source.blocks.count)[packs.start * sizes.PER_PACK : packs.stop * sizes.PER_PACK]

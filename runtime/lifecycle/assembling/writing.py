"""The third step of an assembly: it writes the blocks of a range, and the lines for buckets, by the packs of those."""

from __future__ import annotations

from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict
from itertools import islice
from tempfile import TemporaryFile
from typing import BinaryIO

from runtime.aws import THREADS
from runtime.domain.lines import id_start, write_total
from runtime.domain.order_keys import BEHIND, find_block
from runtime.domain.ranking import NO_PIECES, WindowRanks
from runtime.lifecycle.assembling.counting import CHUNK, RANGE_BYTES
from runtime.lifecycle.assembling.work import Counted, Work
from runtime.s3.ranks import sizes
from runtime.s3.ranks.base_writer import TOP, LineTotal, write_top
from runtime.s3.ranks.blocks import BLOCKS, FIRSTS, BlockReader, BlockWriter, RankCounter, RankedLine, split_block, walk
from runtime.s3.ranks.buckets import FOLDER, BucketWriter, count_buckets, count_packs
from runtime.s3.ranks.packs import PackWriter
from runtime.s3.ranks.spools import Scratch
from runtime.sorting.runs import merge_runs, split_runs

OBJECT_BYTES = 16 * 1024 * 1024
"""Bytes of an object with lines for buckets, about. Some lie in memory while they are uploaded."""
PLACE_BYTES = 30
"""Bytes of a line for a bucket besides the line, about."""


def write(work: Work, number: int) -> None:
    """Write the packs of blocks that belong to a range."""
    counted = work.load_counts()
    owned = counted.find_owned(number)
    told = {"total": write_total(0), "blocks": [], "top": False, "players": asdict(NO_PIECES), "per_pack": 1}
    if owned:
        with ExitStack() as stack, ThreadPoolExecutor(THREADS) as pool:

            def scratch() -> BinaryIO:
                return stack.enter_context(TemporaryFile())

            told = _RangeWriter(work, number, counted, owned, scratch, pool).write()
    work.files.write("write", number, told)


class _RangeWriter:
    """Writes what belongs to one range, by way of files on this machine."""

    def __init__(
        self, work: Work, number: int, counted: Counted, owned: range, scratch: Scratch, pool: ThreadPoolExecutor
    ) -> None:
        self._work = work
        self._plan = work.plan
        self._number = number
        self._counted = counted
        self._owned = owned
        self._scratch = scratch
        self._pool = pool
        self._runs = work.load_runs()
        self._first_block = owned.start // sizes.BLOCK
        first_pack = self._first_block // sizes.PER_PACK
        self._blocks = BlockWriter(self._scratch(), BLOCKS, work.plan.ties, work.width, first_pack)

    def write(self) -> dict[str, object]:
        """Write it, and return what the steps behind need to know."""
        total = self._write_blocks()
        writer = BucketWriter(
            self._scratch, self._plan.prefix, self._counted.players, id_start(self._work.board.columns)
        )
        top: list[RankedLine] = []
        ranks = WindowRanks(self._plan.window, self._owned.stop, "", self._plan.prefix, self._plan.ties)
        blocks = BlockReader(self._blocks.packs, self._work.width).read_each(ranks, self._owned.start)
        for ranked, ends in walk(blocks, self._count_before, self._work.width):
            writer.add_lines(ranked, ends)
            if ranked.first < self._plan.top:
                top += ranked.split()
        told = {"total": write_total(total), "blocks": self._blocks.packs.pieces.sizes, "top": bool(top)}
        with self._work.bucket.upload(f"{self._work.files.key_of('write', self._number)}/") as put:
            put(FIRSTS, self._blocks.write_firsts())
            if top:
                put(TOP, write_top(top[: self._plan.top - self._owned.start]))
            packs = count_packs(count_buckets(self._counted.players))
            per_pack = self._choose_per_pack(packs)
            packer = PackWriter(put, FOLDER, per_pack=per_pack)
            for pack in range(packs):
                packer.add(b"".join(writer.take(pack)))
            return {**told, "players": asdict(packer.end()), "per_pack": per_pack}

    def _write_blocks(self) -> int:
        """Write the blocks, and return the sum of the hashes of their lines."""
        plan, owned, total = self._plan, self._owned, LineTotal()
        ranks = RankCounter(plan.ties, self._work.width)
        for stretch in self._counted.stretches[: self._number]:
            ranks.skip(stretch)
        start = split_runs(self._runs, plan.ranges, BEHIND)[self._number]
        lines = merge_runs(self._runs, RANGE_BYTES, start, each=self._pool.map)
        while ranks.lines < owned.start:
            ranks.add(list(islice(lines, min(CHUNK, owned.start - ranks.lines))))
        self._blocks.add_list(total.watch(islice(lines, len(owned))), ranks)
        assert ranks.lines == owned.stop, "the lines are those that were counted"
        self._blocks.end()
        with self._work.bucket.upload(plan.prefix) as put:
            self._blocks.packs.upload(put)
        return total.total

    def _count_before(self, key: bytes) -> int:
        """How many lines sort before a key that is not before the first of these."""
        number = find_block(self._blocks.firsts, key)
        [piece] = self._blocks.packs.read_range(self._first_block + number, self._first_block + number + 1)
        position = self._owned.start + number * sizes.BLOCK + bisect_left(split_block(piece)[1], key)
        if position < self._owned.stop or self._owned.stop == self._counted.players:
            return position
        return sum(self._pool.map(lambda run: run.count_before(key), self._runs))

    def _choose_per_pack(self, packs: int) -> int:
        """For how many packs of buckets the lines lie in one object."""
        size = sizes.PER_PACK * sum(self._blocks.packs.pieces.sizes) + PLACE_BYTES * len(self._owned)
        return max(1, packs * OBJECT_BYTES // size)

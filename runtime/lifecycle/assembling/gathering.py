"""The last steps of an assembly: packs of buckets, out of what all ranges have for them; then all that is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from io import BytesIO

from runtime.aws import THREADS
from runtime.domain.lines import read_total, write_total
from runtime.domain.ranking import Pieces, WindowRanks
from runtime.lifecycle.assembling.plan import find_share
from runtime.lifecycle.assembling.work import Work
from runtime.s3.bucket import UPLOADS
from runtime.s3.ranks import sizes
from runtime.s3.ranks.base_writer import TOP, describe_content
from runtime.s3.ranks.blocks import FIRSTS
from runtime.s3.ranks.buckets import FOLDER, add_buckets, count_buckets, count_packs
from runtime.s3.ranks.packs import PackReader, PackWriter

READS_AT_ONCE = THREADS - UPLOADS
"""What one pack is put together from is read while others are written: both share the connections of one client."""
BATCH_BYTES = 64 * 1024 * 1024
"""Bytes of lines for buckets that are in memory at once, about; one pack's at the least."""


def gather(work: Work, number: int) -> None:
    """Write a part of the packs of buckets."""
    plan = work.plan
    buckets = count_buckets(work.load_counts().players)
    packs = find_share(count_packs(buckets), number, plan.groups)
    readers = _open_writes(work)
    with work.bucket.upload(plan.prefix) as put, ThreadPoolExecutor(READS_AT_ONCE) as pool:
        writer = PackWriter(put, FOLDER, packs.start)
        for batch in _split(packs, readers):
            found = list(pool.map(partial(_read, batch=batch), readers))
            for place, pack in enumerate(batch):
                add_buckets(writer, pack, buckets, _split_lines(pieces[place] for pieces in found))
        written = writer.end()
    work.files.write("gather", number, {"buckets": written.sizes})


def finish(work: Work, number: int) -> None:
    """Write what is left of the base, and say that it is done."""
    plan, players = work.plan, work.load_counts().players
    writes, gathers = (work.files.read_all(*each) for each in (("write", plan.ranges), ("gather", plan.groups)))
    total = write_total(sum(read_total(told["total"]) for told in writes))
    content = describe_content(plan.ties, total, named=False, others=None)
    ranks = WindowRanks(plan.window, players, content, plan.prefix, plan.ties, total=total, base_players=players)
    blocks = Pieces(-(-players // sizes.BLOCK), tuple(size for told in writes for size in told["blocks"]))
    buckets = Pieces(count_buckets(players), tuple(size for told in gathers for size in told["buckets"]))
    ranks = replace(ranks, blocks=blocks, buckets=buckets, top=min(plan.top, players))
    if players:
        written = [number for number, told in enumerate(writes) if told["blocks"]]
        with work.bucket.upload(plan.prefix) as put:
            put(FIRSTS, _join(work, FIRSTS, written))
            put(TOP, _join(work, TOP, [number for number in written if writes[number]["top"]]))
    work.files.write_done(plan.mark(ranks))


def _open_writes(work: Work) -> list[tuple[PackReader, int]]:
    """What reads the lines that each range has for buckets, and how large the largest piece of it is."""
    return [
        (
            PackReader(
                work.bucket,
                f"{work.files.key_of('write', number)}/{FOLDER}",
                Pieces.from_json(told["players"]),
                told["per_pack"],
            ),
            max(told["players"]["sizes"]),
        )
        for number, told in enumerate(work.files.read_all("write", work.plan.ranges))
        if told["blocks"]
    ]


def _split(packs: range, readers: Sequence[tuple[PackReader, int]]) -> Iterator[range]:
    """Split packs of buckets into batches, the lines of which are in memory at once."""
    step = max(1, BATCH_BYTES // max(1, sum(largest for _, largest in readers)))
    return (packs[start : start + step] for start in range(0, len(packs), step))


def _read(reader: tuple[PackReader, int], batch: range) -> list[bytes]:
    """What a range has for each pack of a batch."""
    return list(reader[0].stream_range(batch.start, batch.stop))


def _split_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of pieces, each with its line break."""
    return (line for piece in pieces if piece for line in BytesIO(piece + b"\n"))


def _join(work: Work, name: str, ranges: Sequence[int]) -> bytes:
    """A file of which each of some ranges has written a part."""
    keys = [f"{work.files.key_of('write', number)}/{name}" for number in ranges]
    with ThreadPoolExecutor(THREADS) as pool:
        return b"".join(pool.map(work.bucket.read, keys))

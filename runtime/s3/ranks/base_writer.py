"""Writes a base: the files of all ranks of a window, out of its sorted lines, with few of them in memory.

The lines are read once, into blocks in a temporary file. Then it is known what they are and how many: where they are
those of the window's last ranks, nothing is written. Otherwise the blocks are read again, to put each line with its
place into the player's bucket.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b, sha256
from tempfile import TemporaryFile
from typing import BinaryIO

from runtime.config import Column, Ties
from runtime.domain.lines import HASH_BYTES, id_start, write_total
from runtime.domain.order_keys import columns_width
from runtime.domain.ranking import FORMAT, NAMED, Pieces, WindowRanks
from runtime.domain.texts import folding
from runtime.domain.windows import Window
from runtime.s3.bucket import Bucket, Put, encode_json
from runtime.s3.ranks.blocks import BLOCKS, FIRSTS, BlockReader, BlockWriter, RankedLine, walk
from runtime.s3.ranks.buckets import BucketWriter
from runtime.s3.ranks.names import NameWriter
from runtime.s3.ranks.segments import SegmentWriter, ValueCounter
from runtime.s3.ranks.spools import Scratch

ROOT = "snapshots/ranks/"
"""What the keys of all rank files begin with."""
TOP = "top"
"""The key of the first lines with their ranks, below the prefix: RANK, a tab, and LINE."""


class LineTotal:
    """Adds up the hashes of lines."""

    def __init__(self) -> None:
        self.total = 0

    def watch(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Add the hash of each line, as `lines.hash_line` makes it, and pass the lines on."""
        read = int.from_bytes
        for line in lines:
            # A call less for each of millions of lines.
            self.total += read(blake2b(line, digest_size=HASH_BYTES).digest(), "big")
            yield line


@dataclass(frozen=True)
class BaseWriter:
    """Writes the bases of a board's windows."""

    bucket: Bucket
    columns: Sequence[Column]
    names: bool
    """Whether what is written gets an index of display names."""

    def write(
        self,
        window: Window,
        lines: Iterable[bytes],
        ties: Ties,
        top: int,
        as_of: int,
        previous: WindowRanks | None,
        segments: Sequence[str],
    ) -> WindowRanks:
        """Write the base of a window, unless its content is that of the `previous` ranks: then those are returned."""
        with ExitStack() as stack:

            def scratch() -> BinaryIO:
                return stack.enter_context(TemporaryFile())

            total, counter = LineTotal(), ValueCounter(segments)
            watched = total.watch(counter.watch(lines) if segments else lines)
            blocks = BlockWriter(scratch(), BLOCKS, ties, columns_width(self.columns))
            players = blocks.add_list(watched)
            pieces = blocks.end()
            text = write_total(total.total)
            content = describe_content(ties, text, self.names, counter.others if segments else None)
            if previous is not None and previous.content == content:
                return replace(previous.unmarked, window=window)
            prefix = f"{ROOT}{window.id}/{content}-{as_of}/"
            ranks = WindowRanks(window, players, content, prefix, ties, total=text, blocks=pieces, base_players=players)
            ranks = replace(ranks, top=min(top, players), segments=tuple(segments), format=FORMAT)
            if players:
                with self.bucket.upload(prefix) as put:
                    ranks = replace(ranks, buckets=self._write_rest(scratch, put, ranks, blocks, counter))
            return ranks

    def _write_rest(
        self, scratch: Scratch, put: Put, ranks: WindowRanks, blocks: BlockWriter, counter: ValueCounter
    ) -> Pieces:
        """Write all files out of the blocks, which are on this machine, and say what the buckets are."""
        width = columns_width(self.columns)
        blocks.packs.upload(put)
        writer = BucketWriter(scratch, ranks.prefix, ranks.players, id_start(self.columns))
        if ranks.segments:
            SegmentWriter(scratch, put, ranks.ties, width).write(blocks.packs, counter, writer)
        index = NameWriter(scratch) if self.names else None
        top: list[RankedLine] = []
        reader = BlockReader(blocks.packs, width)
        for ranked, ends in walk(reader.read_each(ranks), partial(reader.count_before, ranks, blocks.firsts), width):
            writer.add_lines(ranked, ends)
            if index:
                index.add_lines(ranked, ends)
            if ranked.first < ranks.top:
                top += ranked.split()
        if index:
            index.end(put)
        put(FIRSTS, blocks.write_firsts())
        put(TOP, write_top(top[: ranks.top]))
        return writer.end(put)


def write_top(lines: Iterable[RankedLine]) -> bytes:
    """The file of the first lines with their ranks."""
    return b"".join(b"%d\t%b\n" % (ranked.rank, ranked.line) for ranked in lines)


def describe_content(ties: Ties, total: str, named: bool, others: dict[str, int] | None) -> str:
    """A hash of ranks: the same as long as no line changes, and nothing else that decides what their files are.

    `others`: how many players of each segment are in a value that has no ranks; None on a board without segments.
    """
    made = [FORMAT, ties, total, *([folding.VERSION] if named else []), *([others] if others is not None else [])]
    return (NAMED if named else "") + sha256(encode_json(made)).hexdigest()[:32]


def prefix_of(key: str) -> str:
    """The prefix of a rank file's window: snapshots/ranks/WINDOW/CONTENT-MILLISECONDS/."""
    return key[: key.index("/", key.rindex("-"))] + "/"


def written_at(prefix: str) -> int:
    """The `as_of` of the rebuild that wrote the rank files below a prefix."""
    return int(prefix[prefix.rindex("-") + 1 : -1])

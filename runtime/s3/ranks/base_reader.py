"""Reads a base: any page or player, by one ranged read of a pack. What was read is kept in memory, up to a size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from runtime.config import Column
from runtime.domain.deltas.places import Block
from runtime.domain.order_keys import columns_width
from runtime.domain.ranking import RankList, WindowRanks
from runtime.s3.bucket import Bucket
from runtime.s3.ranks import buckets
from runtime.s3.ranks.base_writer import TOP
from runtime.s3.ranks.blocks import BLOCKS, FIRSTS, BlockReader, RankedLine, split_block
from runtime.s3.ranks.buckets import BucketHash, BucketLine, find_player
from runtime.s3.ranks.bulk import read_pieces
from runtime.s3.ranks.packs import PackReader


@dataclass(frozen=True)
class BaseReader:
    """Reads the bases of a board's windows. `ranks.players` are those of the base."""

    bucket: Bucket
    columns: Sequence[Column]

    def find(self, ranks: WindowRanks, player_id: str) -> BucketLine | None:
        """What a base says of a player; None for a player who is not in it."""
        if not ranks.buckets.count:
            return None
        number = BucketHash(ranks.prefix, ranks.buckets.count).find(player_id.encode())
        return find_player(self.read_buckets(ranks).read(number), player_id)

    def read_page(self, ranks: RankList, first: int, end: int) -> list[RankedLine]:
        """The lines of a list between two positions, of which the second is behind the last one, at most the end."""
        if first >= end:
            return []
        if end <= ranks.top:
            return read_top(self.bucket, ranks.prefix)[first:end]
        return [line for ranked in self._read_blocks(ranks).read(ranks, first, end) for line in ranked.split()]

    def count_before(self, ranks: WindowRanks, key: bytes) -> int:
        """How many lines of a window sort before a key."""
        if not ranks.players:
            return 0
        return self._read_blocks(ranks).count_before(ranks, self.read_firsts(ranks), key)

    def read_firsts(self, ranks: RankList) -> list[bytes]:
        """The first key of each block that holds lines of a list, and of those that lie beside them."""
        key = f"{ranks.prefix}{FIRSTS}"
        return self.bucket.cache.load(key, list, lambda: _split(self.bucket.read(key)))

    def stream_blocks(self, ranks: RankList, numbers: Iterable[int]) -> Iterator[Block]:
        """Blocks by their numbers, which ascend: of a list and of those beside it. A few packs are in memory."""
        packs = PackReader(self.bucket, f"{ranks.prefix}{BLOCKS}", ranks.blocks)
        return ((number, *split_block(piece)) for number, piece in read_pieces(packs, numbers))

    def read_buckets(self, ranks: WindowRanks) -> PackReader:
        """What reads the buckets."""
        return PackReader(self.bucket, f"{ranks.prefix}{buckets.FOLDER}", ranks.buckets)

    def _read_blocks(self, ranks: RankList) -> BlockReader:
        packs = PackReader(self.bucket, f"{ranks.prefix}{BLOCKS}", ranks.blocks)
        return BlockReader(packs, columns_width(self.columns))


def read_top(bucket: Bucket, prefix: str) -> list[RankedLine]:
    """The first lines of a window with their ranks, from a small file."""
    key = f"{prefix}{TOP}"
    return bucket.cache.load(key, list, lambda: _parse_top(bucket.read(key)))


def _parse_top(body: bytes) -> tuple[list[RankedLine], int]:
    lines, size = _split(body)
    parts = (line.partition(b"\t") for line in lines)
    return [RankedLine(position, int(rank), line) for position, (rank, _, line) in enumerate(parts)], 3 * size


def _split(body: bytes) -> tuple[list[bytes], int]:
    """The lines of a file, and about how much memory they take."""
    lines = body.split(b"\n")[:-1]
    return lines, len(body) + 64 * len(lines)

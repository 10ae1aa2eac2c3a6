"""Buckets: pieces with the players of one hash, so that one read of a piece finds all that is known of a player.

PLAYER_ID, POSITION, RANK, END, LINE              the player's line, and its place among all; a tab is between each
#PLAYER_ID, NAME, POSITION, RANK, END, PLAYERS    the place among the PLAYERS in the player's value of a segment

Positions count from 0. END is how many entries are ranked better or equal, by columns. The hash has the prefix of the
files for its key, which nobody outside can foresee: otherwise somebody could choose player ids that crowd one bucket.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from runtime.domain.ranking import Pieces, SegmentPlace
from runtime.s3.bucket import Put
from runtime.s3.ranks import sizes
from runtime.s3.ranks.blocks import RankedLine, RankedLines
from runtime.s3.ranks.packs import PackWriter
from runtime.s3.ranks.spools import Scratch, Spools

SPLIT_FROM = 12
"""From this many players on it takes less time to split a bucket into its lines than to search it for each of them."""
FOLDER = "players/"
"""What the keys of packs of buckets begin with, below the prefix."""
HASH_BYTES = 8


@dataclass(frozen=True)
class BucketLine:
    """What a bucket says of a player."""

    ranked: RankedLine
    end: int
    places: Mapping[str, SegmentPlace]
    """The player's place in each segment in which the player's value has ranks."""


class BucketHash:
    """Says which bucket a player is in, of those below a prefix."""

    def __init__(self, prefix: str, count: int) -> None:
        self._key = blake2b(prefix.encode()).digest()
        self._count = count

    def find(self, player_id: bytes) -> int:
        """The number of a player's bucket."""
        digest = blake2b(player_id, digest_size=HASH_BYTES, key=self._key).digest()
        return int.from_bytes(digest, "big") % self._count


class BucketWriter:
    """Writes the players of a window into buckets."""

    def __init__(self, scratch: Scratch, prefix: str, players: int, id_start: int) -> None:
        """`id_start`: where the player id begins in a line."""
        self._id_start = id_start
        self._count = count_buckets(players)
        self._hash = BucketHash(prefix, self._count)
        self._spools = Spools(scratch)

    def add_lines(self, ranked: RankedLines, ends: Sequence[int]) -> None:
        """Add lines of the window, each with its end."""
        start, find, held = self._id_start, self._hash.find, self._spools.held
        for position, (rank, end, line) in enumerate(zip(ranked.ranks, ends, ranked.lines, strict=True), ranked.first):
            player_id = line[start : line.index(b"\t", start)]
            pack, place = divmod(find(player_id), sizes.PER_PACK)
            held[pack].append(b"%d\t%b\t%d\t%d\t%d\t%b\n" % (place, player_id, position, rank, end, line))
        self._spools.settle(len(ranked.lines))

    def add_places(self, name: str, players: int, ranked: RankedLines, ends: Sequence[int]) -> None:
        """Add the places of lines among the `players` in one value of a segment."""
        start, held = self._id_start, self._spools.held
        for position, (rank, end, line) in enumerate(zip(ranked.ranks, ends, ranked.lines, strict=True), ranked.first):
            player_id = line[start : line.index(b"\t", start)]
            pack, place = divmod(self._hash.find(player_id), sizes.PER_PACK)
            texts, numbers = (player_id, name.encode()), (position, rank, end, players)
            held[pack].append(b"%d\t#%b\t%b\t%d\t%d\t%d\t%d\n" % (place, *texts, *numbers))
        self._spools.settle(len(ranked.lines))

    def end(self, put: Put) -> Pieces:
        """Write the buckets, and say what was written."""
        writer = PackWriter(put, FOLDER)
        for pack in range(count_packs(self._count)):
            add_buckets(writer, pack, self._count, self.take(pack))
        return writer.end()

    def take(self, pack: int) -> Iterator[bytes]:
        """The lines for a pack, each behind the place of its bucket in there and a tab, in the order they came in."""
        return self._spools.take(pack)


def count_buckets(players: int) -> int:
    """How many buckets some players have."""
    return -(-players // sizes.BLOCK)


def count_packs(buckets: int) -> int:
    """How many packs some buckets have."""
    return -(-buckets // sizes.PER_PACK)


def add_buckets(writer: PackWriter, pack: int, buckets: int, lines: Iterable[bytes]) -> None:
    """Write one pack of some `buckets` in all, out of the lines that `BucketWriter.take` gives of it."""
    pieces: list[list[bytes]] = [[] for _ in range(min(sizes.PER_PACK, buckets - pack * sizes.PER_PACK))]
    for line in lines:
        place, _, text = line.partition(b"\t")
        pieces[int(place)].append(text)
    for texts in pieces:
        writer.add(b"".join(texts))


def find_player(piece: bytes, player_id: str) -> BucketLine | None:
    """What a bucket says of a player; None where it has no line of the player."""
    lines = _frame(piece)
    line = next(_find(lines, player_id.encode() + b"\t"), None)
    if line is None:
        return None
    position, rank, end, text = line.split(b"\t", 3)
    places = {}
    for place in _find(lines, b"#%b\t" % player_id.encode()):
        name, *numbers = place.split(b"\t")
        places[name.decode()] = SegmentPlace(*map(int, numbers))
    return BucketLine(RankedLine(int(position), int(rank), text), int(end), places)


def find_players(piece: bytes, player_ids: Collection[bytes]) -> dict[bytes, bytes]:
    """What a bucket says of some players, by their ids: POSITION, RANK, END and LINE as they stand there."""
    if len(player_ids) < SPLIT_FROM:
        lines = _frame(piece)
        found = ((player_id, next(_find(lines, player_id + b"\t"), None)) for player_id in player_ids)
        return {player_id: text for player_id, text in found if text is not None}
    parts = (line.partition(b"\t") for line in piece.split(b"\n"))
    # Of a player in a segment there is a line more, which begins with "#".
    texts = {player_id: text for player_id, _, text in parts}
    return {player_id: texts[player_id] for player_id in player_ids if player_id in texts}


def find_positions(piece: bytes, player_ids: Collection[bytes]) -> dict[bytes, dict[str, int]]:
    """The positions that a bucket says of some players in the lists of their values, by the segment's name."""
    found: dict[bytes, dict[str, int]] = {}
    for line in piece.split(b"\n"):
        if line.startswith(b"#"):
            player_id, name, position, _ = line[1:].split(b"\t", 3)
            if player_id in player_ids:
                found.setdefault(player_id, {})[name.decode()] = int(position)
    return found


def _frame(piece: bytes) -> bytes:
    """A bucket with a line break before and behind each line."""
    return b"\n%b\n" % piece


def _find(lines: bytes, start: bytes) -> Iterator[bytes]:
    """What stands behind the beginning of the lines that begin so, in a bucket that `_frame` gave."""
    start, end = b"\n" + start, 0
    while (found := lines.find(start, end)) >= 0:
        end = lines.index(b"\n", found + 1)
        yield lines[found + len(start) : end]

"""Packs: objects of pieces of equal size, so that where a piece lies is arithmetic and one ranged GET reads it.

A piece is some lines, each of which ends in a line break. Within a pack, line breaks are added to each piece until it
is as large as the largest: no line is empty, so a reader drops them again. A folder has packs 000000, 000001 and so on,
of PER_PACK pieces each; the last one may have fewer. `Pieces` says how large the pieces of each pack are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from runtime.domain.ranking import NO_PIECES, Pieces
from runtime.s3.bucket import Bucket, Put
from runtime.s3.ranks import sizes


class PackWriter:
    """Makes packs of pieces, one of which is in memory, and gives them to whoever keeps them."""

    def __init__(self, put: Put, folder: str, first_pack: int = 0, per_pack: int | None = None) -> None:
        """`folder` is what the keys of the packs begin with, with a slash. `per_pack`: PER_PACK, if nothing is given.

        The packs of a folder that several write have numbers from each writer's `first_pack` on.
        """
        self._put = put
        self._folder = folder
        self._first_pack = first_pack
        self._per_pack = per_pack or sizes.PER_PACK
        self._pack: list[bytes] = []
        self._sizes: list[int] = []
        self._count = 0

    def add(self, piece: bytes) -> None:
        """Add the next piece: lines, each with its line break."""
        self._pack.append(piece)
        self._count += 1
        if len(self._pack) == self._per_pack:
            self._write()

    def end(self) -> Pieces:
        """Give what is left, and say what was written."""
        if self._pack:
            self._write()
        return Pieces(self._count, tuple(self._sizes))

    def _write(self) -> None:
        size = max(1, *map(len, self._pack))  # A bucket may be empty, but no request reads no bytes.
        name = pack_name(self._first_pack + len(self._sizes))
        self._put(f"{self._folder}{name}", b"".join(piece.ljust(size, b"\n") for piece in self._pack))
        self._sizes.append(size)
        self._pack = []


class LocalPacks:
    """Packs in a temporary file on this machine, until it is known whether they are wanted."""

    def __init__(self, file: BinaryIO, first_pack: int = 0) -> None:
        self.pieces = NO_PIECES
        """What was written, once that is known."""
        self._first_pack = first_pack
        self._file = file
        self._packs: list[tuple[str, int, int]] = []
        self._end = 0

    def put(self, name: str, body: bytes) -> None:
        """Keep a pack behind the others."""
        self._file.seek(self._end)
        self._file.write(body)
        self._packs.append((name, self._end, len(body)))
        self._end += len(body)

    def upload(self, put: Put) -> None:
        """Give all packs to whoever writes them."""
        for name, start, size in self._packs:
            put(name, self._read(start, size))

    def close(self) -> None:
        """Give the room on the disk back."""
        self._file.close()

    def read_range(self, first: int, end: int) -> list[bytes]:
        """The pieces from `first` up to before `end`, each without the line break of its last line."""
        return [self._read_piece(number) for number in range(first, end)]

    def stream(self) -> Iterator[bytes]:
        """All pieces in order, one after the other."""
        return map(self._read_piece, range(self.pieces.count))

    def _read_piece(self, number: int) -> bytes:
        pack, place = divmod(number - self._first_pack * sizes.PER_PACK, sizes.PER_PACK)
        size = self.pieces.sizes[pack]
        return self._read(self._packs[pack][1] + place * size, size).rstrip(b"\n")

    def _read(self, start: int, size: int) -> bytes:
        self._file.seek(start)
        return self._file.read(size)


class PackReader:
    """Reads pieces out of the packs of a folder in the bucket. `folder` is what its keys begin with, with a slash."""

    def __init__(self, bucket: Bucket, folder: str, pieces: Pieces, per_pack: int | None = None) -> None:
        self._bucket = bucket
        self._folder = folder
        self._pieces = pieces
        self._per_pack = per_pack or sizes.PER_PACK

    def read(self, number: int) -> bytes:
        """One piece, from memory where it was read before: its lines, without the line break of the last."""
        return self.read_range(number, number + 1)[0]

    def read_range(self, first: int, end: int) -> list[bytes]:
        """The pieces from `first` up to before `end`. Those in memory are not read, neighbours are read together.

        Raises LookupError where the pack is gone.
        """
        kept = {number: self._bucket.cache.get(self._name(number), bytes) for number in range(first, end)}
        missing = [number for number, piece in kept.items() if piece is None]
        for run in self._split_runs(missing):
            for number, piece in zip(run, self._fetch(run), strict=True):
                self._bucket.cache.put(self._name(number), piece, len(piece))
                kept[number] = piece
        return [piece for piece in kept.values() if piece is not None]

    def stream_range(self, first: int, end: int) -> Iterator[bytes]:
        """The pieces from `first` up to before `end`, of which one request reads those of a pack. They are not kept."""
        return (piece for run in self._split_runs(range(first, end)) for piece in self._fetch(run))

    def read_pack(self, pack: int) -> Iterator[bytes]:
        """The pieces of a whole pack. They are not kept."""
        size = self._pieces.sizes[pack]
        body = self._bucket.read(self._key(pack))
        return (body[start : start + size].rstrip(b"\n") for start in range(0, len(body), size))

    def _fetch(self, run: Sequence[int]) -> Iterable[bytes]:
        """Read neighbouring pieces of one pack, in one request."""
        pack, first = divmod(run[0], self._per_pack)
        size = self._pieces.sizes[pack]
        body = self._bucket.read(self._key(pack), (first * size, len(run) * size))
        return [body[start : start + size].rstrip(b"\n") for start in range(0, len(body), size)]

    def _split_runs(self, numbers: Sequence[int]) -> Iterator[list[int]]:
        """Split ascending numbers of pieces into runs of neighbours in one pack."""
        run: list[int] = []
        for number in numbers:
            if run and (number != run[-1] + 1 or number % self._per_pack == 0):
                yield run
                run = []
            run.append(number)
        if run:
            yield run

    def _name(self, number: int) -> tuple[str, int]:
        return self._folder, number

    def _key(self, pack: int) -> str:
        return f"{self._folder}{pack_name(pack)}"


def pack_name(pack: int) -> str:
    """The name of a pack in its folder."""
    return f"{pack:06}"

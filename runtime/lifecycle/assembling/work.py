"""What every step of an assembly works with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain
from typing import Any

from runtime.config import BoardConfig
from runtime.domain.order_keys import columns_width
from runtime.dynamodb.table import Table
from runtime.lifecycle.assembling.files import AssemblyFiles
from runtime.lifecycle.assembling.plan import AssemblyPlan
from runtime.s3.bucket import Bucket
from runtime.s3.ranks import sizes
from runtime.s3.ranks.blocks import Stretch
from runtime.sorting.runs import Run


@dataclass(frozen=True)
class ObjectLines:
    """A run's lines, in an object of their own."""

    bucket: Bucket
    key: str

    def read(self, start: int, size: int) -> bytes:
        """So many bytes from a place on."""
        return self.bucket.read(self.key, (start, size))


@dataclass(frozen=True)
class Counted:
    """What the ranges of an assembly have, now that all are counted."""

    stretches: list[Stretch]

    @cached_property
    def positions(self) -> list[int]:
        """The position of the first line of each range, and how many lines there are."""
        return list(accumulate((stretch.lines for stretch in self.stretches), initial=0))

    @property
    def players(self) -> int:
        """How many lines there are."""
        return self.positions[-1]

    def find_owned(self, number: int) -> range:
        """The positions that are written with a range: whole packs, of which the range has the first line or more.

        So a range leaves its first lines to the one before, up to where a pack begins, and goes on behind its last.
        """
        per_pack = sizes.BLOCK * sizes.PER_PACK
        begin, end = (-(-position // per_pack) * per_pack for position in self.positions[number : number + 2])
        return range(min(begin, self.players), min(end, self.players))


@dataclass(frozen=True)
class Work:
    """One assembly, as far as it has come."""

    board: BoardConfig
    table: Table
    """The aggregates table."""
    files: AssemblyFiles
    plan: AssemblyPlan

    @property
    def bucket(self) -> Bucket:
        """The board's bucket."""
        return self.files.bucket

    @property
    def width(self) -> int:
        """How many digits of a line stand for the columns."""
        return columns_width(self.board.columns)

    def load_runs(self) -> list[Run]:
        """What all reads have made. Only where blocks lie is in memory."""
        return list(chain.from_iterable(self.files.make_all("read", self.plan.reads, self._find_runs)))

    def load_counts(self) -> Counted:
        """What all ranges have."""
        told = self.files.read_all("count", self.plan.ranges)
        return Counted(
            [Stretch(each["lines"], each["first"].encode(), each["last"].encode(), each["rank"]) for each in told]
        )

    def _find_runs(self, number: int, told: list[dict[str, Any]]) -> list[Run]:
        """The runs of a part of the players. `told`: what its read has told."""
        folder = self.files.key_of("read", number)
        return [Run.from_json(ObjectLines(self.bucket, f"{folder}/{each['name']}"), each) for each in told]

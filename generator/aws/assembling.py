"""What an assembly takes: the ranks of a window that one function cannot rank are made by many, part by part.

The state machine runs a map of calls after the other: they read, count, write and gather parts of the window. Speeds
are half of what was measured with the functions' own code on a developer's machine, as those of rebuilds are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from generator.aws.limits import ACCOUNT_CONCURRENCY, MAX_MEMORY_MB, STREAM_HOURS, TABLE_UNITS, ceil_div
from generator.aws.rebuilding import (
    FOLLOWED_PER_SECOND,
    LINES_OF_A_CHANGE,
    MOST_FOLLOWED,
    RankedBoard,
)
from runtime.s3.ranks.sizes import HELD_CHANGES, most_changes

PART = 2_500_000
"""Players of a part: one call reads, counts, writes or gathers as many."""
ASSEMBLED_PER_SECOND, ASSEMBLED_WHOLE_PER_SECOND = 100_000, 25_000
"""Players of a part that a processor counts, writes and gathers in a second, in three calls: measured 5 us for each,
and 20 us where a line has 1,000 bytes of attached fields."""
COPIES, PLACE_BYTES = 2, 100
"""How often a line is on the disk of a call that writes: in a block and in what belongs into a bucket; and what a
player takes there besides, with what fills pieces up. Runs are read from the bucket."""
STEPS_SECONDS = 60
"""Seconds of an assembly beside its parts: four maps begin and end, and the last call puts the parts together."""
MOST_AT_ONCE = ACCOUNT_CONCURRENCY // 20
"""The most calls of the assembler at once, of all that an account may run."""
ITEM_BYTES, READ_UNIT_BYTES = 200, 4096
"""Bytes of an aggregate, twice that with what is attached to it; and what one read unit gives of them (Amazon DynamoDB
developer guide, "DynamoDB read and write operations")."""
MOST_SECONDS = STREAM_HOURS * 3600 // 4
"""The most seconds of an assembly. What changes meanwhile is followed from the aggregates' stream, which must still
have it when the assembly has failed, was begun anew, and is followed."""
MOST_HELD = HELD_CHANGES // LINES_OF_A_CHANGE
"""Changes of a window that its delta has room for."""


@dataclass(frozen=True)
class Assembly:
    """How long the largest window of a board takes to be assembled, and what changes meanwhile. Each window has an
    assembly of its own, and all may be under way at once."""

    ranked: RankedBoard

    @property
    def longest_days(self) -> int:
        """The days of the window that has most: a board has one rolling window at the most."""
        return self.ranked.days - self.ranked.windows + 1

    @property
    def parts(self) -> int:
        """How many parts a window is counted, written and gathered in."""
        return ceil_div(self.ranked.players, PART)

    @property
    def reads(self) -> int:
        """How many calls read the largest window: as many players as a part has, on one day each."""
        return ceil_div(self.ranked.players * self.longest_days, PART)

    @property
    def item_bytes(self) -> int:
        """Bytes of an aggregate."""
        return ITEM_BYTES * (1 + self.ranked.attaches)

    @property
    def written_bytes(self) -> int:
        """The room that a player takes on the disk of a call that writes, at the most."""
        return COPIES * self.ranked.line_bytes + PLACE_BYTES

    @property
    def unbounded_reads(self) -> int:
        """How many calls may read at once, of one window: with twice the speed at which they are sized, together they
        read what a table gives by default."""
        read = self.item_bytes * 2 * self.ranked.read_per_second
        return max(1, TABLE_UNITS * READ_UNIT_BYTES // read // self.ranked.windows)

    @property
    def reads_at_once(self) -> int:
        """How many calls read at once."""
        return min(self.reads, self.unbounded_reads, self.most_at_once)

    @property
    def most_at_once(self) -> int:
        """How many calls may be at work at once for one window."""
        return max(1, MOST_AT_ONCE // self.ranked.windows)

    @property
    def at_once(self) -> int:
        """How many parts are counted, written or gathered at once."""
        return min(self.parts, self.most_at_once)

    @property
    def read_seconds(self) -> int:
        """The seconds of a call that reads."""
        return ceil_div(PART, self.ranked.read_per_second)

    @property
    def part_seconds(self) -> int:
        """The seconds in which a part is counted, written and gathered."""
        return ceil_div(PART, ASSEMBLED_WHOLE_PER_SECOND if self.ranked.attaches else ASSEMBLED_PER_SECOND)

    @property
    def seconds(self) -> int:
        """The seconds of an assembly."""
        return self.read_turns * self.read_seconds + self.turns * self.part_seconds + STEPS_SECONDS

    @property
    def read_turns(self) -> int:
        """How often as many calls read as may at once."""
        return ceil_div(self.reads, self.reads_at_once)

    @property
    def turns(self) -> int:
        """How often as many parts are counted, written or gathered as may be at once."""
        return ceil_div(self.parts, self.at_once)

    def count_changes(self, rate: int, gap: int) -> int:
        """How many changes of all windows the rebuild holds that takes up an assembly: those since it was begun, and
        once more those since the last rebuild. `rate`: activities a second. `gap`: seconds between two rebuilds."""
        return self.ranked.count_changes(rate, self.seconds + 2 * gap)

    @property
    def most_begun(self) -> int:
        """With how many changes of a window's delta its next base is assembled at the latest: with those with which a
        delta is compacted where one function ranks the window."""
        return most_changes(self.ranked.players) // LINES_OF_A_CHANGE

    @property
    def least_begun(self) -> int:
        """With how many it is at the earliest."""
        return self.most_begun // 2

    def begun(self, rate: int, gap: int) -> int:
        """With how many changes of a window's delta its next base is assembled: so late that the delta, and the API's
        memory, have room for what changes until a second assembly is done, where one fails."""
        room = min(self.most_begun, MOST_HELD - self.count_meanwhile(rate, gap, 2))
        most = _most(room, lambda begun: self._megabytes(rate, gap, begun) <= MAX_MEMORY_MB)
        return max(self.least_begun, most)

    def count_meanwhile(self, rate: int, gap: int, assemblies: int = 1) -> int:
        """How many entries of a window change in so many assemblies, each until the next rebuild takes it up."""
        return min(self.ranked.players, rate * assemblies * (self.seconds + gap))

    def follow_seconds(self, changes: int) -> int:
        """How long a rebuild takes that follows so many changes. It writes no window anew: that is an assembly's."""
        return max(1, ceil_div(changes, FOLLOWED_PER_SECOND))

    def api_megabytes(self, rate: int, gap: int) -> int:
        """The memory of the API, which keeps of each window a delta of what changes until a second assembly is done,
        where one fails."""
        return self._megabytes(rate, gap, self.begun(rate, gap))

    def fits(self, rate: int, gap: int) -> bool:
        """Whether an assembly ends in time, and delta, rebuilder and API have room for what changes meanwhile."""
        held = self.count_delta(rate, gap) <= MOST_HELD and self.count_changes(rate, gap) <= MOST_FOLLOWED
        megabytes = self._megabytes(rate, gap, self.least_begun)
        return held and self.seconds <= MOST_SECONDS and megabytes <= MAX_MEMORY_MB

    def count_delta(self, rate: int, gap: int) -> int:
        """How many changes a window's delta has at the most, if an assembly is begun with as few as may be."""
        return self.least_begun + self.count_meanwhile(rate, gap)

    def most_players(self, rate: int, gap: int) -> int:
        """The most players with which it fits; 0 where it never does."""
        return _most(self.ranked.players, lambda players: self._with(players).fits(rate, gap))

    def most_rate(self, gap: int) -> int:
        """The most activities a second with which it fits; 0 where it never does."""
        return _most(MOST_FOLLOWED, lambda rate: self.fits(rate, gap))

    def _megabytes(self, rate: int, gap: int, begun: int) -> int:
        """The memory of the API, if assemblies are begun with some number of changes."""
        return self.ranked.api_megabytes(min(begun + self.count_meanwhile(rate, gap, 2), MOST_HELD))

    def _with(self, players: int) -> Assembly:
        return Assembly(replace(self.ranked, players=players))


def find_assembly(ranked: RankedBoard) -> Assembly | None:
    """How the windows of a board are assembled; None where one function ranks them, or no assembly can: ranks with
    several lists are not made in parts."""
    return None if ranked.lists > 1 or ranked.players <= ranked.most_players() else Assembly(ranked)


def _most(end: int, fits: Callable[[int], bool]) -> int:
    """The largest number up to `end` that fits; 0 where not even 1 does. What is larger than one that does not fit
    does not fit either, but for rounding."""
    least, most = 0, end
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if fits(middle) else (least, middle - 1)
    return least

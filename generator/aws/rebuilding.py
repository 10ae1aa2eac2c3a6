"""What rebuilds take of a function: how fast they are, and the memory and the room on its disk that they need.

A rebuild follows what has changed since the last one. Once a UTC day it reads all players: a full rebuild. Speeds are
half of what was measured with the functions' own code on a developer's machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from generator.aws.limits import MAX_MEMORY_MB, MAX_SECONDS, WHOLE_PROCESSOR_MB, ceil_div
from runtime.domain.order_keys import COLUMN_DIGITS
from runtime.dynamodb.streaming.positions import CHANGED_PER_MB
from runtime.s3.cache import CACHED_PART
from runtime.s3.cache import LINE_BYTES as HELD_BYTES
from runtime.s3.ranks.sizes import BLOCK, HELD_LINES, most_changes

READ_PER_SECOND, READ_WHOLE_PER_SECOND = 100_000, 30_000
"""Players of a window that a processor reads from the table and sorts in a second: measured 5 us for each, and 17 us
where a line needs all that is kept of a player (what is attached, segments, averages, the days of a rolling window)."""
WRITTEN_PER_SECOND = 100_000
"""Players of a list that one processor writes in a second: measured 3 us for each, 12 us with one segment and names,
and 23 us with three and names."""
FOLLOWED_PER_SECOND, SPLIT_FOLLOWED_PER_SECOND = 5_000, 2_500
"""Changes that a rebuild follows in a second: read from the stream, found in the last ranks, and put into their place.
An assumption: most of it are requests for the pieces in which players stood. The rest was measured: 100 us for each
of ten million players, and 190 us with one segment and names."""
LINES_OF_A_CHANGE = 2
"""Lines of a list's delta for a player whose entry has changed: the one that goes and the one that comes."""
FIRST_BYTES, CHANGE_BYTES = 130, 3 * HELD_BYTES + 65
"""Bytes in the API's memory for the first line of a piece; and for a change of a list, beside the line that it brings:
it has three lines of a delta (`runtime.domain.deltas.delta_text`), of which two have the player's id or a place."""
FULL_SECONDS = 300
"""A rebuilder has as many processors as let a full rebuild end in this time: a third of what a function may run."""
MANY_PLAYERS = 100_000
"""From this many players on, give the rebuilder a full vCPU."""
MOST_PROCESSORS = MAX_MEMORY_MB // WHOLE_PROCESSOR_MB
"""The most whole processors that a function has."""
RUNTIME_MB, MEMORY_STEP_MB = 256, 256
"""Memory that a rebuild needs beside what has changed: Python, a run of lines, some pages of the table; more where
fields are attached, see `RankedBoard.runtime_mb`. And the step in which it grows."""
MOST_FOLLOWED = (MAX_MEMORY_MB - RUNTIME_MB) * CHANGED_PER_MB
"""The most changes that a rebuild follows: what a function's memory holds of them. Where more have changed, it reads
all players."""
LINE_BYTES, ATTACHED_BYTES, VALUE_BYTES, NAME_BYTES = 100, 1000, 60, 50
"""Bytes of a player's line with one column, and at the most of what is attached to it and of its value of a segment;
and of its folded name, with the place that stands beside it."""
COPIES = 3
"""How often a line is on the disk at the most: in a run, in a block and in a bucket. Each segment has one more, and so
has the index of names."""
LEAST_ROOM_MB, MOST_ROOM_MB, ROOM_STEP_MB = 512, 10_240, 512
"""The room on its disk that a function may have (AWS Lambda API reference, "EphemeralStorage"), and the step in which
it grows."""


@dataclass(frozen=True)
class RankedBoard:
    """What decides how long a rebuild of a board takes."""

    players: int
    """Of each window."""
    windows: int
    days: int
    """The windows, those of a rolling one counted by the day."""
    attaches: bool
    segments: int
    searches_names: bool
    averages: bool
    columns: int = 1
    takes_any_value: bool = False
    """Whether a segment has no list of values: then it may have more than MAX_VALUES, and while it has, a window's
    ranks are written anew wherever anything has changed."""

    @property
    def is_plain(self) -> bool:
        """Whether a line needs only columns, time and name of a player."""
        return not (self.attaches or self.segments or self.averages or self.days > self.windows)

    @property
    def lists(self) -> int:
        """How often a window's ranks list its players: all of them, by their values of each segment, and by name."""
        return 1 + self.segments + self.searches_names

    @property
    def lines_of_a_change(self) -> int:
        """Lines of a delta for a player whose entry has changed: each list loses one and wins one, of names only that
        which it wins."""
        return LINES_OF_A_CHANGE * (1 + self.segments) + self.searches_names

    @property
    def read_per_second(self) -> int:
        """Players of a window that a processor reads in a second."""
        return READ_PER_SECOND if self.is_plain else READ_WHOLE_PER_SECOND

    @property
    def written_per_second(self) -> int:
        """Players of a window that are written in a second."""
        return WRITTEN_PER_SECOND // self.lists

    @property
    def followed_per_second(self) -> int:
        """Changes that a rebuild follows in a second."""
        return FOLLOWED_PER_SECOND if self.lists == 1 else SPLIT_FOLLOWED_PER_SECOND

    @property
    def runtime_mb(self) -> int:
        """Memory that a rebuild needs beside what has changed. Lines that wait to be written, and packs on their way,
        are ten times as large with attached fields: 438 MB in all were measured with 99,000 players, three segments
        and names, and as much with 300,000."""
        held = COPIES * min(self.players, HELD_LINES) * ATTACHED_BYTES * self.attaches
        return RUNTIME_MB + ceil_div(held, 2**20)

    @property
    def processors(self) -> int:
        """The fewest processors with which a full rebuild ends in FULL_SECONDS; the most there are where none do."""
        enough = (number for number in range(1, MOST_PROCESSORS) if self.full_seconds(number) <= FULL_SECONDS)
        return next(enough, MOST_PROCESSORS)

    @property
    def more_key_bytes(self) -> int:
        """The bytes of a line's order key for all columns but the first."""
        return COLUMN_DIGITS * (self.columns - 1)

    @property
    def line_bytes(self) -> int:
        """The bytes of a player's line, at the most."""
        return LINE_BYTES + self.more_key_bytes + ATTACHED_BYTES * self.attaches + VALUE_BYTES * self.segments

    @property
    def bytes_of_a_player(self) -> int:
        """The room that a player of a window takes on the disk, at the most."""
        copies = COPIES + self.segments + self.searches_names
        return self.line_bytes * copies + NAME_BYTES * self.searches_names

    @property
    def room_mb(self) -> int:
        """The room that a rebuild needs on the disk, which has one window at a time."""
        return ceil_div(self.players * self.bytes_of_a_player, 1_000_000)

    def full_seconds(self, processors: int) -> int:
        """The seconds of a full rebuild with so many processors: they read side by side, and one writes."""
        return _round_up(self.players * self._full_work(processors))

    def most_players(self) -> int:
        """The most players with which a full rebuild ends in time, and has room."""
        in_time = int(MAX_SECONDS / self._full_work(MOST_PROCESSORS))
        return min(in_time, MOST_ROOM_MB * 1_000_000 // self.bytes_of_a_player)

    @property
    def most_lines(self) -> int:
        """The most lines that the deltas of all windows have."""
        return self.windows * most_changes(self.players, self.lists)

    @property
    def most_held(self) -> int:
        """The most changes of a window that its delta has: with more it is compacted."""
        return most_changes(self.players, self.lists) // self.lines_of_a_change

    def api_megabytes(self, changes: int) -> int:
        """The memory of the API, which keeps of each window the first key of each block and of each piece of names, and
        a delta of so many changes."""
        firsts = self.players // BLOCK * self.lists * (FIRST_BYTES + self.more_key_bytes)
        named = (NAME_BYTES + HELD_BYTES) * self.searches_names
        change = (1 + self.segments) * (self.line_bytes + CHANGE_BYTES) + named
        return ceil_div(CACHED_PART * self.windows * (firsts + changes * change), 2**20)

    def count_changes(self, rate: int, gap: int) -> int:
        """How many entries change in `gap` seconds, at most. `rate`: activities a second."""
        return min(self.players, rate * gap) * self.windows

    def compaction_share(self, changes: float) -> Decimal:
        """In which share of all rebuilds a window's ranks are written anew. `changes`: from one to the next."""
        if self.takes_any_value:
            return Decimal(1)
        return min(Decimal(1), self.lines_of_a_change * Decimal(changes) / self.most_lines)

    def follow_seconds(self, changes: int) -> int:
        """How long it takes on average to follow so many changes; or to read all players, where they are too many."""
        if changes > MOST_FOLLOWED:
            return self.full_seconds(self.processors)
        written = Decimal(self.players * self.windows) / self.written_per_second
        return _round_up(Decimal(changes) / self.followed_per_second + self.compaction_share(changes) * written)

    def _full_work(self, processors: int) -> Fraction:
        """The seconds of a full rebuild for each player."""
        read = Fraction(self.days, self.read_per_second * processors)
        return read + Fraction(self.windows, self.written_per_second)


def _round_up(seconds: Decimal | Fraction) -> int:
    return max(1, ceil_div(int(seconds * 1000), 1000))

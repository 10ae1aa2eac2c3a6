"""Ranking: the place of each player in a window, and how equal scores share ranks.

The types here are what the rebuilder, the snapshots, the API and the sealing of windows pass to one another.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, NamedTuple, Protocol

from runtime.config import BoardConfig, Ties
from runtime.domain import scoring
from runtime.domain.deltas.delta import RankDelta
from runtime.domain.scoring import Aggregate, Columns
from runtime.domain.texts import attached
from runtime.domain.texts.attached import Attached
from runtime.domain.texts.segments import Values, select_values
from runtime.domain.windows import Window

FORMAT = 1
"""The version of the format of rank files, which docs/decisions/0017-base-and-delta.md describes. Ranks of another one
are not read: the next rebuild writes them anew."""
NO_TOTAL = "0" * 32
"""The total of no lines."""
NAMED = "n"
"""What the content of ranks with an index of display names begins with: no hexadecimal digit."""


@dataclass(frozen=True)
class ScoredPlayer:
    """One player's score in a window, before it is ranked."""

    player_id: str
    name: str | None
    columns: Columns
    at: int
    """When the score was reached, in milliseconds: of equal scores the earlier ranks first."""
    attached: Attached = ()
    segments: Values = ()


class SegmentPlace(NamedTuple):
    """A player's place among the players in the player's value of a segment."""

    position: int
    rank: int
    end: int
    """How many of them are ranked better or equal, by columns."""
    players: int
    """How many they are."""


@dataclass(frozen=True)
class RankedEntry:
    """One player's entry in the ranks of a window."""

    position: int
    """The place in the board's order, counted from 0. No two entries share one."""
    rank: int
    """The rank by the board's ties, counted from 1."""
    player_id: str
    name: str | None
    columns: Columns
    at: int
    attached: Attached = ()
    segments: Values = ()
    """The player's values of the board's segments."""
    end: int = field(default=0, compare=False)
    """How many entries are ranked better or equal, by columns. Looked up for a single player; 0 in a page."""
    places: Mapping[str, SegmentPlace] = field(default_factory=dict, compare=False)
    """The player's place in each segment in which the player's value has ranks. Looked up for a single player."""


@dataclass(frozen=True)
class Pieces:
    """How many pieces lie in the packs of a folder, and how large they are. See `runtime.s3.ranks.packs`."""

    count: int = 0
    sizes: tuple[int, ...] = ()
    """Of each pack, how many bytes each of its pieces has."""

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Pieces:
        """Read what `asdict` made."""
        return cls(stored["count"], tuple(stored["sizes"]))


NO_PIECES = Pieces()
"""The pieces of an empty folder."""


@dataclass(frozen=True)
class FormerRanks:
    """Where ranks are stored that final ranks have replaced, as far as a player is found in them."""

    prefix: str
    players: int
    buckets: Pieces


class RankList(Protocol):
    """Entries that are ranked among themselves: all of a window, or those in one value of a segment."""

    @property
    def prefix(self) -> str:
        """What the keys of its blocks begin with; it ends in a slash."""

    @property
    def start(self) -> int:
        """How many entries of other lists stand before it in the blocks."""

    @property
    def players(self) -> int:
        """How many entries it has."""

    @property
    def ties(self) -> Ties:
        """How equal scores share ranks in it."""

    @property
    def blocks(self) -> Pieces:
        """The pieces that have its lines in order."""

    @property
    def top(self) -> int:
        """How many of its first entries lie in a small file of their own, too."""


@dataclass(frozen=True)
class ValueRanks:
    """The players in one value of a segment, as a `RankList`."""

    name: str
    """Of the segment."""
    prefix: str
    start: int
    players: int
    ties: Ties
    blocks: Pieces
    top: int = 0
    delta: RankDelta | None = None
    """How they differ from those in the base; None where they do not."""


@dataclass(frozen=True)
class SegmentRanks:
    """The ranks of a window within each value of a segment."""

    values: Mapping[str, ValueRanks]
    """In the order of the values' texts; each has a player at least."""
    others: int
    """How many players are in a value that has no ranks, because too many values have more players."""


@dataclass(frozen=True)
class WindowRanks:
    """Where the ranks of one window are stored, how many there are, and whether they are final."""

    window: Window
    players: int
    content: str
    """A hash of all entries: the same as long as no entry changes. NAMED stands before it where names are searched."""
    prefix: str
    """What the keys of the files of the base begin with; it ends in a slash. See `rank_files`."""
    ties: Ties
    """How equal scores share ranks in these files. The board may change its ties; a sealed window keeps its ranks."""
    sealed: bool = False
    """Whether the window is sealed, so that these ranks are final."""
    decided: str = ""
    """A hash of what operators had decided about players when these were made; empty where nothing was."""
    revision: int = 0
    """How often final ranks were made anew and differed: mostly as an operator has decided about a player."""
    corrected: int = 0
    """How many of an operator's corrections are in final ranks."""
    recount: str = ""
    """Which recount these were made of; empty where they were made of what was counted as it came."""
    former: tuple[FormerRanks, ...] = ()
    """Of final ranks: those that they replaced, the newest last. No reader gets them."""
    total: str = NO_TOTAL
    """The sum of the hashes of all lines, in hexadecimal digits: see `lines.hash_line`."""
    blocks: Pieces = NO_PIECES
    """The pieces of the base that have its lines in order."""
    buckets: Pieces = NO_PIECES
    """The pieces of the base that have its lines by player."""
    base_players: int = 0
    """How many players the base has."""
    delta: str = ""
    """What the keys of the delta's files begin with, which say what changed since the base; empty where nothing did."""
    changes: int = 0
    """How many lines the delta removes from the base and adds to it, together."""
    top: int = 0
    """How many of the first entries lie in a small file of their own, too: most readers want nothing but these."""
    segments: tuple[str, ...] = ()
    """The names of the segments in which the files have ranks."""
    format: int = FORMAT
    """The version of the format of the files."""

    @property
    def names(self) -> bool:
        """Whether the files have an index of display names.

        The content says it, and no field does: functions of a release before there was one read these ranks too.
        """
        return self.content.startswith(NAMED)

    @property
    def lists(self) -> int:
        """How many lists a player may have a line in: that of all players, one of each segment, and of the names."""
        return 1 + len(self.segments) + self.names

    @property
    def start(self) -> int:
        """Its blocks hold nothing else."""
        return 0

    @property
    def unmarked(self) -> WindowRanks:
        """The same files, without what the window's way to its seal and operators have added to them."""
        return replace(self, sealed=False, decided="", revision=0, corrected=0, recount="", former=())

    def to_json(self) -> dict[str, Any]:
        """The form in which snapshots and sealed windows store it. The stored name of `window` is `span`."""
        # Most ranks have no delta, no revision and no decision about a player: what says nothing is not stored.
        said = {each.name for each in fields(self) if getattr(self, each.name) != each.default}
        # What is written is compared with what is read back: so with lists, as JSON has them.
        stored = json.loads(json.dumps(asdict(self)))
        span = stored.pop("window")
        return {"span": span, **{name: stored[name] for name in stored if name in said | {"sealed", "format"}}}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> WindowRanks:
        """Read what `to_json` made. What a later release says besides is left out."""
        window = Window(**_known(Window, stored["span"]))
        known = {**_known(cls, stored), "window": window, "segments": tuple(stored.get("segments", ()))}
        known |= {name: Pieces.from_json(stored[name]) for name in ("blocks", "buckets") if name in stored}
        former = tuple(
            FormerRanks(each["prefix"], each["players"], Pieces.from_json(each["buckets"]))
            for each in stored.get("former", ())
        )
        return cls(**{**known, "former": former})


def _known(kind: type[Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """The values that this release has fields for."""
    return {each.name: stored[each.name] for each in fields(kind) if each.name in stored}


def score_player(board: BoardConfig, player_id: str, aggregate: Aggregate) -> ScoredPlayer:
    """What a board ranks of a player's aggregate, and what it shows beside that."""
    shown = tuple(sorted(attached.select(board.attach, aggregate.attached).items()))
    columns = scoring.ranking_columns(board, aggregate)
    values = select_values(board.segments, aggregate.segments)
    return ScoredPlayer(player_id, aggregate.name, columns, aggregate.at, shown, values)


def describe_shown(board: BoardConfig) -> str:
    """A text that changes with whatever decides what `score_player` makes of a stored aggregate; empty for a plain one.

    The columns are not in it: they are the board's identity.
    """
    values = {segment.name: sorted(segment.values) for segment in board.segments}
    shown = {"attach": sorted(board.attach), "segments": values}
    given = {name: each for name, each in shown.items() if each}
    return json.dumps(given, ensure_ascii=False, sort_keys=True) if given else ""


def rank_keys(
    ties: Ties, columns_width: int, keys: Sequence[bytes], first_position: int = 0, first_rank: int = 1
) -> Iterator[int]:
    """The rank of each order key (or line), for keys that follow one another in a board's order.

    The first key is at `first_position` (counted from 0) and has `first_rank`. `columns_width` is the number of digits
    that stand for the columns.
    """
    if ties == "first":
        yield from range(first_rank, first_rank + len(keys))
        return
    rank = first_rank
    previous = keys[0][:columns_width] if keys else b""
    for next_position, key in enumerate(keys, first_position + 1):
        columns = key[:columns_width]
        if columns != previous:
            rank = next_position if ties == "shared" else rank + 1
        previous = columns
        yield rank


def percentile(worse: int, players: int) -> float:
    """100 x players ranked worse / other players, with one decimal; 100 for a player who is alone."""
    if players <= 1:
        return 100.0
    # It is computed in whole tenths and rounded half-even, so that it is the same on every machine.
    tenths, remainder = divmod(1000 * worse, players - 1)
    if 2 * remainder > players - 1 or (2 * remainder == players - 1 and tenths % 2):
        tenths += 1
    return tenths / 10

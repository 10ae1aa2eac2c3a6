"""Ranking: the ranks of each window of a rebuild, from the last ones and what has changed since, or made in full.

Last ranks and changes make a chain. Once a day, and as a window is sealed, it is checked: all players are read from the
table, and those ranks are the ones that readers get.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from runtime import logs, metrics
from runtime.config import BoardConfig, Ties
from runtime.domain.instants import DAY
from runtime.domain.ranking import FORMAT, WindowRanks, describe_shown
from runtime.domain.windows import Window
from runtime.dynamodb.decisions import Decisions
from runtime.dynamodb.lease import Lease
from runtime.dynamodb.streaming.table_stream import TableStream
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_items import WindowState
from runtime.lifecycle.changed_players import find_changed, make_changes
from runtime.lifecycle.following import Since, follow_on
from runtime.lifecycle.sorted_reading import count_workers, read_sorted
from runtime.s3.bucket import GoneError
from runtime.s3.rank_files import RankFiles
from runtime.s3.snapshots import Snapshot


@dataclass(frozen=True)
class Ranker:
    """Ranks the windows of one rebuild."""

    board: BoardConfig
    table: Table
    """The aggregates table."""
    stream: TableStream
    """The stream of that table."""
    rank_files: RankFiles
    now: int
    """When the rebuild began, in milliseconds."""
    since: Since
    """What has changed since the newest snapshot."""
    previous: Snapshot | None = None
    """That one; None before the first."""
    decisions: Decisions = field(default_factory=Decisions)
    """What operators have decided about players."""
    recounts: Mapping[str, str] = field(default_factory=dict)
    """Which recount of a window readers see, by the window's id; none of a window that shows none."""
    anew: str = ""
    """The id of a window of which all files are written again, also where nothing has changed; empty for none."""
    lease: Lease | None = None
    """What is taken before aggregates are read; None where no other rebuild can be under way."""

    @property
    def most(self) -> int | None:
        """How many players of a window this function ranks; None where it ranks all."""
        return None

    def prepare(self, unsealed: Iterable[tuple[Window, Sequence[WindowState]]]) -> None:
        """Prepare to rank windows that are not sealed, each with its parts."""

    def rank(self, window: Window, parts: Sequence[WindowState], *, is_last: bool = False) -> WindowRanks:
        """Rank a window that is not sealed. `parts`: the window itself, or the days of a rolling one.

        With `is_last` all players are read: the window may be sealed by these ranks.
        """
        before = self.previous.find_ranks(window.id) if self.previous else None
        chain = None
        try:
            chain = self._follow(before, parts) if before is not None and self._can_follow(before, window) else None
        except GoneError:
            # An erasure deletes files at once: of a rebuild that it has overtaken too.
            before = None
        if chain is not None and not is_last and not self._is_new_day:
            return chain
        kept = chain or before
        if kept is not None and kept.delta and (is_last or not self.are_good(kept)):
            # Former ranks are kept without a delta, so final ones have none. And a base still has what its delta leaves
            # out: a player whose erasure has begun, where a rebuild that did not know of it has found the score gone.
            kept = None
        ranks = self.rank_in_full(window, parts, kept)
        if chain is not None and chain.content != ranks.content:
            self._check(chain, ranks, parts)
        return ranks

    def is_final(self, ranks: WindowRanks, state: WindowState) -> bool:
        """Whether ranks of a closed window may be its final ones, where `is_last` was said as they were made."""
        return True

    def keeps(self, kept: WindowRanks, state: WindowState) -> bool:
        """Whether final ranks stay as they are."""
        return self.are_good(kept) and kept.corrected == state.corrected

    def rank_again(self, final: WindowRanks, state: WindowState, previous: WindowRanks | None) -> WindowRanks | None:
        """Rank a sealed window anew, from all of its players; None where that takes longer than this rebuild.

        `previous` are ranks whose files are there.
        """
        return self.rank_in_full(final.window, [state], previous, final.ties)

    def rank_in_full(
        self, window: Window, parts: Sequence[WindowState], previous: WindowRanks | None, ties: Ties | None = None
    ) -> WindowRanks:
        """Rank all players of a window: by the board's ties, if no others are given.

        `previous` are ranks whose files are there: where no entry differs from theirs, none are written. Raises
        TooManyError.
        """
        if self.lease:
            self.lease.take(self.now)
        previous = None if window.id == self.anew else previous
        ties, top, workers = ties or self.board.ties, self.board.top, count_workers(previous.players if previous else 0)
        with read_sorted(self.board, self.table, parts, self.decisions, workers, most=self.most) as lines:
            ranks = self.rank_files.write(window, lines, ties, top, self.now, previous, self._segments)
        return replace(ranks, decided=self.decisions.fingerprint, recount=self.recounts.get(window.id, ""))

    def are_good(self, ranks: WindowRanks) -> bool:
        """Whether ranks are those that operators' decisions and replays lead to, and nobody wants them made anew.

        Those of another release may be in another format, which no reader knows.
        """
        if ranks.format != FORMAT:
            return False
        is_same_count = ranks.recount == self.recounts.get(ranks.window.id, "")
        return is_same_count and ranks.decided == self.decisions.fingerprint and ranks.window.id != self.anew

    @property
    def _segments(self) -> list[str]:
        return [segment.name for segment in self.board.segments]

    @property
    def _is_new_day(self) -> bool:
        """Whether the last snapshot is of another UTC day: then every chain is checked."""
        return self.previous is not None and self.now // DAY != self.previous.as_of // DAY

    def _can_follow(self, before: WindowRanks, window: Window) -> bool:
        """Whether a window's ranks are its last ones with what has changed since, and nothing else."""
        assert self.previous is not None
        is_known = self.since.changed is not None and self.previous.shown == describe_shown(self.board)
        wanted = self.board.ties, self.board.search_names, tuple(self._segments)
        is_same_form = (before.ties, before.names, before.segments) == wanted
        return is_known and is_same_form and before.window == window and not before.sealed and self.are_good(before)

    def _follow(self, before: WindowRanks, parts: Sequence[WindowState]) -> WindowRanks:
        """The last ranks of a window with what has changed since."""
        changes = make_changes(self.board, self.table, parts, self.since.changed or {}, self.decisions)
        return self.rank_files.update(before, changes, self.board.top, self.now) if changes else before

    def _check(self, chain: WindowRanks, ranks: WindowRanks, parts: Sequence[WindowState]) -> None:
        """Compare a chain with ranks that were read from the table later, in all that has not changed meanwhile.

        Where they differ otherwise, something was wrong: readers get what the table says, and a person should know.
        """
        positions = self.since.positions
        later = follow_on(self.stream, positions) if positions else None
        if later is None:
            return
        changed = find_changed(parts, later)
        if self.rank_files.total_without(chain, changed) != self.rank_files.total_without(ranks, changed):
            logs.fail("ranks were not what the table says, and are now", windows=[ranks.window.id])
            metrics.write({metrics.HEALED: 1})

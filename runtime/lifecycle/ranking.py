"""Ranking: the ranks of each window of a rebuild, as they were or made anew from the aggregates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from runtime.config import BoardConfig, Ties
from runtime.domain.ranking import FORMAT, WindowRanks
from runtime.domain.windows import Window
from runtime.dynamodb.decisions import Decisions
from runtime.dynamodb.lease import Lease
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_items import WindowState
from runtime.lifecycle.reading import read_scored
from runtime.s3.rank_files import RankFiles
from runtime.s3.snapshots import Snapshot


@dataclass(frozen=True)
class Ranker:
    """Ranks the windows of one rebuild."""

    board: BoardConfig
    table: Table
    """The aggregates table."""
    rank_files: RankFiles
    now: int
    """When the rebuild began, in milliseconds."""
    previous: Snapshot | None = None
    """The newest snapshot when the rebuild began."""
    is_settled: bool = False
    """Whether nothing has changed since that one: see `Rebuilder`."""
    decisions: Decisions = field(default_factory=Decisions)
    """What operators have decided about players."""
    recounts: Mapping[str, str] = field(default_factory=dict)
    """Which recount of a window readers see, by the window's id; none of a window that shows none."""
    anew: str = ""
    """The id of a window of which all files are written again, also where nothing has changed; empty for none."""
    lease: Lease | None = None
    """What is taken before aggregates are read; None where no other rebuild can be under way."""

    def rank(self, window: Window, parts: Sequence[WindowState]) -> WindowRanks:
        """Rank a window that is not sealed. `parts`: the window itself, or the days of a rolling one."""
        before = self.previous.find_ranks(window.id) if self.previous else None
        if before is not None and self._holds(before, window):
            return before
        return self.rank_in_full(window, parts, before)

    def rank_in_full(
        self, window: Window, parts: Sequence[WindowState], previous: WindowRanks | None, ties: Ties | None = None
    ) -> WindowRanks:
        """Rank all players of a window: by the board's ties, if no others are given.

        `previous` are ranks whose files are there: where no entry differs from theirs, none are written.
        """
        if self.lease:
            self.lease.take(self.now)
        names, previous = [each.name for each in self.board.segments], None if window.id == self.anew else previous
        lines = self.rank_files.sort_lines(self.decisions.show(read_scored(self.board, self.table, parts)))
        ties, top = ties or self.board.ties, self.board.top
        ranks = self.rank_files.write(window, lines, ties, top, self.now, previous, names)
        return replace(ranks, decided=self.decisions.fingerprint, recount=self.recounts.get(window.id, ""))

    def are_good(self, ranks: WindowRanks) -> bool:
        """Whether ranks are those that operators' decisions and replays lead to, and nobody wants them made anew.

        Those of another release may be in another format, which no reader knows.
        """
        if ranks.format != FORMAT:
            return False
        is_same_count = ranks.recount == self.recounts.get(ranks.window.id, "")
        return is_same_count and ranks.decided == self.decisions.fingerprint and ranks.window.id != self.anew

    def _holds(self, before: WindowRanks, window: Window) -> bool:
        """Whether the last ranks of a window say what new ones would. Of one that has ended the aggregates decide."""
        is_open = window.ends_at is None or window.ends_at > self.now
        is_same_form = (before.ties, before.names) == (self.board.ties, self.board.search_names)
        is_same = self.is_settled and before.window == window and is_same_form and not before.sealed
        return is_open and is_same and self.are_good(before)

"""Large ranking: the ranks of windows with more players than one function ranks.

Such a window is followed as every other one is, by a chain of its last ranks and what has changed since. Whatever else
would read all of its players is an assembly, which other functions make while the chain goes on: the check of each day,
new decisions of operators, the last ranks before the seal, a delta that has become too large. Where there is no chain
to show meanwhile, nothing is published until the assembly is done.

The ranks of an assembly are as old as its positions, which were taken before any of its players was read. The rebuild
that adopts them reads the stream from there on, besides what it reads for all windows: later than that, and so at least
as far. So the positions of its snapshot hold for these ranks too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from runtime import logs
from runtime.config import AssemblyConfig, Ties
from runtime.domain.instants import DAY
from runtime.domain.ranking import FORMAT, WindowRanks, describe_shown
from runtime.domain.windows import Window
from runtime.dynamodb.streaming.positions import Positions, StreamBehindError, StreamFullError, StreamGapError
from runtime.dynamodb.window_items import WindowState
from runtime.lifecycle import sealing
from runtime.lifecycle.assembled.assemblies import Assemblies, Assembly, UnreadyError
from runtime.lifecycle.assembling.files import IN_USE, UNFIT
from runtime.lifecycle.assembling.plan import make_plan
from runtime.lifecycle.changed_players import make_changes
from runtime.lifecycle.following import Changed
from runtime.lifecycle.parts import describe_recount
from runtime.lifecycle.ranking import Ranker
from runtime.lifecycle.sorted_reading import TooManyError
from runtime.s3.bucket import GoneError
from runtime.s3.ranks.base_writer import written_at
from runtime.s3.ranks.delta_writer import FullError

PARTLY = "partly"
"""What stands for operators' decisions in ranks that leave out who is hidden by now, and else go by former decisions:
the hash of none."""


@dataclass(frozen=True)
class LargeRanker(Ranker):
    """Ranks the windows of one rebuild of a board that has large ones."""

    assemblies: Assemblies = field(kw_only=True)
    states: Sequence[WindowState] = field(kw_only=True)
    """All windows that were opened: among them the days that a rolling window has left."""

    @property
    def _config(self) -> AssemblyConfig:
        assert self.board.assembly is not None
        return self.board.assembly

    @property
    def most(self) -> int:
        """How many players of a window this function ranks."""
        return self._config.most

    def prepare(self, unsealed: Iterable[tuple[Window, Sequence[WindowState]]]) -> None:
        """Begin the assemblies without which nothing can be published, and raise UnreadyError where there are any.

        It comes before other windows are read in vain.
        """
        unready = []
        for window, parts in unsealed:
            before = self._find_before(window.id)
            if self._is_large(window.id, before):
                found = self._find_fit(window, self.board.ties, before)
                if not (found and found.ranks) and not (before and self._can_chain(before, window, parts)):
                    self._begin(window, parts, found)
                    unready.append(window.id)
        if unready:
            raise UnreadyError("; ".join(map(self.assemblies.explain, unready)))

    def rank(self, window: Window, parts: Sequence[WindowState], *, is_last: bool = False) -> WindowRanks:
        """Rank a window that is not sealed, as `Ranker` does. Raises UnreadyError."""
        before = self._find_before(window.id)
        if not self._is_large(window.id, before):
            try:
                return super().rank(window, parts, is_last=is_last)
            except TooManyError:
                self._note_large(window.id)
        found = self._find_fit(window, self.board.ties, before)
        adopted = self._adopt(found, window, parts, is_last=is_last) if found and found.ranks else None
        chain = None
        if before is not None and not (adopted and found and found.plan.source):
            chain = self._chain(before, window, parts)
        if adopted is not None:
            if chain is not None and chain.content != adopted.content and self._are_alike(chain, adopted):
                self._check(chain, adopted, parts)
            return adopted
        # An assembly that could not be adopted may have ended.
        found = self.assemblies.find(window.id)
        if chain is None:
            self._begin(window, parts, found)
            raise UnreadyError(self.assemblies.explain(window.id))
        if self._needs_table(chain, window, parts, is_last=is_last):
            self._begin(window, parts, found)
        elif before and before.changes > self._config.delta:
            self._begin(window, parts, found, before)
        return chain

    def is_final(self, ranks: WindowRanks, state: WindowState) -> bool:
        """Whether ranks of a closed window are made of all players, and without anything that came since."""
        if not self._is_large(state.window.id, self._find_before(state.window.id)):
            return True
        is_whole = not ranks.delta and ranks.decided == self.decisions.fingerprint
        return is_whole and written_at(ranks.prefix) >= sealing.complete_at(self.board, state)

    def keeps(self, kept: WindowRanks, state: WindowState) -> bool:
        """Whether final ranks stay as they are: also where others are still being assembled."""
        found = self._find_fit(kept.window, kept.ties, kept, sealing.complete_at(self.board, state))
        return super().keeps(kept, state) and (found is None or found.ranks is None)

    def rank_again(self, final: WindowRanks, state: WindowState, previous: WindowRanks | None) -> WindowRanks | None:
        """Rank a sealed window anew; None as long as that is being assembled."""
        if not self._is_large(final.window.id, final):
            try:
                return super().rank_again(final, state, previous)
            except TooManyError:
                self._note_large(final.window.id)
        found = self._find_fit(final.window, final.ties, previous, sealing.complete_at(self.board, state))
        if found is not None and found.ranks is not None:
            ranks = found.ranks
            if found.plan.corrected == state.corrected and ranks.decided == self.decisions.fingerprint:
                return ranks
            self.assemblies.end(found.plan, UNFIT)
            found = None
        self._begin(final.window, [state], found, ties=final.ties)
        return None

    def _are_alike(self, chain: WindowRanks, ranks: WindowRanks) -> bool:
        """Whether both should have the same lines. Two that go by former decisions may go by different ones."""
        decided = self.decisions.fingerprint
        return (chain.window, chain.decided, ranks.decided) == (ranks.window, decided, decided)

    def _find_before(self, window_id: str) -> WindowRanks | None:
        return self.previous.find_ranks(window_id) if self.previous else None

    def _is_large(self, window_id: str, before: WindowRanks | None) -> bool:
        has_many = before is not None and before.players > self.most
        return self.assemblies.is_awaited(window_id) or has_many

    def _note_large(self, window_id: str) -> None:
        logs.info("a window has more players than one function ranks", windows=[window_id])
        self.assemblies.awaited.add(window_id)

    def _find_fit(
        self, window: Window, ties: Ties, before: WindowRanks | None, complete_at: int = 0
    ) -> Assembly | None:
        """The assembly of a window that runs or is done, if its ranks are to take the place of those before.

        `complete_at`: before when none of a sealed window may have been begun. Ranks that are followed may be older
        than those before: whichever they are, what has changed since is added.
        """
        found = self.assemblies.find(window.id)
        if found is None:
            return None
        plan = found.plan
        if before is not None and before.prefix == plan.prefix:
            self.assemblies.end(plan, IN_USE)
            return None
        is_same_window = plan.window == window or window.every != "rolling"
        is_same_count = plan.recount == self.recounts.get(window.id, "")
        is_same_form = (plan.ties, plan.shown, plan.format) == (ties, describe_shown(self.board), FORMAT)
        # Where a person suspects files to be damaged, what is made of them is of no use. Files under another key would
        # never be moved to this one.
        is_sound = plan.as_of >= complete_at and not (plan.source and window.id == self.anew)
        if is_same_window and is_same_count and is_same_form and is_sound and plan.key == self.assemblies.key:
            return self.assemblies.watch(found)
        logs.info("an assembly is of no use any more", windows=[window.id])
        self.assemblies.end(plan, UNFIT)
        return None

    def _adopt(
        self, found: Assembly, window: Window, parts: Sequence[WindowState], *, is_last: bool
    ) -> WindowRanks | None:
        """The ranks of an assembly as they are by now; None where the stream does not say that."""
        assert found.ranks is not None
        # The end of a season may have been moved since.
        plan, ranks = found.plan, replace(found.ranks, window=window)
        if is_last and self.is_final(ranks, parts[0]):
            return ranks
        if self.lease:
            self.lease.take(self.now)
        try:
            changed = self.stream.read(Positions.from_json(plan.positions or {})).changed
            return self._follow_large(ranks, parts, changed)
        except (FullError, StreamFullError):
            logs.fail("more has changed during an assembly than there is room for", windows=[plan.window.id])
            self.assemblies.end(plan, UNFIT)
        except StreamBehindError as error:
            logs.warn(
                "an assembly was not adopted, and will be tried again", windows=[plan.window.id], reason=str(error)
            )
        except StreamGapError as error:
            logs.warn("an assembly is too old to be adopted", windows=[plan.window.id], reason=str(error))
            self.assemblies.end(plan, UNFIT)
        except GoneError as error:
            logs.warn("files of an assembly are gone", windows=[plan.window.id], reason=str(error))
            self.assemblies.end(plan, UNFIT)
        return None

    def _can_chain(self, before: WindowRanks, window: Window, parts: Sequence[WindowState]) -> bool:
        """Whether the last ranks of a window can be followed.

        Those of a rolling one can also on the next day, those of a season also where its end was moved.
        """
        is_known = (
            self.since.changed is not None and self.previous and self.previous.shown == describe_shown(self.board)
        )
        is_same_form = (before.ties, before.names, before.format) == (self.board.ties, self.board.search_names, FORMAT)
        recount = describe_recount(before.window, self._select_parts(before.window, parts))
        return bool(is_known) and is_same_form and not before.sealed and before.recount == recount

    def _chain(self, before: WindowRanks, window: Window, parts: Sequence[WindowState]) -> WindowRanks | None:
        """The last ranks of a window with what has changed since; None where that is not known, or too much."""
        if not self._can_chain(before, window, parts):
            return None
        if window.every != "rolling":
            before = replace(before, window=window)
        try:
            return self._follow_large(before, self._select_parts(before.window, parts), self.since.changed or {})
        except (FullError, GoneError):
            logs.warn("ranks are not brought up to date until they are assembled", windows=[window.id])
            return None

    def _follow_large(self, ranks: WindowRanks, parts: Sequence[WindowState], changed: Changed) -> WindowRanks:
        """Ranks with what has changed, and without anybody who is hidden by now."""
        changes = make_changes(self.board, self.table, parts, changed, self.decisions)
        if ranks.decided != self.decisions.fingerprint:
            ranks = replace(ranks, decided=PARTLY)
            changes |= dict.fromkeys(self.decisions.hidden | self.decisions.erasing)
        return self.rank_files.update(ranks, changes, self.board.top, self.now, compacts=False)

    def _select_parts(self, window: Window, parts: Sequence[WindowState]) -> Sequence[WindowState]:
        """What a window is made of, which may be a rolling one of a former day. `parts`: what it is made of by now."""
        if window.every != "rolling":
            return parts
        starts_at, ends_at = window.starts_at or 0, window.ends_at or 0
        own = (state for state in self.states if state.window.every == window.every)
        days = [day for day in own if starts_at <= (day.window.starts_at or 0) < ends_at]
        return sorted(days, key=lambda day: day.window.starts_at or 0, reverse=True)

    def _needs_table(self, ranks: WindowRanks, window: Window, parts: Sequence[WindowState], *, is_last: bool) -> bool:
        """Whether ranks of all players must take the place of a chain. Once a day they do, whatever else is done."""
        is_new_day = written_at(ranks.prefix) // DAY != self.now // DAY
        is_other = ranks.window != window or ranks.decided != self.decisions.fingerprint or window.id == self.anew
        return is_new_day or is_other or (is_last and not self.is_final(ranks, parts[0]))

    def _begin(
        self,
        window: Window,
        parts: Sequence[WindowState],
        running: Assembly | None,
        source: WindowRanks | None = None,
        ties: Ties | None = None,
    ) -> None:
        """Begin an assembly of a window, unless one is `running`: of all players, or a compaction of the `source`.

        `ties`: those of a sealed window. Nothing changes in one, so its ranks are not followed.
        """
        if running is not None:
            return
        positions = self.since.positions.to_json() if self.since.positions else None
        if source is not None and self.previous is not None and self.since.changed:
            # What has changed since its snapshot is not in it.
            positions = dict(self.previous.positions or {})
        if ties is None and not positions:
            logs.warn("the stream does not say from where on a window could be followed", windows=[window.id])
            self.assemblies.awaited.add(window.id)
            return
        # Where one function does not rank a window of which little was known, it has grown without anybody's knowing.
        before = source or self._find_before(window.id)
        players = max(before.players if before else 0, 0 if source else self._config.players)
        plan = make_plan(
            self.board,
            window,
            parts,
            ties or self.board.ties,
            self.now,
            positions,
            self.decisions,
            self.recounts.get(window.id, ""),
            source,
            players,
            self.assemblies.key,
        )
        self.assemblies.begin(plan, at_once=window.id == self.anew)

"""Replays a window: counts all of its players anew, compares, and lets readers see the recount.

    1. Say in the window that its players get a recount. From then on each batch adds to a recount that is there.
    2. Wait until no batch can be under way that began before, or with the bundle before.
    3. Recount whoever has no recount, and compare: first players that are in no rank, then all others.
    4. Show the recount: one write. A player who came meanwhile has no recount, and needs none.

Each step may be repeated, so a replay that was killed is resumed by the next, by the same rules. Two at once do the
same work. What was counted as it came stays beside the recount, and goes on counting: going back is one write too.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Container, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import chain, islice

from generator.errors import FindingError, OperationError
from generator.operations.corrections.correction import CountedCorrection, list_corrections
from generator.operations.players.erasing import wait_for_batches
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.replays.comparing import Change, Comparison, Recounted
from generator.operations.replays.counting import CountedAnew, PlayerCounting
from generator.operations.replays.recounting import Recounter
from generator.operations.replays.windows import check_not_sealing
from generator.operations.running_board import THREADS, aws_errors_as_operation_errors
from runtime.config import to_board_json
from runtime.domain.activity import ACTIVITY_ID, PLAYER_ID, time_of
from runtime.domain.windows import Window
from runtime.dynamodb.aggregates import Aggregates
from runtime.dynamodb.lease import find_holder
from runtime.dynamodb.recounting.recounts import (
    begin_recount,
    count_missing,
    is_recounted,
    read_recounted,
    read_shown,
    show_first,
    show_recount,
)
from runtime.dynamodb.recounting.settling import settle_window
from runtime.dynamodb.table import PER_TRANSACTION, Item, Table
from runtime.dynamodb.window_items import FIRST, FIRST_KEPT, RECOUNT, WindowState
from runtime.dynamodb.window_store import WindowStore

ATTEMPTS = 4
"""How often it is tried to begin, while other replays do too."""
CHANGED = "the window has changed meanwhile, or another replay is under way: run this again"


@dataclass(frozen=True)
class Replay:
    """A replay of one window of a board, or of the days of a rolling one."""

    board: ManagedBoard
    states: Sequence[WindowState]
    rate: int
    """How many players are recounted in a second at the most."""
    sleep: Callable[[float], object] = time.sleep
    clock: Callable[[], float] = time.monotonic
    note: Callable[[Change], object] = lambda change: None
    """Called with each player whose score changes."""
    begin: Callable[[], object] = lambda: None
    """Called before players are compared, which happens again where scores are corrected meanwhile."""

    def compare(self) -> Iterator[tuple[str, Comparison]]:
        """Say what a recount would change, and write nothing. Yields steps, with what is known by then."""
        yield from self._walk(self.states, writes=False)

    def swap(self, *, accept_missing: bool) -> Iterator[tuple[str, Comparison]]:
        """Recount the window, and let readers see that. Yields steps, with what is known by then.

        Raises FindingError where activities are missing that were counted: the recount would take them from players.
        """
        check_not_sealing(list(self.states))
        comparison = Comparison(self.board.config, lambda player_id: False)
        for _ in self._wait_for_rebuild():
            yield "waiting for the rebuild under way", comparison
        with aws_errors_as_operation_errors():
            states = self._begin()
        if all(state.shows_recount for state in states):
            # It is done: what readers see is compared with what it would come to now.
            for _, comparison in self._walk(states, writes=False):
                comparison.is_repeated = True
                yield "swapped", comparison
            return
        for _ in chain(wait_for_batches([self.board], self.sleep), self._wait_for_rebuild()):
            yield "waiting for batches and rebuilds that began before", comparison
        for _ in range(ATTEMPTS):
            with aws_errors_as_operation_errors():
                found = [replace(each, recount=states[0].recount) for each in self._read_again()]
                self._recount_corrected(found)
            for step, comparison in self._walk(found, writes=True):
                yield step, comparison
            with aws_errors_as_operation_errors():
                if not self._is_corrected_since(found):
                    break
        if comparison.missing and not accept_missing:
            return
        with aws_errors_as_operation_errors():
            self._show(states)
        yield "swapped", comparison

    def _wait_for_rebuild(self) -> Iterator[None]:
        """Wait for the end of a rebuild that may read what is about to be replaced, by what it knew of the windows."""
        with aws_errors_as_operation_errors():
            under_way = find_holder(self.board.aggregates, self.board.running.now())
            while under_way and find_holder(self.board.aggregates, self.board.running.now()) == under_way:
                yield
                self.sleep(1)

    def _show(self, states: Sequence[WindowState]) -> None:
        """Let readers see the recount, with all corrections that operators have made meanwhile."""
        for _ in range(ATTEMPTS):
            found = [replace(each, recount=states[0].recount) for each in self._read_again()]
            if self._is_shown(states):
                return
            self._recount_corrected(found)
            if show_recount(self.board.aggregates, found, states[0].recount, self.board.running.now()):
                return
        raise OperationError(CHANGED)

    def _recount_corrected(self, states: Sequence[WindowState]) -> None:
        """Recount the players whom operators have corrected: one may have been recounted before that."""
        for state in states:
            work = self._make_recounter(state)
            for player_id in work.counting.corrections:
                work.recount(player_id, self.board.running.now())

    def _is_corrected_since(self, states: Sequence[WindowState]) -> bool:
        """Whether an operator has corrected a score since the windows were read."""
        return [each.corrected for each in self._read_again()] != [each.corrected for each in states]

    def undo(self) -> None:
        """Let readers see again what was counted as it came. Raises FindingError where they do, OperationError."""
        shown = [state for state in self.states if state.shown == RECOUNT]
        check_not_sealing(shown)
        if not shown:
            raise FindingError(
                "readers see what was counted as it came: there is nothing to undo, or it is over a week ago"
            )
        with aws_errors_as_operation_errors():
            if not show_first(self.board.aggregates, shown, self.board.running.now()):
                raise OperationError(CHANGED)

    def _begin(self) -> Sequence[WindowState]:
        """Give the windows a recount by the rules of now: the one that a replay has begun or swapped, or a new one."""
        rules = sha256(to_board_json(self.board.config).encode()).hexdigest()[:16]
        states = self.states
        for attempt in range(ATTEMPTS):
            if attempt:
                states = self._read_again()
            begun = {(state.recount, state.shown) for state in states}
            if len(begun) == 1 and states[0].recount.startswith(f"{rules}-") and states[0].shown != FIRST_KEPT:
                return states
            if any(state.shows_recount for state in states):
                # There is room for one recount beside what readers see.
                for state in states:
                    if state.shows_recount:
                        settle_window(self.board.aggregates, state, self.board.running.now())
                continue
            recount = f"{rules}-{secrets.token_hex(8)}"
            if begin_recount(self.board.aggregates, states, recount, self.board.running.now()):
                return [replace(state, recount=recount, shown=FIRST) for state in states]
        raise OperationError(CHANGED)

    def _read_again(self) -> list[WindowState]:
        """The windows as they are stored now."""
        store = WindowStore(self.board.aggregates, self.board.config)
        stored = {state.window.id: state for state in store.read_all()}
        return [stored.get(state.window.id, state) for state in self.states]

    def _is_shown(self, states: Sequence[WindowState]) -> bool:
        """Whether another replay has swapped the same recount."""
        recounts = {state.window.id: state.recount for state in states}
        return all(each.shows_recount and each.recount == recounts[each.window.id] for each in self._read_again())

    def _walk(self, states: Sequence[WindowState], *, writes: bool) -> Iterator[tuple[str, Comparison]]:
        """Recount all players that need it, or compute what it would come to, and compare."""
        self.begin()
        days = sum(state.window.every == "rolling" for state in states)
        comparison = Comparison(self.board.config, lambda player_id: False, self.note, days)
        began, done = self.clock(), 0
        for state in states:
            with aws_errors_as_operation_errors():
                work = self._make_recounter(state)
                comparison.hides = work.counting.decisions.hides
                others: set[str] = set()
                parts = chain(self._find_others(work, others), _in_parts(_read_items(work.table, state), others))
            while True:
                with aws_errors_as_operation_errors():
                    part = next(parts, None)
                    if part is None:
                        break
                    for player in self._recount(work, part, writes=writes):
                        comparison.add(player)
                yield f"counting {state.window.id} anew", comparison
                done += len(part)
                self.sleep(max(0.0, began + done / self.rate - self.clock()))
        yield "counted anew", comparison

    def _make_recounter(self, state: WindowState) -> Recounter:
        config, table, running = self.board.config, self.board.aggregates, self.board.running
        store = WindowStore(table, config)
        timelines = store.refresh()
        corrections: dict[str, list[CountedCorrection]] = {}
        for each in list_corrections(running.marks, window_id=state.window.id) if state.corrected else ():
            corrections.setdefault(each.player_id, []).append(each)
        counting = PlayerCounting(
            config, state, timelines, store.decisions, running.activities, running.marks, store, corrections
        )
        return Recounter(counting, table, Aggregates(config, store, table, running.marks))

    def _find_others(self, work: Recounter, found: set[str]) -> Iterator[list[tuple[str, Item | None]]]:
        """The players who have activities in the window and no item, in parts: all of theirs were ignored.

        Reads the whole activities table. `found` gets their ids: they may have an item from then on.
        """
        for players in find_players(self.board.running.activities, work.counting.state.window):
            keys = {work.find_key(player_id): player_id for player_id in players if player_id not in found}
            wanted = list(keys)
            for first in range(0, len(wanted), PER_TRANSACTION):
                some = wanted[first : first + PER_TRANSACTION]
                stored = work.table.get_all(some)
                others = [keys[key] for key in some if key not in stored]
                found.update(others)
                yield [(player_id, None) for player_id in others]
            yield []

    def _recount(
        self, work: Recounter, part: Sequence[tuple[str, Item | None]], *, writes: bool
    ) -> Iterator[Recounted]:
        """Recount some players, several at once."""
        state, now = work.counting.state, self.board.running.now()

        def preview(player: tuple[str, Item | None]) -> Recounted:
            player_id, item = player
            found = work.preview(player_id, item, now)
            more = (found.missing, found.dropped, len(found.undecided))
            return Recounted(state.window.id, player_id, read_shown(item, state), found.aggregate, *more)

        def recount(player: tuple[str, Item | None]) -> Recounted:
            player_id, stored = player
            item, counted = stored, CountedAnew(None, 0)
            if item is None or not is_recounted(item, state.recount):
                counted = work.recount(player_id, now)
                item = work.table.get(work.find_key(player_id))
            if item is None or not is_recounted(item, state.recount):
                return Recounted(state.window.id, player_id, None, None)
            # What nobody had decided on counts in both: before is without that.
            before = read_shown(stored if counted.undecided else item, state)
            more = (count_missing(item), counted.dropped, len(counted.undecided))
            return Recounted(state.window.id, player_id, before, read_recounted(item), *more)

        with ThreadPoolExecutor(THREADS) as pool:
            yield from pool.map(recount if writes else preview, part)


def find_players(activities: Table, window: Window) -> Iterator[list[str]]:
    """The ids of players with an activity of the window's time, page by page. Some come twice. Reads all."""
    pages = activities.client.get_paginator("scan").paginate(TableName=activities.name, ConsistentRead=True)
    for page in pages:
        keys = (activities.key_of(item) for item in page["Items"])
        yield list(
            dict.fromkeys(player_id for player_id, activity_id in keys if _is_in(window, player_id, activity_id))
        )


def _is_in(window: Window, player_id: str, activity_id: str) -> bool:
    if not PLAYER_ID.fullmatch(player_id) or not ACTIVITY_ID.fullmatch(activity_id):
        return False
    at = time_of(activity_id)
    return (window.starts_at or 0) <= at and (window.ends_at is None or at < window.ends_at)


def _read_items(table: Table, state: WindowState) -> Iterator[Item]:
    for number in range(state.shards):
        yield from table.query(f"{state.window.id}#{number}")


def _in_parts(found: Iterator[Item], without: Container[str]) -> Iterator[list[tuple[str, Item | None]]]:
    while part := list(islice(found, PER_TRANSACTION)):
        players = [(item["player_id"]["S"], item) for item in part]
        yield [(player_id, item) for player_id, item in players if player_id not in without]

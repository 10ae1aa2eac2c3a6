"""Judges the facts of a board or a feed: what is wrong with it, and with which command of the runbook to begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from generator.board.board import Board
from generator.board.feed import Feed
from generator.board.runbook.bundles import UNHEALTHY, list_entries
from generator.board.runbook.entries import Entry, Severity
from generator.diagnostics.wording import join_words, plural
from generator.operations.status.facts import BoardFacts, Facts, Measurements
from runtime.config import WindowKind
from runtime.domain.instants import HOUR
from runtime.dynamodb.changes import REMEMBERED
from runtime.dynamodb.window_items import SEALED, WindowState
from runtime.lifecycle.sealing import MAX_PROBING

State = Literal["unhealthy", "unreadable", "not deployed", "drifted", "well"]
"""How a board or a feed is, the worst first."""

OVERDUE = MAX_PROBING + HOUR
"""Milliseconds after its end and grace from which a window that is not sealed is a problem: probing ends after a day,
and what comes then takes a few rebuilds."""


@dataclass(frozen=True)
class Problem:
    """Something that is wrong with a board or a feed."""

    kind: Literal["unhealthy", "drifted"]
    what: str
    """A few words, safe to print."""
    alarm: str | None = None
    """The alarm that tells of it, without what all names of the bundle begin with."""
    since: int | None = None
    """When that alarm went off, in milliseconds since 1970; None where it has not, or where nobody knows."""
    command: str | None = None
    """What to begin with, for a shell in the folder of leaderboards.yaml."""
    pages: bool = False
    """Whether it is one that people are woken for."""


@dataclass(frozen=True)
class UnsealedWindow:
    """A window that has ended, and has no final ranks yet."""

    state: WindowState
    kind: WindowKind

    @property
    def due(self) -> int:
        """When it began to be sealed: at its end and grace."""
        return (self.state.window.ends_at or 0) + self.kind.grace_seconds * 1000


def judge(bundle: Board | Feed, facts: Facts, measured: Measurements) -> tuple[Problem, ...]:
    """List what is wrong, what people are woken for first. It is nothing on a bundle that is well."""
    if not facts.is_deployed:
        return ()
    entries = {entry.alarm: entry for entry in list_entries(bundle)}
    told = dict(_find_unhealthy(bundle, facts, measured))
    since = _find_alarms(bundle, measured)
    problems = [
        _make_problem(entries[alarm], told.get(alarm, f"alarm {alarm}"), since.get(alarm))
        for alarm in entries
        if alarm in told or alarm in since
    ]
    problems.sort(key=lambda problem: not problem.pages)
    if isinstance(bundle, Board) and facts.board:
        problems += _find_in_feed(bundle, facts)
        problems += _find_overdue(bundle, facts.board, facts.now, entries)
    return (*problems, *_find_drift(bundle, facts, measured))


def list_unsealed(board: Board, states: tuple[WindowState, ...], now: int) -> Iterator[UnsealedWindow]:
    """The windows that have ended and are not sealed, the oldest first."""
    kinds: dict[str, WindowKind] = {kind.every: kind for kind in board.config.windows if kind.closes}
    ended = [each for each in states if each.window.every in kinds and each.state != SEALED]
    for state in sorted(ended, key=lambda each: each.window.ends_at or 0):
        if (state.window.ends_at or 0) <= now:
            yield UnsealedWindow(state, kinds[state.window.every])


def measure_age(facts: Facts) -> float | None:
    """The seconds since the newest snapshot; None where there is none."""
    if facts.board is None or facts.board.snapshot is None:
        return None
    return max(0, facts.now - facts.board.snapshot.as_of) / 1000


def measure_wait(facts: Facts) -> float | None:
    """For how many seconds at the most something that is counted waits for its rank; None before the first snapshot."""
    age, board = measure_age(facts), facts.board
    if age is None or board is None or board.snapshot is None:
        return None
    # A processor writes the item that says so only now and then.
    is_ranked = board.changed_at is None or board.changed_at + REMEMBERED < board.snapshot.as_of
    return 0.0 if is_ranked else age


def measure_lag(facts: Facts, measured: Measurements) -> float | None:
    """The seconds from an activity to its rank: those until it is counted, where a watch has measured them, and those
    that what is counted waits at the most. None where neither is known, or only the second while activities wait."""
    if measured.lag_seconds is None and any(queue.name == "activities" and queue.waiting for queue in facts.queues):
        return None
    known = [seconds for seconds in (measured.lag_seconds, measure_wait(facts)) if seconds is not None]
    return sum(known) if known else None


def _make_problem(entry: Entry, what: str, since: int | None) -> Problem:
    pages = entry.severity is Severity.PAGE
    return Problem("unhealthy", what, entry.alarm, since and since * 1000, entry.command, pages)


def _find_unhealthy(bundle: Board | Feed, facts: Facts, measured: Measurements) -> Iterator[tuple[str, str]]:
    """What can be seen without an alarm, by the alarm that will tell of it, or would."""
    for queue in facts.queues:
        # The schedules' letters may stay: the next rebuild does their work.
        counts = queue.is_dead and queue.is_own and queue.name != "schedule-dead-letters"
        if counts and queue.waiting >= bundle.alarms.dead_letters:
            yield queue.name, f"{plural(queue.waiting, 'message')} in {queue.name}"
    if not isinstance(bundle, Board) or facts.board is None:
        return
    age = measure_age(facts)
    if age is None:
        yield "snapshot-age", "there is no snapshot yet"
    elif age >= bundle.snapshot_age_seconds:
        yield "snapshot-age", f"no new snapshot for {age:,.0f} s"
    if measured.lag_seconds is not None and measured.lag_seconds >= bundle.alarms.oldest_activity_seconds:
        yield "oldest-activity", f"activities are on their way for {measured.lag_seconds:,.0f} s"
    if failed := [window_id for window_id, each in facts.board.assemblies.items() if each.failed_at is not None]:
        yield "assembly-failures", f"the ranks of {join_words(failed, 'and')} could not be assembled"


def _find_alarms(bundle: Board | Feed, measured: Measurements) -> Mapping[str, int | None]:
    """The alarms that are on, by their short names, and since when, in seconds since 1970.

    The composite alarm is on with one of them, or where nothing measures how old activities are.
    """
    start = f"{bundle.names.prefix}-"
    found = {alarm.name.removeprefix(start): alarm for alarm in measured.alarms}
    on = {name: alarm.since for name, alarm in found.items() if alarm.state == "ALARM"}
    composite = on.pop(UNHEALTHY, None)
    if not on and found and found[UNHEALTHY].state == "ALARM" and "oldest-activity" in found:
        return {"oldest-activity": composite}
    return on


def _find_in_feed(board: Board, facts: Facts) -> Iterator[Problem]:
    """What the pipe of the board's feed could not hand on: it counts on none of the feed's boards."""
    for queue in facts.queues:
        if board.feed and not queue.is_own and queue.waiting >= board.feed.alarms.dead_letters:
            command = next(each.command for each in list_entries(board.feed) if each.alarm == "pipe-dead-letters")
            yield Problem("unhealthy", f"{plural(queue.waiting, 'message')} in {queue.name}", command=command)


def _find_overdue(board: Board, facts: BoardFacts, now: int, entries: Mapping[str, Entry]) -> Iterator[Problem]:
    """Windows that should have been sealed long ago."""
    for window in list_unsealed(board, facts.states, now):
        if now >= window.due + OVERDUE:
            what = f"{window.state.window.id} is not sealed, {plural((now - window.due) // HOUR, 'hour')} after its end"
            yield Problem("unhealthy", what, command=entries["snapshot-age"].command)


def _find_drift(bundle: Board | Feed, facts: Facts, measured: Measurements) -> Iterator[Problem]:
    """What is not deployed as the bundle has it."""
    apply: str | None = f"terraform -chdir=build/{bundle.folder}/terraform apply"
    again = ""
    if facts.board and facts.board.expected.source == "run":
        apply, again = None, "; start `leaderboards local` again"
    if facts.board:
        expected = facts.board.expected
        others = [part for part, code in facts.board.codes.items() if code.digest != expected.digest]
        if others:
            where = f"build/{bundle.folder}" if expected.source == "build" else "the YAML"
            verb = "runs" if len(others) == 1 else "run"
            yield Problem(
                "drifted", f"{join_words(others, 'and')} {verb} other code than {where}{again}", command=apply
            )
    gone = [*facts.missing, *(alarm.name for alarm in measured.alarms if alarm.state is None)]
    if gone:
        yield Problem("drifted", f"missing: {join_words(gone, 'and')}{again}", command=apply)

"""What `leaderboards status BOARD` says of one board or feed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from generator.aws import schedules
from generator.board.board import Board
from generator.cli.operations.status.words import STYLES, complete_command, describe_cause, describe_span
from generator.diagnostics.wording import plural
from generator.local.terminal.screen import Line
from generator.operations.status.facts import BoardFacts, Facts
from generator.operations.status.fleet import BundleStatus
from generator.operations.status.judging import Problem, list_unsealed, measure_age, measure_wait
from generator.operations.status.rebuild_cost import estimate_rebuild
from runtime.domain.edges.timeline import Timelines
from runtime.domain.instants import rfc3339
from runtime.dynamodb.window_items import OPEN, PROBING
from runtime.lifecycle.assembled.assemblies import PAUSE, Unfinished
from runtime.lifecycle.sealing import PROBES
from runtime.s3.snapshots import Snapshot

_LABEL = 12
"""Columns in which the words at the left stand."""


def show_one(status: BundleStatus, columns: int, options: Sequence[str] = ()) -> list[Line]:
    """Say everything of a board or a feed, on lines of so many columns.

    `options`: those by which other commands find the same place.
    """
    facts = status.facts
    if facts is None or not facts.is_deployed:
        return [Line(f"{status.bundle.folder}: {status.state}, {describe_cause(status)}", STYLES[status.state])]
    lines = [Line(f"{status.bundle.folder}: {status.state}, {rfc3339(facts.now)}", STYLES[status.state] or "bold")]
    for problem in status.problems:
        lines += _show_problem(problem, columns, options)
    for label, texts in _list_rows(status, facts):
        for number, text in enumerate(texts):
            start = f"  {label if number == 0 else '':<{_LABEL}}"
            lines += map(Line, _wrap(text, columns, start, " " * (_LABEL + 2)))
    return lines


def _show_problem(problem: Problem, columns: int, options: Sequence[str]) -> Iterator[Line]:
    """A problem, and the command to begin with, which stays on one line so that it can be copied."""
    since = ""
    if problem.since is not None:
        since = f"{'' if problem.what.startswith('alarm ') else ' alarm'} on since {rfc3339(problem.since)}"
    style = STYLES[problem.kind]
    for line in _wrap(f"{problem.what}{since and f',{since}'}", columns, "  ! ", "    "):
        yield Line(line, style)
    if command := complete_command(problem, options):
        yield Line(f"      {command}")


def _list_rows(status: BundleStatus, facts: Facts) -> Iterator[tuple[str, list[str]]]:
    """What is said, label by label."""
    board = status.bundle
    if isinstance(board, Board) and facts.board:
        yield "fresh", [_tell_age(board, facts)]
        yield "lag", [_tell_lag(status, facts)]
    yield "queues", [_tell_queue(each.name, each.waiting, each.in_work) for each in facts.queues]
    if isinstance(board, Board) and facts.board:
        yield "rejected", [_tell_rejected(status)]
    yield "alarms", [_tell_alarms(status)]
    if isinstance(board, Board) and facts.board:
        if facts.board.snapshot:
            yield "rebuild", [_tell_rebuild(board, facts.board.snapshot, status.measured.rebuild_seconds)]
        yield "windows", [*_tell_windows(board, facts.board, facts.now)]
        yield "version", [_tell_version(board, facts.board)]


def _tell_age(board: Board, facts: Facts) -> str:
    age, limit = measure_age(facts), describe_span(board.snapshot_age_seconds)
    return "no snapshot yet" if age is None else f"the snapshot is {describe_span(age)} old, too old from {limit} on"


def _tell_lag(status: BundleStatus, facts: Facts) -> str:
    lag, wait = status.measured.lag_seconds, measure_wait(facts)
    counted = "no watch has measured of late when an activity is counted"
    if lag is not None:
        counted = f"an activity is counted after {describe_span(lag)}"
    if wait is None:
        return f"{counted}; nothing is ranked yet"
    ranked = f"what is counted is ranked after {describe_span(wait)}" if wait else "all that is counted is ranked"
    return f"{counted}; {ranked}"


def _tell_queue(name: str, waiting: int, in_work: int) -> str:
    return f"{name} {waiting:,}" + (f", and {in_work:,} in work" if in_work else "")


def _tell_rejected(status: BundleStatus) -> str:
    measured = status.measured
    return f"last hour {_tell_reasons(measured.reasons_hour)}; last day {_tell_reasons(measured.reasons_day)}"


def _tell_reasons(counts: Mapping[str, int]) -> str:
    listed = ", ".join(f"{count:,} {reason}" for reason, count in counts.items())
    return f"{sum(counts.values()):,}" + (f" ({listed})" if listed else "")


def _tell_alarms(status: BundleStatus) -> str:
    alarms = status.measured.alarms
    on = sum(alarm.state == "ALARM" for alarm in alarms)
    start = f"{status.bundle.names.prefix}-"
    blind = [alarm.name.removeprefix(start) for alarm in alarms if alarm.state == "INSUFFICIENT_DATA"]
    return f"{on} of {len(alarms)} on" + (f", without data: {', '.join(blind)}" if blind else "")


def _tell_rebuild(board: Board, snapshot: Snapshot, seconds: float | None) -> str:
    players = count_players(board, snapshot)
    cost = estimate_rebuild(board, players, seconds)
    took = "" if seconds is None else f", in {describe_span(seconds)}"
    runs = schedules.parse_schedule(board.schedule).runs_a_year // 12
    return (
        f"{rfc3339(snapshot.as_of)}{took}, {plural(max(players, default=0), 'player')}, estimated at ${cost:.6f} "
        f"or less, ${cost * runs:,.2f} a month"
    )


def count_players(board: Board, snapshot: Snapshot) -> list[int]:
    """How many players each kind of window has in a snapshot, in the YAML's order: the fullest that is not sealed."""
    found = []
    for kind in board.config.windows:
        counts = [ranks.players for ranks in snapshot.ranks if ranks.window.every == kind.every and not ranks.sealed]
        found.append(max(counts, default=0))
    return found


def _tell_windows(board: Board, facts: BoardFacts, now: int) -> Iterator[str]:
    """The window of now of each kind, and those that are on their way to being sealed."""
    timelines = Timelines(board.config.windows, [state.window for state in facts.states])
    for kind in board.config.windows:
        timeline = timelines.of(kind)
        window = timeline.current(now)
        if window is None:
            following = timeline.next(now)
            begins = following and following.starts_at
            yield f"{kind.every}: none now" + (f", the next begins {rfc3339(begins)}" if begins else "")
        elif window.ends_at is None:
            yield f"{window.id}: never ends"
        else:
            end = f"{rfc3339(window.ends_at)}, in {describe_span((window.ends_at - now) / 1000)}"
            yield f"{window.id}: {'moves on' if kind.every == 'rolling' else 'next reset'} {end}"
    for window_id, assembly in facts.assemblies.items():
        yield f"{window_id}: {_tell_assembly(board, window_id, assembly)}"
    for each in list_unsealed(board, facts.states, now):
        yield f"{each.state.window.id}: ended, {_tell_sealing(each.due, each.state.state, len(each.state.probes), now)}"


def _tell_assembly(board: Board, window_id: str, assembly: Unfinished) -> str:
    if assembly.failed_at is None:
        return f"its ranks are being assembled since {rfc3339(assembly.since)}"
    return (
        f"its assembly of {rfc3339(assembly.since)} failed; where it is needed, another is begun from "
        f"{rfc3339(assembly.failed_at + PAUSE)} on, or at once with leaderboards rebuild {board.name} "
        f"--window {window_id}"
    )


def _tell_sealing(due: int, state: str, probes: int, now: int) -> str:
    if now < due:
        return f"takes what was written in time until {rfc3339(due)}"
    if state == OPEN:
        return "the next rebuild begins to seal it"
    if state == PROBING:
        waits = "" if probes < PROBES else ", waits until nothing more arrives"
        return f"{probes} of {PROBES} probes have come through{waits}"
    return "takes nothing any more, its final ranks come with one of the next rebuilds"


def _tell_version(board: Board, facts: BoardFacts) -> str:
    where = f"build/{board.folder}"
    source = where if facts.expected.source == "build" else "the YAML"
    newest = max(code.deployed_at for code in facts.codes.values())
    is_same = all(code.digest == facts.expected.digest for code in facts.codes.values())
    told = f"the functions {'run' if is_same else 'do not all run'} what {source} has, changed last {newest}"
    return f"{told}; {where} is missing: generate it" if facts.expected.source == "yaml" else told


def _wrap(text: str, columns: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text,
        max(40, columns - 1),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )

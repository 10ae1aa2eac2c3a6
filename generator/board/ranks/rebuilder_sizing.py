"""Decides how large the rebuilder is: by the players of the board, and by what changes from one rebuild to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace

from generator.aws import limits, rebuilding
from generator.aws.assembling import Assembly
from generator.aws.rebuilding import RankedBoard
from generator.board.decisions import Decision, bound
from generator.spec.board import BoardSpec
from generator.spec.windows import Rolling
from runtime.domain.texts.segments import MAX_VALUES
from runtime.dynamodb.streaming.positions import CHANGED_PER_MB


@dataclass(frozen=True)
class RebuilderSizing:
    """Every decision about the rebuilder."""

    memory: Decision
    room: Decision
    timeout: Decision
    full: Decision
    """An estimate: of a rebuild that reads all players of all windows that one function ranks."""
    follow: Decision
    """An estimate."""
    longest: int
    """Seconds that any of them takes: also one that takes up an assembly, and follows what has changed meanwhile."""


def decide_rebuilder(ranked: RankedBoard, assembly: Assembly | None, rate: int, gap: int) -> RebuilderSizing:
    """Decide how large the rebuilder is. Where windows are assembled, it ranks by itself those up to the size of which
    one function does, and holds what changes meanwhile. `rate`: activities a second, `gap`: seconds between two."""
    changes, alone = ranked.count_changes(rate, gap), ranked
    if assembly:
        alone = replace(ranked, players=ranked.most_players())
    timeout = Decision("rebuilder, timeout", limits.MAX_SECONDS, "s", "the most that AWS allows")
    held, when = _count_held(changes, assembly, rate, gap)
    full = _estimate_rebuild(alone, timeout.value)
    follow = _estimate_assembled_following(assembly, changes) if assembly else _estimate_following(ranked, changes)
    return RebuilderSizing(
        memory=_decide_memory(alone, held, when),
        room=_decide_room(alone),
        timeout=timeout,
        full=full,
        follow=follow,
        longest=max(full.value, follow.value, assembly.follow_seconds(held) if assembly else 0),
    )


def _count_held(changes: int, assembly: Assembly | None, rate: int, gap: int) -> tuple[int, str]:
    """How many changes the rebuilder holds at the most, and between what."""
    if assembly is None:
        return changes, "between two rebuilds"
    return assembly.count_changes(rate, gap), "while windows are assembled"


def _decide_memory(ranked: RankedBoard, changes: int, when: str) -> Decision:
    """Decide on the memory: for what changes from one rebuild to the next, and for processors. `changes`: how many."""
    held = ranked.runtime_mb + limits.ceil_div(changes, CHANGED_PER_MB)
    value = limits.ceil_div(held, rebuilding.MEMORY_STEP_MB) * rebuilding.MEMORY_STEP_MB
    how = (
        f"{ranked.runtime_mb} MB itself + {changes:,} changes {when} / {CHANGED_PER_MB} "
        f"per MB = {held:,}, in steps of {rebuilding.MEMORY_STEP_MB} = {value:,}"
    )
    processors, whole = ranked.processors, limits.WHOLE_PROCESSOR_MB
    if processors > 1 and value < processors * whole:
        value = processors * whole
        how = f"{how}; {processors} processors of {whole:,} MB, which read side by side = {value:,}"
    elif ranked.players >= rebuilding.MANY_PLAYERS and value < whole:
        value = whole
        how = f"{how}; a whole processor from {rebuilding.MANY_PLAYERS:,} players on = {value:,}"
    return bound("rebuilder, memory", value, "MB", how, 2 * rebuilding.MEMORY_STEP_MB, limits.MAX_MEMORY_MB)


def _decide_room(ranked: RankedBoard) -> Decision:
    """Decide on the room on the disk: a full rebuild has one window at a time there."""
    step = rebuilding.ROOM_STEP_MB
    value = limits.ceil_div(ranked.room_mb, step) * step
    how = (
        f"{ranked.players:,} players x {ranked.bytes_of_a_player:,} bytes on the disk = {ranked.room_mb:,} MB, "
        f"in steps of {step} = {value:,}"
    )
    return bound("rebuilder, room", value, "MB", how, rebuilding.LEAST_ROOM_MB, rebuilding.MOST_ROOM_MB)


def describe_ranked(spec: BoardSpec) -> RankedBoard:
    """Describe what decides how long a rebuild of a board takes."""
    columns = spec.scoring.rank_by or []
    kinds = {spec.scoring.aggregate, *(column.aggregate for column in columns)}
    return RankedBoard(
        players=spec.traffic.players,
        windows=len(spec.window),
        days=sum(window.days if isinstance(window, Rolling) else 1 for window in spec.window),
        attaches=bool(spec.scoring.attach),
        segments=len(spec.segments),
        searches_names=spec.api.search_names,
        averages="average" in kinds,
        columns=max(1, len(columns)),
        takes_any_value=not all(segment.values for segment in spec.segments),
    )


def _estimate_rebuild(ranked: RankedBoard, timeout: int) -> Decision:
    """Estimate how long a full rebuild takes."""
    processors = ranked.processors
    by = "" if processors == 1 else f" by each of {processors} processors"
    parts = f"{ranked.days} days" if ranked.days > ranked.windows else _count_windows(ranked.windows)
    value = ranked.full_seconds(processors)
    how = (
        f"{ranked.players:,} players x {parts} / {ranked.read_per_second:,} read per second{by} + {ranked.players:,} "
        f"players x {_count_windows(ranked.windows)} / {ranked.written_per_second:,} written per second, rounded up to "
        f"{value:,}"
    )
    return Decision("all players are read in", value, "s", f"{how}; {timeout} at most")


def _estimate_following(ranked: RankedBoard, changes: int) -> Decision:
    """Estimate how long a rebuild takes on average that follows what has changed."""
    value = ranked.follow_seconds(changes)
    if changes > rebuilding.MOST_FOLLOWED:
        how = (
            f"{changes:,} changes between two rebuilds are over the {rebuilding.MOST_FOLLOWED:,} that a function holds"
        )
        return Decision("changes are followed in", value, "s", f"{how}: all players are read, in {value:,}")
    how = (
        f"{changes:,} changes between two rebuilds / {ranked.followed_per_second:,} per second + "
        f"{ranked.players:,} players x {_count_windows(ranked.windows)} / {ranked.written_per_second:,} written per "
        f"second{_tell_share(ranked, changes)}, rounded up to {value:,}"
    )
    return Decision("changes are followed in", value, "s", how)


def _tell_share(ranked: RankedBoard, changes: int) -> str:
    """In which share of all rebuilds windows are written anew."""
    if ranked.takes_any_value:
        return f" each time, as a segment without `values` may have more than the {MAX_VALUES} that have ranks"
    lines, most = ranked.lines_of_a_change * changes, ranked.most_lines
    return f" x {lines:,} lines / {most:,} that deltas may have" if lines < most else " each time"


def _estimate_assembled_following(assembly: Assembly, changes: int) -> Decision:
    """Estimate how long a rebuild takes that writes no window anew."""
    value = assembly.follow_seconds(changes)
    how = f"{changes:,} changes between two rebuilds / {rebuilding.FOLLOWED_PER_SECOND:,} per second, rounded up to"
    return Decision("changes are followed in", value, "s", f"{how} {value:,}")


def _count_windows(number: int) -> str:
    return f"{number} window" if number == 1 else f"{number} windows"

"""Rules of how often a board is rebuilt: a rebuild ends before the next one is due, and its alarm fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from generator.aws import limits
from generator.aws.assembling import Assembly
from generator.aws.rebuilding import MOST_FOLLOWED, RankedBoard
from generator.aws.schedules import Schedule
from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.wording import plural
from generator.validation.merging import MergedBoard

_DAY_MINUTES = 1440
"""The minutes of the longest gap that a schedule may have."""


def check_rebuild_gap(
    board: MergedBoard, schedule: Schedule, ranked: RankedBoard, assembly: Assembly | None
) -> Iterator[Diagnostic]:
    """Warn of a schedule by which more changes from one rebuild to the next than a function follows in time, or that
    starts a rebuild while another is at work, and of an alarm for snapshots as they are.

    The first two are no errors: one that ends too early or finds another at work does no harm and nothing is lost, but
    ranks come less often than the schedule says.
    """
    gap, rate = schedule.shortest_gap_seconds, board["traffic"]["activities_per_second"]["average"].effective
    rate = rate if isinstance(rate, int) else 0

    def follow(gap: int) -> int:
        changes = ranked.count_changes(rate, gap)
        return assembly.follow_seconds(changes) if assembly else ranked.follow_seconds(changes)

    seconds, place = follow(gap), board["rebuild"] if board["rebuild"].exists else board["traffic"]["players"]
    told = f"{_tell_work(ranked, ranked.count_changes(rate, gap), assembly)}. That takes {seconds:,} seconds on average"
    minutes = _find_minutes(follow, gap)
    better = f"Write `rebuild: rate({minutes} {'minute' if minutes == 1 else 'minutes'})`"
    if seconds > limits.MAX_SECONDS:
        message = f"{told}, and a function runs {limits.MAX_SECONDS} at most: the one after it reads all players"
        yield place.warning("rebuild-gap", message, f"{better}, or split the board.")
    elif seconds > gap:
        message = (
            f"{told}, and the schedule starts one every {gap:,}: those that find another at work end at once, so that "
            f"new ranks come every {_wait(schedule, seconds):,} seconds"
        )
        listed = "name the `values` of each segment, or " if ranked.takes_any_value else ""
        yield place.warning("rebuild-gap", message, f"{better}, or {listed}expect ranks that are older.")
    # A rebuild that takes up an assembly follows what has changed meanwhile.
    caught_up = assembly.follow_seconds(assembly.count_changes(rate, gap)) if assembly else 0
    full = caught_up or ranked.full_seconds(ranked.processors)
    yield from _check_snapshot_age(board, schedule, max(schedule.longest_gap_seconds, _wait(schedule, seconds)), full)


def check_alarm(board: MergedBoard, schedule: Schedule) -> Iterator[Diagnostic]:
    """Check that the alarm for an old snapshot does not fire between two rebuilds."""
    place, gap = board["alarms"]["snapshot_age_seconds"], schedule.longest_gap_seconds
    age = place.whole
    if age is not None and age <= gap:
        message = f"two rebuilds are up to {gap:,} seconds apart, so an alarm at {age:,} fires while all is well"
        yield place.diagnostic("snapshot-age", message, f"Write more than {gap}, or rebuild more often.")


def _tell_work(ranked: RankedBoard, changes: int, assembly: Assembly | None) -> str:
    """What a rebuild does with so many changes since the last one."""
    followed = f"{changes:,} changes between two rebuilds are followed at {ranked.followed_per_second:,} a second"
    if assembly:
        return followed
    if changes > MOST_FOLLOWED:
        return (
            f"{changes:,} changes between two rebuilds are over the {MOST_FOLLOWED:,} that a function holds, so that "
            f"{ranked.players:,} players in {plural(ranked.windows, 'window')} are read and written each time"
        )
    return (
        f"{followed}, and {ranked.players:,} players in {plural(ranked.windows, 'window')} are written anew at "
        f"{ranked.written_per_second:,} a second in {float(ranked.compaction_share(changes)) * 100:.3g} % of them"
    )


def _find_minutes(follow: Callable[[int], int], gap: int) -> int:
    """The minutes between two rebuilds in which one ends that follows what has changed meanwhile: the next fewer than a
    gap, or where there are none, the next more. `follow`: the seconds that it takes after so many.

    After very many changes all players are read instead, which may take less: so more minutes may help where fewer do
    not.
    """
    fewer = range(gap // 60, 0, -1) if follow(gap) <= gap else ()
    for minutes in chain(fewer, range(gap // 60 + 1, _DAY_MINUTES)):
        if follow(60 * minutes) <= min(60 * minutes, limits.MAX_SECONDS):
            return minutes
    return _DAY_MINUTES


def _wait(schedule: Schedule, seconds: int) -> int:
    """The seconds from one rebuild to the next that does its work."""
    return limits.ceil_div(seconds, schedule.shortest_gap_seconds) * schedule.shortest_gap_seconds


def _check_snapshot_age(board: MergedBoard, schedule: Schedule, wait: int, seconds: int) -> Iterator[Diagnostic]:
    """Check that the alarm for an old snapshot does not fire while all is well, where it waits for the next rebuild.

    `wait`: the seconds from one rebuild that does its work to the next. `seconds`: those of a full rebuild.
    """
    place = board["alarms"]["snapshot_age_seconds"]
    gap = schedule.longest_gap_seconds
    age = place.whole if place.exists else max(limits.SNAPSHOT_GAPS * gap, limits.LEAST_SNAPSHOT_AGE)
    if age is None or age <= gap:
        return
    # A board where nobody plays is published anew by the first rebuild that finds its ranks half as old as the alarm.
    quiet = limits.ceil_div(age // 2 + limits.SCHEDULE_PRECISION, wait) * wait
    if age <= quiet + seconds:
        message = (
            f"ranks are up to {quiet + seconds:,} seconds old, as a board where nobody plays is published anew after "
            f"up to {quiet:,} and a full rebuild takes {seconds:,}: so an alarm at {age:,} fires while all is well"
        )
        enough = min(3 * wait + 2 * seconds + 2 * limits.SCHEDULE_PRECISION, limits.MAX_SNAPSHOT_AGE)
        yield place.warning("snapshot-age", message, f"Write `snapshot_age_seconds: {enough}`, or rebuild more often.")

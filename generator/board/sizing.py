"""Decides how large the parts of a board are: each number with the arithmetic that leads to it.

Bundles deploy the numbers and `leaderboards explain` shows the arithmetic. Both are made here at once, so they agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from generator.aws import limits
from generator.aws.assembling import PART, Assembly, find_assembly
from generator.aws.rebuilding import RankedBoard
from generator.aws.schedules import Schedule
from generator.board.decisions import FIXED, Decision, bound, divide
from generator.board.ranks.assembly_sizing import AssemblySizing, decide_api_memory, decide_assembly
from generator.board.ranks.rebuilder_sizing import decide_rebuilder, describe_ranked
from generator.diagnostics.wording import plural
from generator.spec.board import BoardSpec


@dataclass(frozen=True)
class PipeSizing:
    """Every decision about a pipe."""

    batch: Decision
    batching: Decision
    parallelization: Decision
    retries: Decision
    record_age: Decision


@dataclass(frozen=True)
class Sizing:
    """Every decision about a board's parts, in the order in which an activity passes them."""

    pipe: PipeSizing | None
    """None on a feed, whose pipe it is."""
    delivery_age: Decision | None
    """None where there is no feed."""
    batch: Decision
    batching: Decision
    processors: Decision
    processor_memory: Decision
    processor_timeout: Decision
    visibility: Decision
    receives: Decision
    drain: Decision
    shards: Decision
    rebuilder_memory: Decision
    rebuilder_room: Decision
    rebuilder_timeout: Decision
    rebuild: Decision
    """An estimate, not deployed: the rules refuse a board whose full rebuild would take too long."""
    follow: Decision
    """An estimate, not deployed."""
    assembly: AssemblySizing | None
    """None where one function ranks every window."""
    overrun: Decision
    lease: Decision
    start_age: Decision
    rebuild_retries: Decision
    snapshot_age: Decision
    api_memory: Decision
    api_timeout: Decision
    api_concurrency: Decision | None
    """None where nothing is reserved."""
    cache: Decision

    @property
    def named(self) -> dict[str, Decision]:
        """All that was decided, by name, in that order; those of the pipe begin with pipe_, and so on."""
        found: dict[str, Decision] = {}
        for name, value in vars(self).items():
            if isinstance(value, PipeSizing | AssemblySizing):
                found |= {f"{name}_{part}": each for part, each in vars(value).items()}
            elif value is not None:
                found[name] = value
        return found


def decide_sizing(spec: BoardSpec, schedule: Schedule) -> Sizing:
    """Decide everything about a board's parts, from a spec that the rules found nothing wrong with."""
    peak, ranked = spec.traffic.activities_per_second.peak, describe_ranked(spec)
    least = "the least for a batch of more than 10; with more, calls would be fewer and scores later"
    batching = Decision("wait to fill a batch", limits.BATCHING_SECONDS, "s", least)
    timeout = Decision("processor, timeout", 60, "s", FIXED)
    visibility = decide_visibility(timeout.value, batching.value)
    delivery = _decide_delivery_age() if spec.feed else None
    receives = Decision("receives of a message", 5, "", f"{FIXED}; then it is a dead letter")
    gap, assembly = schedule.shortest_gap_seconds, find_assembly(ranked)
    rate = spec.traffic.activities_per_second.average
    rebuilder = decide_rebuilder(ranked, assembly, rate, gap)
    return Sizing(
        pipe=None if spec.feed else decide_pipe(peak),
        delivery_age=delivery,
        batch=_decide_batch(peak),
        batching=batching,
        processors=_decide_processors(peak),
        processor_memory=Decision("processor, memory", 512, "MB", FIXED),
        processor_timeout=timeout,
        visibility=visibility,
        receives=receives,
        drain=_decide_drain(receives.value, visibility.value, delivery),
        shards=_decide_shards(peak, ranked),
        rebuilder_memory=rebuilder.memory,
        rebuilder_room=rebuilder.room,
        rebuilder_timeout=rebuilder.timeout,
        rebuild=rebuilder.full,
        follow=rebuilder.follow,
        assembly=decide_assembly(assembly, rate, gap) if assembly else None,
        overrun=_decide_overrun(gap, rebuilder.timeout.value),
        lease=_decide_lease(rebuilder.longest, rebuilder.timeout.value),
        start_age=_decide_start_age(gap),
        rebuild_retries=_decide_retries(gap),
        snapshot_age=_decide_snapshot_age(spec.alarms.snapshot_age_seconds, schedule.longest_gap_seconds),
        api_memory=decide_api_memory(ranked, assembly, rate, gap),
        api_timeout=Decision("API, timeout", 10, "s", FIXED),
        api_concurrency=_decide_api_concurrency(spec),
        cache=_decide_cache(gap),
    )


def decide_pipe(peak: int, target: str = "messages that SQS") -> PipeSizing:
    """Decide how a pipe carries activities. `target`: what it sends to takes in one call."""
    return PipeSizing(
        batch=Decision("pipe, batch", 10, "", f"the most {target} takes in one call"),
        batching=Decision("pipe, wait to fill it", 1, "s", FIXED),
        parallelization=_decide_parallelization(peak),
        retries=Decision("pipe, retries", 1000, "", "enough for the age below to decide"),
        record_age=_decide_record_age(),
    )


def _decide_delivery_age() -> Decision:
    how = "the same for every board; then it is a dead letter"
    return Decision("feed, age of what it gives up", limits.DELIVERY_AGE, "s", how)


def _decide_parallelization(peak: int) -> Decision:
    how = f"{peak:,} activities/s / {limits.CARRIED_PER_SECOND} carried by one at a time"
    value, how = divide(how, peak, limits.CARRIED_PER_SECOND)
    return bound("pipe, batches of a shard at once", value, "", how, 1, limits.MAX_PARALLELIZATION)


def _decide_record_age() -> Decision:
    # An item may have 400 kB, and more than 1 MiB as the JSON of a stream record, which SQS does not take. The pipe
    # splits the batch until that record stands alone, and its shard waits until it is given up.
    hours = 1
    left = limits.STREAM_HOURS - hours
    how = (
        f"{hours} h, in which one that is too large for SQS holds up its shard; "
        f"{left} of the stream's {limits.STREAM_HOURS} are left to redrive a dead letter"
    )
    return Decision("pipe, age of what it gives up", hours * 3600, "s", how)


def _decide_processors(peak: int) -> Decision:
    how = f"{peak:,} activities/s / {limits.PROCESSED_PER_SECOND} per processor"
    value, how = divide(how, peak, limits.PROCESSED_PER_SECOND)
    return bound("processors at once", value, "", how, limits.MIN_PROCESSORS, limits.MAX_PROCESSORS)


def decide_visibility(timeout: int, batching: int) -> Decision:
    """Decide after how many seconds a message comes again, from the processor's timeout and its wait for a batch."""
    # Six times the function's timeout (Lambda developer guide, "Using Lambda with Amazon SQS": configuring a queue).
    value = 6 * timeout + batching
    how = f"6 x {timeout} s timeout + {batching} s wait to fill a batch = {value:,}"
    return Decision("visibility timeout", value, "s", how)


def _decide_drain(receives: int, visibility: int, delivery: Decision | None) -> Decision:
    value = receives * visibility
    how = f"{receives} receives x {visibility:,} s visibility timeout"
    if delivery:
        value += delivery.value
        how = f"{how} + {delivery.value} s for the feed to deliver"
    how = f"{how} = {value:,}"
    return Decision("drain before a window is sealed", value, "s", how)


def _decide_batch(peak: int) -> Decision:
    value, how = divide(
        f"{peak:,} activities/s / {limits.BATCHES_PER_SECOND} batches a second", peak, limits.BATCHES_PER_SECOND
    )
    decision = bound("batch of a processor", value, "", how, limits.LEAST_BATCH, limits.MOST_BATCH)
    number, waiting = limits.processors(peak), limits.in_flight(peak, 0)
    room = (limits.IN_FLIGHT - waiting) // number
    if decision.value <= max(room, limits.LEAST_BATCH):
        return decision
    how = f"({limits.IN_FLIGHT:,} in flight - {waiting:,} that wait) / {number:,} processors = {room:,}"
    return bound(decision.what, room, "", how, limits.LEAST_BATCH)


def _decide_shards(peak: int, ranked: RankedBoard) -> Decision:
    # A transaction takes 2 write units for each kilobyte of an item. Attached fields can make one more of it, and so
    # can values of segments. Doubled, they leave room for shards with more players.
    each = 4 * (1 + ranked.attaches + bool(ranked.segments))
    written = f"{peak:,} activities/s x {each} write units / {limits.WRITES_PER_PARTITION:,} per partition"
    read = f"{ranked.players:,} players / {limits.PLAYERS_PER_SHARD:,} read one after another"
    needs = [
        (each * peak, limits.WRITES_PER_PARTITION, written),
        (ranked.players, limits.PLAYERS_PER_SHARD, read),
    ]
    if ranked.lists == 1:
        # Also where one function ranks a window: days of a rolling one keep the shards that they were begun with, and
        # once it has more players it is read by as many calls. Each gets through ten times as many.
        days = Assembly(ranked).longest_days
        by = f"{ranked.players:,} players x {plural(days, 'day')} / {PART:,} of a call that reads"
        needs.append((ranked.players * days, PART, by))
    above, below, text = max(needs, key=lambda need: Decimal(need[0]) / need[1])
    value = 1
    while value * below < above:
        value *= 2
    _, how = divide(text, above, below, rounded=False)
    return Decision("shards of a window", value, "", f"{how}, up to the next power of two = {value:,}")


def _decide_overrun(gap: int, timeout: int) -> Decision:
    how = f"{gap:,} s between two rebuilds"
    return bound("rebuild overruns from", gap, "s", how, 1, timeout)


def _decide_lease(rebuild: int, timeout: int) -> Decision:
    # A rebuild that has died holds its lease until it has run out, so it is no longer than a slow rebuild needs.
    how = f"2 x {rebuild:,} s for the longest rebuild = {2 * rebuild:,}"
    return bound("lease of a rebuild", 2 * rebuild, "s", how, limits.SHORTEST_GAP, timeout)


def _decide_start_age(gap: int) -> Decision:
    how = f"{gap:,} s between two rebuilds"
    return bound("start of a rebuild, given up after", gap, "s", how, *limits.EVENT_AGE)


def _decide_retries(gap: int) -> Decision:
    what = "rebuild, retries"
    if gap < limits.EVENT_AGE[1]:
        return Decision(what, 0, "", f"the next one is due in {gap:,} s and does all of its work")
    return Decision(what, limits.MAX_RETRIES, "", f"the next one is due in {gap:,} s only")


def _decide_snapshot_age(written: int | None, gap: int) -> Decision:
    what = "snapshot too old from"
    if written is not None:
        return Decision(what, written, "s", "alarms.snapshot_age_seconds")
    gaps = limits.SNAPSHOT_GAPS
    how = f"{gaps} x {gap:,} s between two rebuilds = {gaps * gap:,}"
    return bound(what, gaps * gap, "s", how, limits.LEAST_SNAPSHOT_AGE)


def _decide_api_concurrency(spec: BoardSpec) -> Decision | None:
    what, written, reads = "API, requests at once", spec.api.max_concurrency, spec.traffic.reads_per_second
    if written is not None:
        return Decision(what, written, "", "api.max_concurrency") if isinstance(written, int) else None
    value, how = divide(
        f"{reads:,} reads/s / {limits.READS_PER_EXECUTION} for each that is reserved", reads, limits.READS_PER_EXECUTION
    )
    most = limits.MAX_CACHED_API_CONCURRENCY if spec.api.access == "public" else limits.MAX_API_CONCURRENCY
    return bound(what, value, "", how, limits.MIN_API_CONCURRENCY, most)


def _decide_cache(gap: int) -> Decision:
    how = f"{gap:,} s between two rebuilds / 2 = {gap // 2:,}"
    return bound("answers are cached for", gap // 2, "s", how, 1, 60)

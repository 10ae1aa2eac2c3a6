"""What `leaderboards redrive` says of what there is, of what was put back, and of what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from generator.cli.console import say
from generator.diagnostics.wording import join_words, plural, quote
from generator.operations.following import Fate
from generator.operations.redrives.previewing import Preview
from generator.operations.redrives.putting_back import RedriveCounts
from generator.operations.redrives.receiving import HIDDEN_SECONDS

_NOUNS = {
    "rejected": ("rejected activity", "rejected activities"),
    "dead-letters": ("dead letter", "dead letters"),
    "pipe": ("dead letter of the pipe", "dead letters of the pipe"),
    "schedule": ("failed task", "failed tasks"),
}
"""What waits in each place, one and several."""


def count_outcome(done: RedriveCounts, fate: Fate | None = None) -> dict[str, int]:
    """What the audit keeps of a redrive: what was put back, and what became of that as far as it is known."""
    counts = {"put_back": done.sent, "counted_before": done.counted, "gone": done.gone, "too_large": done.too_large}
    counts |= {"dropped": done.dropped} if done.dropped else {}
    if fate is None:
        return counts
    return counts | {
        "counted": fate.counted,
        "rejected_again": fate.rejected_again,
        "unmarked": fate.unmarked,
        "dead_again": fate.dead,
        "on_their_way": fate.unknown,
    }


def wait_for_fate(fates: Iterable[Fate], again: str = "") -> Fate:
    """Say with each look what is known so far. Returns what is known at the end. `again`: see `describe_fate`."""
    fate = Fate()
    for number, fate in enumerate(fates):
        if number and fate.unknown:
            decided = f"{fate.counted:,} counted, {fate.rejected_again:,} rejected{again}"
            say(f"{decided}, {fate.unknown:,} on their way ...")
    return fate


def describe_fate(fate: Fate, keeps_one_run: bool, again: str = "") -> str:
    """What became of activities, on one line. `again`: " again" for those that were put back."""
    parts = [] if keeps_one_run and not fate.counted else [f"{fate.counted:,} counted"]
    if fate.rejected:
        reasons = fate.rejected.items()
        which = [reason if len(reasons) == 1 else f"{number} {reason}" for reason, number in sorted(reasons)]
        parts.append(f"{fate.rejected_again:,} rejected{again}: {join_words(which, 'and')}")
    if fate.unmarked:
        parts.append(f"{fate.unmarked} {'counted or ignored' if keeps_one_run else 'ignored'}")
    parts += [f"{fate.dead:,} dead{again}"] if fate.dead else []
    parts += [f"{fate.unknown:,} on their way"] if fate.unknown else []
    return ", ".join(parts)


def fate_as_json(fate: Fate | None) -> dict[str, Any] | None:
    """What became of activities that were put back, for --json; None where nobody waited for it."""
    if fate is None:
        return None
    return {**vars(fate), "rejected": dict(sorted(fate.rejected.items()))}


def describe_preview(folder: str, source: str, found: Preview) -> Iterator[str]:
    """What a redrive would put back: a line with the number, then some of it, safe to print."""
    others = f", and {found.hidden} that somebody works on" if found.hidden else ""
    yield f"{folder}: {found.waiting:,} {_NOUNS[source][found.waiting != 1]}{others}"
    for example in found.examples:
        yield "  " + quote(example, 200)[1:-1].replace('\\"', '"')


def find_what_is_wrong(
    done: RedriveCounts, fate: Fate | None, timeout: int, listing: str, dropping: str
) -> Iterator[str]:
    """A sentence for each thing that an operator has to look at.

    `listing`: the command that lists rejections; `dropping`: the one that deletes what is no activity.
    """
    if done.gone:
        yield f"{done.gone} could not be put back: what was first written is not in the activities table"
    if done.too_large:
        yield f"{done.too_large} cannot be put back: over 1 MiB as a message, which no queue takes; their letters stay"
    if done.unreadable:
        yield f"{plural(done.unreadable, 'dead letter')} stayed: no position in the stream of the activities table"
    if done.hidden:
        yield (
            f"{plural(done.hidden, 'dead letter')} more, hidden for up to {HIDDEN_SECONDS} seconds by another redrive "
            "or by one that was killed: run this again then"
        )
    if fate and fate.rejected:
        yield f"{fate.rejected_again:,} rejected again: {listing} says why"
    if fate and fate.dead:
        yield f"{fate.dead:,} in the dead-letter queue again: the processor's log says why"
    if done.no_activity:
        yield f"{plural(done.no_activity, 'dead letter')} can count nowhere, being no activity: {dropping} deletes such"
    if fate and fate.unknown:
        yield f"what becomes of {fate.unknown:,} is not known after {timeout} seconds; see --timeout"

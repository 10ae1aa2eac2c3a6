"""The edits of a board's windows: kinds that come and go, moved resets, grace, how many are kept."""

from __future__ import annotations

from collections.abc import Iterator

from generator.changes.edits import Edit, attention
from generator.changes.parts.seasons import compare_seasons
from generator.changes.words import join_names, show_seconds, turn
from runtime.config import BoardConfig, WindowKind
from runtime.domain.activity import MARK_LIFE
from runtime.domain.instants import DAY

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def compare_windows(old: BoardConfig, new: BoardConfig, now: int) -> Iterator[Edit]:
    """Find the edits of a board's windows. `now`: milliseconds since 1970."""
    before, after = ({kind.every: kind for kind in board.windows} for board in (old, new))
    for name, kind in before.items():
        if name not in after:
            yield _remove(kind)
    for name, kind in after.items():
        if name not in before:
            yield Edit(f"window {name} added", "it counts from the next activity on, and nothing from before")
        elif before[name] != kind:
            yield from _compare_kind(before[name], kind, now)
    stay_before, stay_after = [n for n in before if n in after], [n for n in after if n in before]
    first_before, first_after = next(iter(before)), next(iter(after))
    if first_before != first_after:
        then = f"who reads the board without naming a window sees {first_after}"
        yield (attention if first_before in after else Edit)(turn("first window", first_before, first_after), then)
    elif stay_before != stay_after:
        yield Edit(f"windows in the order {join_names(stay_after)}", "the page lists them so; scores stay")


def _remove(kind: WindowKind) -> Edit:
    gone = "its ranks can't be read any more"
    if kind.every == "all_time":
        return attention("window all_time removed", f"{gone}; its scores stay, without what comes meanwhile")
    gone = f"{gone}, and its scores are deleted for good {MARK_LIFE // DAY} days after their window's end"
    closing = ("; the running one is not closed, so no event says who won") if kind.closes else ""
    return attention(f"window {kind.every} removed", f"{gone}{closing}")


def _compare_kind(old: WindowKind, new: WindowKind, now: int) -> Iterator[Edit]:
    """Find the edits of a kind of window that stays."""
    name = new.every
    moved = list(_describe_reset(old, new))
    if moved:
        then = "the running one keeps its end, the next begins there and ends where the new rule says"
        if name == "season":
            then = "a season that has begun keeps its edges; those to come follow the new rule"
        elif name == "rolling":
            then = "the running day keeps its end, the next begins there"
        yield Edit(f"reset of window {name} moved: {', '.join(moved)}", then)
    if old.days != new.days:
        gone = f"who reads it as rolling-{old.days}d finds it no more"
        days = (
            "days that it had left may be deleted already, so that it fills up day by day"
            if new.days > old.days
            else "older days are deleted"
        )
        yield attention(turn(f"days of window {name}", old.days, new.days), f"{gone}, and {days}")
    yield from compare_seasons(old, new, now)
    if old.grace_seconds != new.grace_seconds:
        what = turn(f"grace of window {name}", show_seconds(old.grace_seconds), show_seconds(new.grace_seconds))
        yield Edit(what, "it holds for the running window too")
    if old.keep > new.keep:
        stay = f"the newest {new.keep} stay" if new.keep > 1 else "the newest stays"
        then = f"of the windows that have ended only {stay}: the others are deleted for good"
        yield attention(turn(f"keep of window {name}", old.keep, new.keep), then)
    elif old.keep < new.keep:
        yield Edit(turn(f"keep of window {name}", old.keep, new.keep), "more stay from now on; what is gone stays gone")


def _describe_reset(old: WindowKind, new: WindowKind) -> Iterator[str]:
    """What changes of the rule by which windows start and end, but for the dates of seasons."""
    if old.timezone != new.timezone:
        yield turn("timezone", old.timezone, new.timezone)
    if old.starts != new.starts:
        yield turn("starts", _WEEKDAYS[old.starts], _WEEKDAYS[new.starts])
    if old.at_minutes != new.at_minutes:
        yield turn("at", *(f"{kind.at_minutes // 60:02}:{kind.at_minutes % 60:02}" for kind in (old, new)))
    if old.lasts_seconds != new.lasts_seconds:
        yield turn("lasts", *(show_seconds(kind.lasts_seconds or None) for kind in (old, new)))

"""The edits of a board's seasons. What they do depends on which of them runs now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from generator.changes.edits import Edit, attention, refused
from generator.changes.words import show, turn
from runtime.config import Season, WindowKind
from runtime.domain.edges.local_time import local_date, local_instant
from runtime.domain.windows import Window, season_windows


def compare_seasons(old: WindowKind, new: WindowKind, now: int) -> Iterator[Edit]:
    """Find the edits of the seasons of a kind of window. `now`: milliseconds since 1970."""
    before, after = ({each.name: each for each in kind.seasons} for kind in (old, new))
    edges = {window.id: window for window in season_windows(old)}
    later = {window.id: window for window in season_windows(new)}
    added = [name for name in after if name not in before]
    running = next((name for name in before if name in after and _runs(edges[name], now)), None)
    for name, season in before.items():
        if name in after:
            if season != after[name]:
                yield from _compare_starts(season, after[name], edges[name], later[name], running, now)
                yield from _compare_ends(season, after[name], edges[name], new, now)
            continue
        renamed = (
            next((other for other in added if _runs(later[other], now)), None) if _runs(edges[name], now) else None
        )
        added = [other for other in added if other != renamed]
        yield _remove(season, edges[name], renamed, now)
    for name in added:
        yield _add(after[name], later[name], running, now)


def _is_over(window: Window, now: int) -> bool:
    return window.ends_at is not None and window.ends_at <= now


def _runs(window: Window, now: int) -> bool:
    return not _is_over(window, now) and window.starts_at is not None and window.starts_at <= now


def _first_end(kind: WindowKind, now: int) -> date:
    """The first day of which `at` has not passed, where the window is."""
    today = local_date(now, kind.timezone)
    return today if local_instant(kind.timezone, today, kind.at_minutes) > now else today + timedelta(days=1)


def _name(season: Season) -> str:
    return f"season {show(season.name)}"


def _remove(season: Season, window: Window, renamed: str | None, now: int) -> Edit:
    """What it means that a season is gone. `renamed`: the new season that runs in its place; None if none does."""
    if _is_over(window, now):
        return Edit(f"{_name(season)} removed", "it is over; its final ranks stay as long as `keep` says")
    if not _runs(window, now):
        return Edit(f"{_name(season)} removed", "it has not begun, and will not")
    back = f"Put {season.name} back as it was: its dates may change while it runs, its name is the data's."
    if renamed:
        return refused(
            f"{_name(season)} renamed to {show(renamed)} while it runs",
            f"all that players have scored in it lies under {show(season.name)}, which goes on to its end all the "
            f"same: {show(renamed)} would have no scores, and begin after that if at all",
            back,
        )
    return refused(
        f"{_name(season)} removed while it runs",
        f"it has begun, and goes on to {season.ends} all the same: players would see what the file no longer says",
        f"{back} To end it early, move its `ends` to tomorrow.",
    )


def _begin(season: Season, window: Window, running: str | None, now: int) -> str | None:
    """When a season begins that has not begun; None if another one that runs keeps it from beginning today."""
    if not _runs(window, now):
        return f"it begins on {season.starts}"
    return None if running else "it begins at once"


def _add(season: Season, window: Window, running: str | None, now: int) -> Edit:
    what = f"{_name(season)} added, {season.starts} to {season.ends}"
    if _is_over(window, now):
        return attention(what, "it is over already: nothing will count in it")
    begins = _begin(season, window, running, now)
    if begins is None:
        return attention(what, _wait(running))
    redrive = "; what was rejected for want of a season can be redriven" if _runs(window, now) else ""
    return Edit(what, f"{begins}{redrive}")


def _wait(running: str | None) -> str:
    return f"{show(running)} runs, and goes on to its end: this one begins after that if at all"


def _compare_starts(
    old: Season, new: Season, window: Window, later: Window, running: str | None, now: int
) -> Iterator[Edit]:
    """What it means that a season has another start, or that one which is over has other dates."""
    name = _name(new)
    if _is_over(window, now):
        then = (
            "it has ended: once its ranks are final, as a rule minutes later, neither its dates nor its scores change "
            "any more; for what comes write a new season"
        )
        yield attention(f"dates of {name} {old.starts} to {old.ends} -> {new.starts} to {new.ends}", then)
        return
    runs = _runs(window, now)
    if old.starts != new.starts:
        begins = "it has begun, and keeps the start that it had" if runs else _begin(new, later, running, now)
        what = turn(f"starts of {name}", f"{old.starts}", f"{new.starts}")
        yield attention(what, begins or _wait(running)) if runs or begins is None else Edit(what, begins)


def _compare_ends(old: Season, new: Season, window: Window, kind: WindowKind, now: int) -> Iterator[Edit]:
    """What it means that a season which is not over has another end. `kind`: its window as it is now written."""
    if old.ends == new.ends or _is_over(window, now):
        return
    runs = _runs(window, now)
    what = turn(f"ends of {_name(new)}", f"{old.ends}", f"{new.ends}")
    first = _first_end(kind, now)
    if runs and new.ends < first:
        yield refused(
            what,
            "that time has passed, and a season cannot end before what has already counted in it: it would go on to "
            f"{old.ends} all the same",
            f"Write `ends: {first}`, or a later day.",
        )
    elif new.ends > old.ends:
        redrive = "; what was rejected because it seemed over can be redriven" if runs else ""
        yield Edit(what, f"it goes on until then with all its scores{redrive}")
    else:
        yield Edit(what, "it ends then, with all its scores")

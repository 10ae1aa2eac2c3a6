"""Timelines: which window an instant falls into, by the windows that are stored and, between them, by the rule.

A window that has opened keeps the edges that it was stored with, whatever the bundle's YAML and zone database say by
now. Elsewhere the rule holds, cut off where a stored window is. So a reset that was moved holds from the next window
on: that one begins where the running one ends, and ends where the rule's next one starts.

Where a stored window has taken the id of what the rule would open beside it, that stretch belongs to its neighbour: no
two windows have the same id, and ids of one form sort by time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from runtime.config import WindowKind
from runtime.domain import windows
from runtime.domain.windows import ALL_TIME, MissedWindow, Window, is_in


@dataclass(frozen=True)
class _Gap:
    """A stretch without a stored window: from the end of one to the start of another, where there are such."""

    start: int | None
    end: int | None
    after: str | None
    """What the ids in it come after, by `_order`; None where they come after none."""
    before: str | None

    def comes_late_enough(self, window: Window) -> bool:
        """Whether the id of a window comes after those of the stored ones before the gap."""
        return self.after is None or _order(window.id) > self.after

    def comes_early_enough(self, window: Window) -> bool:
        """Whether the id of a window comes before those of the stored ones after the gap."""
        return self.before is None or _order(window.id) < self.before

    def cut(self, window: Window) -> Window:
        """The part of a window that lies in the gap."""
        assert window.starts_at is not None
        assert window.ends_at is not None
        starts_at = window.starts_at if self.start is None else max(window.starts_at, self.start)
        ends_at = window.ends_at if self.end is None else min(window.ends_at, self.end)
        return replace(window, starts_at=starts_at, ends_at=ends_at)


class Timeline:
    """The windows of one kind: those of `opened` that are of the kind, as they are stored, and its rule."""

    def __init__(self, kind: WindowKind, opened: Iterable[Window] = ()) -> None:
        self.kind = kind
        self._stored = _put_in_order(each for each in opened if each.every == kind.every)
        self._starts = [each.starts_at or 0 for each in self._stored]
        self._seasons = self._list_seasons()
        self._days: tuple[Window, list[Window]] | None = None

    def window_at(self, instant: int) -> Window | None:
        """The window that an instant falls into; None between two. For a rolling window it is a day.

        Raises OverflowError for an instant that no calendar date has.
        """
        if self.kind.every == "all_time":
            return ALL_TIME
        if self.kind.every == "season":
            return next((each for each in self._seasons if is_in(each, instant)), None)
        index = bisect_right(self._starts, instant)
        if index and is_in(self._stored[index - 1], instant):
            return self._stored[index - 1]
        gap = self._find_gap(index, instant)
        return self._find_short(gap, instant) if self.kind.lasts_seconds else self._find_whole(gap, instant)

    def accepting(self, at: int, written: int) -> Window | MissedWindow:
        """The window in which an activity of the instant `at` counts, or why none takes it.

        `written` is when the activity was written. A rolling window is made of days: the window returned is the day
        that the activity counts in, see `rolling_days`.
        """
        kind, window = self.kind, self.window_at(at)
        if window is None:
            between = "seasons" if kind.every == "season" else "windows"
            return MissedWindow("no_window", f"its time lies between two {between}")
        if kind.closes and window.ends_at is not None and written > window.ends_at + kind.grace_seconds * 1000:
            return MissedWindow("late", "it was written after its window's end and grace")
        if kind.every == "rolling" and window.starts_at is not None:
            oldest = self.rolling_days(written)[-1].starts_at
            if oldest is not None and window.starts_at < oldest:
                detail = f"its day had left the window of {kind.days} days before it was written"
                return MissedWindow("late", detail)
        return window

    def current(self, now: int) -> Window | None:
        """The window that readers see now; None between two seasons, or two windows that last less than a period.

        A rolling window reaches from the start of its oldest day to the end of today.
        """
        if self.kind.every != "rolling":
            return self.window_at(now)
        days = self.rolling_days(now)
        return Window(f"rolling-{self.kind.days}d", "rolling", days[-1].starts_at, days[0].ends_at)

    def previous(self, now: int) -> Window | None:
        """The window before the current one; None where there is none. Between two, it is the last one that ended."""
        if not self.kind.closes:
            return None
        current = self.window_at(now)
        before = now if current is None or current.starts_at is None else current.starts_at - 1
        return self.window_at(before) or self._find_ended(before)

    def next(self, now: int) -> Window | None:
        """The window that starts next; None where none is to come, as for the one endless window of a kind."""
        if not self.kind.closes:
            return None
        if self.kind.every == "season":
            return next((each for each in self._seasons if (each.starts_at or 0) > now), None)
        current = self.window_at(now)
        instant = now if current is None or current.ends_at is None else current.ends_at
        while (found := self.window_at(instant)) is None:
            index = bisect_right(self._starts, instant)
            stored = self._starts[index] if index < len(self._starts) else None
            # Without an end of its own, a window ends where the next one starts.
            period = windows.newest_window(replace(self.kind, lasts_seconds=0), instant).ends_at
            assert period is not None
            instant = period if stored is None else min(stored, period)
        return found

    def rolling_days(self, now: int) -> list[Window]:
        """The days that a rolling window is made of now, the newest first; where now has no day, those before it."""
        today = self.window_at(now) or self._find_ended(now)
        assert today is not None
        if self._days is None or self._days[0] != today:
            days = [today]
            while len(days) < self.kind.days:
                starts_at = days[-1].starts_at
                assert starts_at is not None
                day_before = self.window_at(starts_at - 1) or self._find_ended(starts_at - 1)
                assert day_before is not None
                days.append(day_before)
            self._days = today, days
        return self._days[1]

    def _find_gap(self, index: int, instant: int) -> _Gap:
        """The gap that an instant is in, between the stored windows before and from `index` on."""
        before, after = self._stored[:index], self._stored[index:]
        form = _form(windows.newest_window(self.kind, instant).id)
        return _Gap(
            before[-1].ends_at if before else None,
            after[0].starts_at if after else None,
            next((_order(each.id) for each in reversed(before) if _form(each.id) == form), None),
            next((_order(each.id) for each in after if _form(each.id) == form), None),
        )

    def _find_short(self, gap: _Gap, instant: int) -> Window | None:
        """The window that an instant of a gap falls into, where windows need not follow each other."""
        found = windows.window_at(self.kind, instant)
        if found is None or not (gap.comes_late_enough(found) and gap.comes_early_enough(found)):
            return None
        return gap.cut(found)

    def _find_whole(self, gap: _Gap, instant: int) -> Window | None:
        """The window that an instant of a gap falls into, where each window ends where the next one starts.

        None where the gap is so short that the rule has no id for it: it comes to be where functions of several rules
        open windows of the past, and where the two windows beside it have taken all ids.
        """
        first = None if gap.start is None else self._rule(gap.start)
        while first is not None and not gap.comes_late_enough(first):
            first = self._rule(first.ends_at)
        last = None if gap.end is None else self._rule(gap.end - 1)
        while last is not None and not gap.comes_early_enough(last):
            last = self._rule((last.starts_at or 0) - 1)
        if first is not None and last is not None and _order(first.id) > _order(last.id):
            return None
        found = self._rule(instant)
        if first is not None and instant < (first.ends_at or 0):
            found = first
        if last is not None and instant >= (last.starts_at or 0):
            found = last
        cut = gap.cut(found)
        return replace(
            cut,
            starts_at=gap.start if found == first else cut.starts_at,
            ends_at=gap.end if found == last else cut.ends_at,
        )

    def _rule(self, instant: int | None) -> Window:
        """The window of an instant by the rule alone, where each window ends where the next one starts."""
        found = windows.window_at(self.kind, instant or 0)
        assert found is not None
        return found

    def _find_ended(self, instant: int) -> Window | None:
        """The last window that has ended at an instant that is in none."""
        if self.kind.every == "season":
            return next((each for each in reversed(self._seasons) if (each.ends_at or 0) <= instant), None)
        index = bisect_right(self._starts, instant)
        stored = self._stored[index - 1] if index else None
        newest = windows.newest_window(self.kind, instant)
        if stored is not None and (newest.starts_at or 0) < (stored.ends_at or 0):
            return stored
        return self.window_at(newest.starts_at or 0) or stored

    def _list_seasons(self) -> list[Window]:
        """The seasons that are stored, and of the YAML's what is not taken up by them, in the order of time."""
        listed = list(self._stored) if self.kind.every == "season" else []
        names = {each.id for each in listed}
        for season in windows.season_windows(self.kind):
            if season.id not in names and (left := _leave(season, self._stored)):
                listed.append(left)
        return sorted(listed, key=lambda each: each.starts_at or 0)


class Timelines:
    """The timelines of a board's kinds of window, with the windows that were opened."""

    def __init__(self, kinds: Sequence[WindowKind], opened: Iterable[Window] = ()) -> None:
        stored = list(opened)
        self._by_kind = {kind.every: Timeline(kind, stored) for kind in kinds}

    def of(self, kind: WindowKind) -> Timeline:
        """The timeline of one of the board's kinds of window."""
        return self._by_kind[kind.every]


def _put_in_order(opened: Iterable[Window]) -> list[Window]:
    """Windows in the order of time, none of them over another.

    None is, unless a release that did not serialize their opening has opened some: then the earlier ones hold.
    """
    ordered: list[Window] = []
    for window in sorted(opened, key=lambda each: (each.starts_at or 0, each.id)):
        starts_at = max(window.starts_at or 0, (ordered[-1].ends_at or 0) if ordered else window.starts_at or 0)
        if starts_at < (window.ends_at or 0):
            ordered.append(window if starts_at == window.starts_at else replace(window, starts_at=starts_at))
    return ordered


def _leave(season: Window, stored: Sequence[Window]) -> Window | None:
    """What stored seasons leave of one that is not stored: its last stretch; None where they leave nothing."""
    assert season.starts_at is not None
    starts_at, ends_at = season.starts_at, season.ends_at
    assert ends_at is not None
    for other in reversed(stored):
        assert other.starts_at is not None
        assert other.ends_at is not None
        if other.starts_at < ends_at and starts_at < other.ends_at:
            if other.ends_at < ends_at:
                starts_at = other.ends_at
                break
            ends_at = other.starts_at
    return replace(season, starts_at=starts_at, ends_at=ends_at) if starts_at < ends_at else None


def _form(window_id: str) -> str:
    """The form of an id: those of one form sort by time."""
    return "week-" if window_id.startswith("week-") else ""


def _order(window_id: str) -> str:
    """What the ids of one form sort by: of the days of a rolling window, whatever its length, their date."""
    return window_id.rpartition(".")[2]

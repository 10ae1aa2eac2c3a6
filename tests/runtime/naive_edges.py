"""Windows of a board that is edited while it runs, as a person would list them: hour by hour. It shares no code with
the runtime, but for the types that describe a board.

A window that was opened keeps its edges. The hours between two such windows are named by the rule; those whose names
are taken belong to their neighbours. Every edge here is on the hour.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from runtime.config import WindowKind
from tests.support.zones import make_zone

HOUR = 3_600_000
DAY = 24 * HOUR
FAR = {"month": 1600, "week": 600}
"""How many hours are looked at in each direction: more than two months or weeks, which a window may have that takes up
what is left of the one before."""
MOVE_REST = HOUR


@dataclass(frozen=True)
class Opened:
    """A window that was opened; the edges of the one that never ends are far away."""

    every: str
    id: str
    start: int
    end: int
    ends: str = ""
    """Of a season: the date in the YAML that its end was made of."""
    moved: tuple[int, str] = (0, "")
    """When its end was moved last, and from which date."""


Rules = tuple[tuple[str, str], ...]
"""How the zones of a database go, by their names."""


@lru_cache(maxsize=64)
def zone(name: str, rules: Rules) -> ZoneInfo:
    """A time zone by a database."""
    return make_zone(name, dict(rules).get(name, "UTC0"))


@lru_cache(maxsize=100_000)
def label(kind: WindowKind, rules: Rules, hour: int) -> str | None:
    """The name that the rule has for an hour; None where it has no window there."""
    local = datetime.fromtimestamp(hour / 1000, zone(kind.timezone, rules)).replace(tzinfo=None)
    day = (local - timedelta(minutes=kind.at_minutes)).date()
    if kind.every == "week":
        day -= timedelta(days=(day.weekday() - kind.starts) % 7)
    if kind.every == "month":
        day = day.replace(day=1)
    began = datetime(day.year, day.month, day.day) + timedelta(minutes=kind.at_minutes)  # noqa: DTZ001
    if kind.lasts_seconds and local >= began + timedelta(seconds=kind.lasts_seconds):
        return None
    if kind.every == "week":
        return f"{day:%G-W%V}" if kind.starts == 0 else f"week-{day}"
    return {"month": f"{day:%Y-%m}", "rolling": f"rolling-{kind.days}d.{day}"}.get(kind.every, f"{day}")


@lru_cache(maxsize=1000)
def hour_of(day: date, kind: WindowKind, rules: Rules) -> int:
    """The first hour at which the clocks of a kind's zone show its start time on a day, or a later one."""
    wanted = datetime(day.year, day.month, day.day) + timedelta(minutes=kind.at_minutes)  # noqa: DTZ001
    hour = int((wanted - datetime(1970, 1, 1)).total_seconds()) * 1000 - 2 * DAY  # noqa: DTZ001
    while datetime.fromtimestamp(hour / 1000, zone(kind.timezone, rules)).replace(tzinfo=None) < wanted:
        hour += HOUR
    return hour


@dataclass
class Edges:
    """The windows of a board that were opened, in the order of their opening."""

    opened: list[Opened] = field(default_factory=list)

    def of(self, every: str) -> list[Opened]:
        """The windows of a kind that were opened."""
        return [each for each in self.opened if each.every == every]

    def find(self, kind: WindowKind, rules: Rules, instant: int) -> Opened | None:
        """The window of a kind that an instant is in, as it is or would be opened; None between two."""
        if kind.every == "all_time":
            return Opened("all_time", "all-time", 0, 10**15)
        for each in self.of(kind.every):
            if each.start <= instant < each.end:
                return each
        hour = instant - instant % HOUR
        return self._find_season(kind, rules, hour) if kind.every == "season" else self._find_in_gap(kind, rules, hour)

    def days(self, kind: WindowKind, rules: Rules, now: int) -> list[Opened]:
        """The days of a rolling window, the newest first."""
        found: list[Opened] = []
        at = now
        while len(found) < kind.days:
            if window := self.find(kind, rules, at):
                found.append(window)
            at = window.start - 1 if window else at - HOUR
        return found

    def open(self, window: Opened) -> None:
        """Open a window, if it is new."""
        if window.every == "all_time" or window.id in {each.id for each in self.opened}:
            return
        self.opened.append(window)

    def move_ends(self, kind: WindowKind, rules: Rules, now: int, closed: set[str]) -> None:
        """Move the ends of seasons as a rebuild does."""
        yaml = {season.name: season for season in kind.seasons}
        for each in self.of("season"):
            if each.id in closed or each.id not in yaml or yaml[each.id].ends.isoformat() == each.ends:
                continue
            ends = yaml[each.id].ends.isoformat()
            end = hour_of(yaml[each.id].ends, kind, rules)
            end = min([end, *(other.start for other in self.of("season") if other.start >= each.end)])
            is_old = each.moved[1] == ends and now - each.moved[0] < MOVE_REST
            if end >= now and end != each.end and not is_old:
                self.opened[self.opened.index(each)] = replace(each, end=end, ends=ends, moved=(now, each.ends))

    def _find_season(self, kind: WindowKind, rules: Rules, hour: int) -> Opened | None:
        """The season that an hour without an opened one is in: of each, what the opened ones leave at its end."""
        taken = {each.id for each in self.of("season")}
        for season in kind.seasons:
            start, end = hour_of(season.starts, kind, rules), hour_of(season.ends, kind, rules)
            if season.name in taken or not start <= hour < end:
                continue
            free = [at for at in range(start, end, HOUR) if not any(x.start <= at < x.end for x in self.of("season"))]
            first = free[-1]
            while first - HOUR in free:
                first -= HOUR
            if first <= hour <= free[-1]:
                return Opened("season", season.name, first, free[-1] + HOUR, season.ends.isoformat())
        return None

    def _find_in_gap(self, kind: WindowKind, rules: Rules, hour: int) -> Opened | None:
        """The window of an hour in which none was opened."""
        opened, names, far = self.of(kind.every), dict[int, str | None](), FAR.get(kind.every, 150) * HOUR
        for step in (-HOUR, HOUR):
            at = hour
            while abs(at - hour) < far and not any(each.start <= at < each.end for each in opened):
                names[at] = label(kind, rules, at)
                at += step
        hours = sorted(names)
        name_here = next((name for name in map(names.get, hours) if name), "")
        alike = [each for each in opened if each.id.startswith("week-") == name_here.startswith("week-")]
        before = max((_date(each.id) for each in alike if each.end <= hours[0]), default="")
        after = min((_date(each.id) for each in alike if each.start > hours[-1]), default="~")
        is_free = {name: name is not None and before < _date(name) < after for name in set(names.values())}
        if not kind.lasts_seconds:
            # A name that is taken is the neighbour's: from the front the next one's, from the end the one before.
            for some in (hours, hours[::-1]):
                free = next((names[at] for at in some if is_free.get(names[at])), None)
                for at in some:
                    if is_free.get(names[at]):
                        break
                    names[at] = free
        own = names[hour]
        if own is None or not is_free.get(own):
            return None
        mine = [at for at in hours if names[at] == own]
        return Opened(kind.every, own, mine[0], mine[-1] + HOUR)


def _date(name: str) -> str:
    """What names of one form are sorted by."""
    return name.rpartition(".")[2]

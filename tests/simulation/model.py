"""A naive board: what its rules say of one activity, and of a player's activities in one window.

It shares no code with the runtime. Every window is in UTC and starts at midnight, as in `tests.runtime.naive_model`,
and the rules are the same data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.runtime.naive_rules import Rules

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
GRACE = 300_000
"""The grace of every window, in milliseconds."""

Image = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Run:
    """One activity that counts, unless a limit or a sealed window says otherwise."""

    player: str
    id: str
    at: int
    name: str | None
    columns: tuple[int, ...]
    """Each scaled by its own decimals."""
    windows: tuple[tuple[str, int | None], ...]
    """The id of each window that it counts in, and the window's end, in the order of the board's kinds."""
    note: str | None = None
    """What is kept of it beside a score."""
    country: str | None = None
    """Its value of the board's segment."""


@dataclass(frozen=True)
class Score:
    """What the activities of a player in a window come to."""

    columns: tuple[int, ...]
    """As they are ranked."""
    at: int
    name: str | None
    reached: frozenset[int]
    """The milestones that were reached at any time, unscaled."""
    note: str | None
    country: str | None


@dataclass(frozen=True)
class Entry:
    """An entry of a window in a snapshot, in the board's order."""

    rank: int
    player: str
    name: str | None
    columns: tuple[int, ...]
    at: int
    note: str | None = None
    """What is attached."""
    country: str | None = None
    """The value of the board's segment that the player is in."""


def judge(rules: Rules, image: Image, written: int) -> Run | str:
    """What becomes of an activity: a run, "ignored", or the reason of its rejection."""
    player, id_, type_ = image["player_id"]["S"], image["activity_id"]["S"], image.get("type", {}).get("S")
    if type_ == "chat":
        # The pipe leaves it out.
        return "ignored"
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}", player):
        return "bad_player_id"
    if not re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", id_):
        return "bad_activity_id"
    at = int(id_.replace("-", "")[:12], 16)
    if at > written + 5 * MINUTE:
        return "in_future"
    if at < written - 30 * DAY:
        return "too_old"
    if "expires_at" in image and int(image["expires_at"].get("N", 0)) * 1000 < at + 31 * DAY:
        return "expires_too_soon"
    if type_ != "run":
        return "unknown_type"
    columns = _columns(rules, image)
    if isinstance(columns, str):
        return columns
    found = [_window(every, days, at, written) for every, days in rules.windows]
    taken = tuple(each for each in found if each is not None)
    if not taken:
        return "late"
    note = image.get("note", {}).get("S") if rules.attach else None
    country = image.get("country", {}).get("S") if rules.segments else None
    return Run(player, id_, at, image.get("name", {}).get("S"), columns, taken, note, country)


def score(rules: Rules, runs: Sequence[Run]) -> Score:
    """What some activities come to, in the order in which they were counted."""
    reached: set[int] = set()
    if rules.milestones:
        scale, is_high = 10 ** rules.columns[0][1], rules.orders[0] == "descending"
        for length in range(1, len(runs) + 1):
            first = _come_to(rules, runs[:length])[0][0]
            reached |= {
                each for each in rules.milestones if (first >= each * scale if is_high else first <= each * scale)
            }
    _, country = max(((run.id, run.country) for run in runs if run.country is not None), default=("", None))
    if rules.aggregate in ("best", "last"):
        kept = keep_run(rules, runs)
        return Score(kept.columns, kept.at, kept.name, frozenset(reached), kept.note, country)
    named = max((run for run in runs if run.name is not None), key=lambda run: run.id, default=None)
    columns, at = _come_to(rules, runs)
    note = max(runs, key=lambda run: run.id).note
    return Score(columns, at, named.name if named else None, frozenset(reached), note, country)


def keep_run(rules: Rules, runs: Sequence[Run]) -> Run:
    """The run that `best` or `last` keeps."""
    if rules.aggregate == "last":
        return max(runs, key=lambda run: (run.at, run.id))
    return min(runs, key=lambda run: (better(rules, run.columns), run.at, run.id))


def better(rules: Rules, columns: tuple[int, ...]) -> tuple[int, ...]:
    """Columns as they sort: the best first."""
    return tuple(-value if order == "descending" else value for value, order in zip(columns, rules.orders, strict=True))


def ranks(rules: Rules, entries: Sequence[tuple[str, tuple[int, ...]]]) -> list[int]:
    """The rank of each entry (player and columns) of a window, which are in the board's order."""
    found: list[int] = []
    for place, (_, columns) in enumerate(entries):
        if place == 0:
            found.append(1)
        elif rules.ties == "first" or (rules.ties == "shared" and columns != entries[place - 1][1]):
            found.append(place + 1)
        else:
            found.append(found[-1] + (columns != entries[place - 1][1]))
    return found


def rolling_ids(days: int, now: int) -> list[str]:
    """The ids of the days of a rolling window."""
    return [f"rolling-{days}d.{_date(now - back * DAY)}" for back in range(days)]


def _columns(rules: Rules, image: Image) -> tuple[int, ...] | str:
    columns = []
    for number, (aggregate, decimals) in enumerate(rules.columns):
        if aggregate == "count":
            columns.append(10**decimals)
            continue
        field = image.get(f"c{number}", {}).get("N")
        if field is None:
            return "bad_field"
        # round() of a Fraction rounds half to even.
        columns.append(round(Fraction(field) * 10**decimals))
    first, decimals = rules.columns[0]
    if rules.most is not None and first != "count" and columns[0] > rules.most * 10**decimals:
        return "over_limit"
    return tuple(columns)


def _come_to(rules: Rules, runs: Sequence[Run]) -> tuple[tuple[int, ...], int]:
    """The columns that some activities come to, and when they came to be that."""
    if rules.aggregate in ("best", "last"):
        kept = keep_run(rules, runs)
        return kept.columns, kept.at
    cells = [_cell(rules, number, runs) for number in range(len(rules.orders))]
    return tuple(value for value, _ in cells), max(at for _, at in cells)


def _cell(rules: Rules, number: int, runs: Sequence[Run]) -> tuple[int, int]:
    """What one column comes to on its own, and when it came to be that."""
    kind = rules.columns[number][0]
    newest = max(runs, key=lambda run: (run.at, run.id))
    total = sum(run.columns[number] for run in runs)
    if kind == "last":
        return newest.columns[number], newest.at
    if kind == "average":
        return round(Fraction(total, len(runs))), newest.at
    if kind == "count":
        return total, newest.at
    if kind == "sum":
        by_time = sorted(run.at for run in runs if run.columns[number])
        return total, by_time[-1] if by_time else min(run.at for run in runs)
    sign = -1 if rules.orders[number] == "descending" else 1
    value, at = min((sign * run.columns[number], run.at) for run in runs)
    return sign * value, at


def _window(every: str, days: int, at: int, written: int) -> tuple[str, int | None] | None:
    """The window of a kind that takes an activity, with its end; None where it was written too late for it."""
    if every == "all_time":
        return "all-time", None
    if every == "rolling":
        behind = written // DAY - at // DAY
        return None if behind >= days else (f"rolling-{days}d.{_date(at)}", None)
    name, ends = window_of(every, at)
    return None if written > ends + GRACE else (name, ends)


def window_of(every: str, at: int) -> tuple[str, int]:
    """The id and the end of the window of a kind that closes."""
    if every == "hour":
        return _moment(at).strftime("%Y-%m-%dT%H"), at // HOUR * HOUR + HOUR
    if every == "day":
        return _date(at), at // DAY * DAY + DAY
    day = _moment(at).replace(hour=0, minute=0, second=0, microsecond=0)
    if every == "week":
        monday = day - timedelta(days=day.weekday())
        year, week, _ = monday.isocalendar()
        return f"{year}-W{week:02}", _instant(monday + timedelta(days=7))
    month = day.replace(day=1)
    if every == "month":
        return f"{month:%Y-%m}", _instant((month + timedelta(days=31)).replace(day=1))
    first = month.replace(month=(month.month - 1) // 3 * 3 + 1)
    return f"from-{first:%Y-%m-%d}", _instant((first + timedelta(days=93)).replace(day=1))


def _moment(at: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)


def _instant(moment: datetime) -> int:
    return round(moment.timestamp()) * 1000


def _date(at: int) -> str:
    return f"{_moment(at):%Y-%m-%d}"

"""Local edges: the local times that a window's instants were made of, stored beside them.

By them a date that somebody moved in the YAML is told from the same date under a newer zone database. Only a season's
end is ever moved: a season that runs may be made longer or shorter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from runtime.config import Season, WindowKind
from runtime.domain import windows
from runtime.domain.edges.local_time import local_text
from runtime.domain.instants import HOUR
from runtime.domain.windows import Window

MOVE_REST = HOUR
"""For how many milliseconds a moved end is not moved back: a function of the bundle before may still run for 15 minutes
(AWS Lambda developer guide, "Configure Lambda function timeout"), and be called while a deployment goes on."""
_DAY_AT_LEAST = 22 * HOUR
"""A date that is moved moves its instant by more than this; another zone database moves it by less."""


@dataclass(frozen=True)
class LocalEdges:
    """The local times at which a window starts and ends, `2026-11-22T04:00`, and the zone whose times they are."""

    starts: str
    ends: str
    timezone: str


def describe_local(kind: WindowKind, window: Window) -> LocalEdges | None:
    """The local edges of a window of a kind: of a season as the YAML has them. None for a window without edges."""
    if window.starts_at is None or window.ends_at is None:
        return None
    if (season := find_season(kind, window)) is not None:
        at = f"T{kind.at_minutes // 60:02}:{kind.at_minutes % 60:02}"
        return LocalEdges(f"{season.starts}{at}", f"{season.ends}{at}", kind.timezone)
    starts, ends = (local_text(edge, kind.timezone) for edge in (window.starts_at, window.ends_at))
    return LocalEdges(starts, ends, kind.timezone)


def find_season(kind: WindowKind, window: Window) -> Season | None:
    """The season of the YAML that a window is; None where the YAML has it no more, and for any other window."""
    return next((each for each in kind.seasons if each.name == window.id), None)


def move_end(kind: WindowKind, stored: Window, local: LocalEdges | None, next_start: int | None) -> Window:
    """The season as it is with the YAML's end; as it is stored where that has the same date, or has it no more.

    `local` is None for a window that was stored by a release without local edges. `next_start`: when the stored season
    after it begins, which a season never reaches into.
    """
    season = find_season(kind, stored)
    if season is None or stored.ends_at is None:
        return stored
    by_rule = next(each for each in windows.season_windows(kind) if each.id == stored.id)
    assert by_rule.ends_at is not None
    is_same = abs(by_rule.ends_at - stored.ends_at) < _DAY_AT_LEAST
    if is_same if local is None else local.ends[:10] == season.ends.isoformat():
        return stored
    return replace(stored, ends_at=by_rule.ends_at if next_start is None else min(by_rule.ends_at, next_start))

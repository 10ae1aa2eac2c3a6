"""Example answers for a board's openapi.yaml: of its own windows, columns and decimals, as its API would give them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from runtime.config import BoardConfig, Segment, WindowKind
from runtime.domain import windows
from runtime.domain.edges.timeline import Timeline
from runtime.domain.instants import HOUR, MINUTE, rfc3339, rfc3339_or_none
from runtime.domain.ranking import percentile
from runtime.domain.texts.attached import make_value
from runtime.domain.texts.numbers import json_columns
from runtime.domain.texts.segments import make_segment_value
from runtime.domain.windows import Window

_NOON = 1_767_614_400_000
"""2026-01-05T12:00:00Z, a Monday, in milliseconds since 1970: when the examples were answered, but for seasons."""
_PLAYERS = (("p-1001", "Nova"), ("p-1002", None))
"""The ids of the players who stand first and second, and their display names."""
_AMOUNTS = (120, 100, 80)
"""Amounts for any column, from the highest to the lowest."""


def make_examples(board: BoardConfig) -> dict[str, Any]:
    """Make an example of each answer and each problem of the board's API, by its name in the template."""
    kind, now = board.windows[0], _choose_time(board.windows[0])
    window, following = _find_windows(kind, now)
    assert window is not None
    as_of = rfc3339(now)
    head = {
        "board": board.name,
        "window": _describe_window(window),
        "as_of": as_of,
        "players": len(_PLAYERS),
    }
    entries = [_describe_entry(board, place, now) for place in range(len(_PLAYERS))]
    standing = {"percentile": percentile(1, len(_PLAYERS)), "pending": _describe_score(board, 0)}
    found = [_find_windows(each, now) for each in board.windows]
    listed = [{**_describe_window(current), "current": True} for current, _ in found if current]
    upcoming = [windows.describe(each) for _, each in found if each]
    reset = {
        "title": board.title,
        "next_reset_at": rfc3339_or_none(window.ends_at),
        "next_starts_at": rfc3339_or_none(following.starts_at) if following else None,
    }
    return {
        "page": {**head, **reset, "entries": entries},
        "friends": {**head, "entries": entries},
        "player": {**head, "entry": {**entries[0], **standing, **_describe_values(board)}},
        "neighbours": {**head, "entries": entries},
        "segments": {**head, "segments": [_describe_segment(segment) for segment in board.segments]},
        "chosen": next((f"{segment.name}:{make_segment_value(segment, 0)}" for segment in board.segments), None),
        "windows": {"board": board.name, "windows": listed, "upcoming": upcoming},
        "health": {"board": board.name, "healthy": True, "as_of": as_of},
        "bad_request": _describe_problem(400, "Bad Request", "limit is a whole number from 1 to 100"),
        "not_found": _describe_problem(404, "Not Found", f"no entry for the player p-1003 in the window {window.id}"),
        "gone": _describe_problem(410, "Gone", "that snapshot can no longer be read; leave as_of out for the newest"),
        "failed": _describe_problem(500, "Internal Server Error", "the board could not be read; try again"),
        "unavailable": _describe_problem(
            503, "Service Unavailable", "the board's rules were changed, and its data was made with the old ones"
        ),
    }


def _describe_segment(segment: Segment) -> dict[str, Any]:
    """A segment in which both players are in the same value."""
    value = {"value": make_segment_value(segment, 0), "players": len(_PLAYERS)}
    return {"name": segment.name, "title": segment.title, "values": [value], "others": 0}


def _describe_values(board: BoardConfig) -> dict[str, Any]:
    """What the answer about a player says of segments: both players are in each value."""
    standings = {
        segment.name: {"value": make_segment_value(segment, 0), "rank": 1, "players": len(_PLAYERS)}
        for segment in board.segments
    }
    return {"segments": standings} if standings else {}


@lru_cache(maxsize=1024)
def _choose_time(kind: WindowKind) -> int:
    """An instant in a window of the kind: _NOON, or in the first season, or in the window that starts next."""
    if kind.every == "season":
        first = windows.season_windows(kind)[0]
        assert first.starts_at is not None
        return first.starts_at + 12 * HOUR
    if Timeline(kind).current(_NOON):
        return _NOON
    upcoming = Timeline(kind).next(_NOON)
    assert upcoming is not None
    assert upcoming.starts_at is not None
    return upcoming.starts_at + MINUTE // 2


@lru_cache(maxsize=1024)
def _find_windows(kind: WindowKind, now: int) -> tuple[Window | None, Window | None]:
    """The current window of a kind and the one that starts next, where there are such. Many boards have the same."""
    timeline = Timeline(kind)
    return timeline.current(now), timeline.next(now)


def _describe_window(window: Window) -> dict[str, Any]:
    return {**windows.describe(window), "sealed": False}


def _describe_entry(board: BoardConfig, place: int, now: int) -> dict[str, Any]:
    """The entry of the player who stands at a place, from 0. Its score is better than those of the places behind it."""
    player_id, name = _PLAYERS[place]
    score = _describe_score(board, place + 1)
    entry = {"rank": place + 1, "player_id": player_id, "name": name, **score}
    attached = {"attached": {field: make_value(field, place) for field in board.attach}} if board.attach else {}
    return {**entry, "at": rfc3339(now - (place + 1) * MINUTE), **attached}


def _describe_score(board: BoardConfig, place: int) -> dict[str, Any]:
    """The score of a place, from 0: the lower the place, the better by the board's order."""
    values = tuple(
        sorted(_AMOUNTS, reverse=column.order == "descending")[place] * 10**column.decimals for column in board.columns
    )
    columns = json_columns(board.columns, values)
    return {"score": columns[board.columns[0].name], "columns": columns}


def _describe_problem(status: int, title: str, detail: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}

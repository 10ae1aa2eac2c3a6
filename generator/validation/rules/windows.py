"""Rules across the windows of a board, and across the seasons of one."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics.diagnostic import Diagnostic
from generator.spec.values_time import to_length_seconds
from generator.validation.field_place import FieldPlace, find_repeated
from generator.validation.merging import MergedBoard

_WITHOUT_SUMMER_TIME = {"EST": "5 hours", "MST": "7 hours"}
"""Zones that are mistaken for those of New York and Denver, whose standard time has the same abbreviation."""

_SHORTEST = {
    "hour": (3600, "60m"),
    "day": (23 * 3600, "23h, where the clocks change"),
    "week": (7 * 86_400, "7d"),
    "month": (28 * 86_400, "28d"),
}
"""The shortest period of each kind of window that can be told how long it lasts: in seconds, and in words."""

_PLACES = {"EST": "America/New_York", "MST": "America/Denver"}


def check_windows(board: MergedBoard) -> Iterator[Diagnostic]:
    """Check the windows of one board."""
    windows = board["window"].items()
    for every in find_repeated(window["every"] for window in windows):
        message = f"a second window with `every: {every.text}`"
        yield every.diagnostic("windows", message, "A board has one of each. Keep one.")
    for window in windows:
        if (zone := window["timezone"].text) in _WITHOUT_SUMMER_TIME:
            message = f"{zone} is {_WITHOUT_SUMMER_TIME[zone]} behind UTC all year, without summer time"
            hint = f'If a place with summer time is meant, write one such as "{_PLACES[zone]}".'
            yield window["timezone"].warning("summer-time", message, hint)
        yield from _check_length(window)
        if window["every"].text == "season":
            yield from _check_season_names(window["seasons"])
            yield from _check_season_dates(window["seasons"])


def _check_length(window: FieldPlace) -> Iterator[Diagnostic]:
    """Check that a window is over before the next one starts, also on the day on which the clock skips an hour."""
    every, lasts = window["every"].text, window["lasts"]
    if every not in _SHORTEST or not lasts.text:
        return
    shortest, written = _SHORTEST[every]
    if to_length_seconds(lasts.text) >= shortest:
        message = f"a window of {lasts.text} is not shorter than its period: the shortest {every} has {written}"
        yield lasts.diagnostic("windows", message, "Write less, or leave it out: then a window lasts until the next.")


def _check_season_names(seasons: FieldPlace) -> Iterator[Diagnostic]:
    """Check that no two seasons have the same name."""
    for name in find_repeated(season["name"] for season in seasons.items()):
        message = f"a second season is called {name.text}"
        yield name.diagnostic("seasons", message, "Give it a name of its own.")


def _check_season_dates(seasons: FieldPlace) -> Iterator[Diagnostic]:
    """Check that each season ends after it starts, and that none overlaps another."""
    dated: list[tuple[str, str, int]] = []
    for season in seasons.items():
        starts, ends = season["starts"].text, season["ends"].text
        if not starts or not ends:
            continue
        if ends <= starts:
            message = f"the season is over before it starts, on {starts}"
            hint = f"Write a day after {starts}: `ends` is the first that is no longer in it."
            yield season["ends"].diagnostic("seasons", message, hint)
        else:
            dated.append((starts, ends, int(season.step)))
    latest = ""
    for starts, ends, index in sorted(dated):
        if starts < latest:
            message = f"the season before lasts until {latest}, and no two may overlap"
            hint = f"Write {latest} or later, or end the other one sooner."
            yield seasons[index]["starts"].diagnostic("seasons", message, hint)
        latest = max(latest, ends)

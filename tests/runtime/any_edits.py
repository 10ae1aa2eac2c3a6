"""Lives of boards that are edited at random: resets, zones, seasons, points, kinds of window, `keep`, zone databases.

Some edits are taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from runtime.config import BoardConfig, Points, Rule, Season, WindowKind
from tests.runtime.boards import NOW, board
from tests.runtime.edited_board import EditedBoard, Release
from tests.runtime.naive_edges import DAY, HOUR, Rules

DATABASES: tuple[Rules, ...] = (
    (("Africa/Casablanca", "<+01>-1"), ("America/Vancouver", "PST8PDT,M3.2.0,M11.1.0"), ("Asia/Tokyo", "JST-9")),
    (("Africa/Casablanca", "UTC0"), ("America/Vancouver", "MST7"), ("Asia/Tokyo", "JST-9")),
)
ZONES = ("UTC", "Africa/Casablanca", "America/Vancouver", "Asia/Tokyo")
LASTS = {"day": (0, 0, 2 * 3600, 20 * 3600), "week": (0, 0, 3 * 86_400), "month": (0, 0, 86_400)}
KINDS = ("day", "week", "month", "season", "rolling")
FIRST_DAY = date(2026, 11, 24)


def draw_kind(chance: Random, every: str) -> WindowKind:
    """Draw a kind of window."""
    kind = WindowKind(
        every,  # type: ignore[arg-type]
        chance.choice(ZONES),
        60 * chance.choice((0, 0, 4, 6, 22)),
        chance.randrange(7) if every == "week" and chance.random() < 0.5 else 0,
        grace_seconds=chance.choice((60, 3600)),
        keep=chance.choice((1, 2, 100)),
    )
    if every == "season":
        return replace(kind, seasons=draw_seasons(chance))
    if every == "rolling":
        return replace(kind, days=chance.randint(1, 5))
    return replace(kind, lasts_seconds=chance.choice(LASTS[every]))


def draw_seasons(chance: Random) -> tuple[Season, ...]:
    """Draw one or two seasons, the first of which has begun."""
    ends = FIRST_DAY + timedelta(days=chance.randint(1, 12))
    first = Season(chance.choice(("autumn", "autumn", "fall")), date(2026, 11, 1), ends)
    if chance.random() < 0.5:
        return (first,)
    starts = ends + timedelta(days=chance.choice((0, 2)))
    return first, Season("winter", starts, starts + timedelta(days=chance.randint(2, 20)))


def edit(chance: Random, config: BoardConfig) -> BoardConfig:
    """Edit what an organiser may edit on a board that runs."""
    kinds: dict[str, WindowKind] = {kind.every: kind for kind in config.windows}
    every = chance.choice((*kinds, chance.choice(KINDS)))
    if every in kinds and len(kinds) > 1 and chance.random() < 0.2:
        del kinds[every]
    elif every in kinds and every == "season" and chance.random() < 0.7:
        kinds[every] = replace(kinds[every], seasons=draw_seasons(chance))
    elif every != "all_time":
        kinds[every] = draw_kind(chance, every)
    points = chance.choice((1, 10, 15))
    return replace(config, windows=tuple(kinds.values()), rules=(Rule("kill", (Points(Decimal(points)),)),))


def live(chance: Random) -> None:
    """Let a board live for a while, with edits, new zone databases and two releases at once."""
    kinds = [draw_kind(chance, every) for every in chance.sample(KINDS, chance.randint(1, 3))]
    kinds += [WindowKind("all_time")] * chance.randint(0, 1)
    start = board(decimals=0, windows=tuple(kinds), rules=(Rule("kill", (Points(Decimal(10)),)),), shards=2)
    it = EditedBoard(NOW)
    releases: list[Release] = [it.deploy(start, chance.choice(DATABASES))]
    configs = [start]
    for _ in range(chance.randint(8, 20)):
        it.now += chance.choice((0, 1, 5, 23, 47)) * HOUR + chance.choice((0, 60_000, 1_800_000))
        if chance.random() < 0.4:
            # Some deploy what ran before: a season that was made longer is shorter again, a kind is back.
            is_back = chance.random() < 0.3
            configs.append(chance.choice(configs[-4:]) if is_back else edit(chance, configs[-1]))
            releases = [releases[-1], it.deploy(configs[-1], chance.choice(DATABASES))]
            if chance.random() < 0.5:
                # The release before rebuilds once more.
                it.rebuild(releases[1])
                it.now += 60_000
                it.rebuild(releases[0])
                it.check(releases[0])
        for _ in range(chance.randint(1, 4)):
            ahead = chance.choice((-2 * HOUR, -60_000, 0, 0, 240_000))
            it.play(chance.choice(releases), chance.choice("abc"), it.now + ahead)
        if chance.random() < 0.7:
            it.rebuild(chance.choice(releases))
    for _ in range(5):
        it.now += 2 * HOUR
        it.rebuild(releases[-1])
        it.check(releases[-1])
    it.now += DAY
    it.rebuild(releases[-1])
    it.check(releases[-1])
    it.rebuild(releases[-1])
    it.check_left(releases[-1])

"""sqlite with the same players and an index by score: ranks by COUNT(*), as many games begin."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.benchmarks.rebuilding.timing import KINDS, PAGE, SPAN, Row, time_looks
from tests.benchmarks.stand_in.players import Population, at_of, player_id, score_of

# `under`: how far the score is under nought. So the board's order is one of ascending columns, which one index has.
_TABLE = "CREATE TABLE entries (player TEXT PRIMARY KEY, under INTEGER, at INTEGER) WITHOUT ROWID"
_INDEX = "CREATE INDEX by_score ON entries (under, at, player)"
_OWN = "SELECT under, at, player FROM entries WHERE player = ?"
_RANK = "SELECT 1 + COUNT(*) FROM entries WHERE under < (SELECT under FROM entries WHERE player = ?)"
_PAGE = "SELECT player, -under, at FROM entries ORDER BY under, at, player LIMIT ? OFFSET ?"
_BEFORE = (
    "SELECT player, -under, at FROM entries WHERE (under, at, player) < (?, ?, ?) "
    "ORDER BY under DESC, at DESC, player DESC LIMIT ?"
)
_FROM = (
    "SELECT player, -under, at FROM entries WHERE (under, at, player) >= (?, ?, ?) ORDER BY under, at, player LIMIT ?"
)


def measure(population: Population, folder: Path, count: int) -> list[Row]:
    """Time look-ups in a file that the system has in memory. The neighbours come with the player's rank."""
    path = folder / "ranks.sqlite"
    with closing(sqlite3.connect(path)) as database:
        _load(database, population)

        def rank(number: int) -> Any:
            return database.execute(_RANK, (player_id(number),)).fetchone()[0]

        def page(number: int) -> Any:
            return database.execute(_PAGE, (PAGE, number)).fetchall()

        def neighbours(number: int) -> Any:
            own = database.execute(_OWN, (player_id(number),)).fetchone()
            before = database.execute(_BEFORE, (*own, SPAN)).fetchall()
            return rank(number), before[::-1] + database.execute(_FROM, (*own, SPAN + 1)).fetchall()

        looks = dict(zip(KINDS, (rank, page, neighbours), strict=True))
        return time_looks("sqlite", looks, population.players, count)


def _load(database: sqlite3.Connection, population: Population) -> None:
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -1000000")
    database.execute(_TABLE)
    times = ((number, population.times(number)) for number in range(population.players))
    rows = ((player_id(number), -score_of(number, made), at_of(number, made)) for number, made in times)
    database.executemany("INSERT INTO entries VALUES (?, ?, ?)", rows)
    database.execute(_INDEX)
    database.commit()

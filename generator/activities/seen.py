"""Remembers what was in the rows of a file before, for files of any size."""

from __future__ import annotations

import sqlite3
from contextlib import closing


class SeenRows:
    """Numbers by key, in a database that SQLite keeps in memory and, where it grows, in a file that it deletes.

    An empty name means that (SQLite documentation, "In-Memory Databases": temporary databases).
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode = OFF",
            "PRAGMA synchronous = OFF",
            "CREATE TABLE seen (key BLOB PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID",
        ):
            self._database.execute(statement).close()

    def close(self) -> None:
        """Delete what was remembered."""
        self._database.close()

    def count(self, key: bytes) -> int:
        """How often a key was counted, this time included."""
        number = (self.find(key) or 0) + 1
        self.note(key, number)
        return number

    def find(self, key: bytes) -> int | None:
        """The number that was noted of a key last."""
        with closing(self._database.execute("SELECT number FROM seen WHERE key = ?", (key,))) as found:
            row = found.fetchone()
        return None if row is None else int(row[0])

    def note(self, key: bytes, number: int) -> None:
        """Note a number of a key."""
        self._database.execute("INSERT OR REPLACE INTO seen VALUES (?, ?)", (key, number)).close()

"""Reads the activities of a window, or all, out of the activities table, each with what became of it, as documents.

A document has the names that `leaderboards backfill` takes: player_id, activity_id, type, at, name, and the activity's
own fields. What the board has made of it stands in #outcome, #reason, #detail and #windows: no field of a game begins
so.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from generator.errors import OperationError
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.players.showing import (
    KEYS_PER_READ,
    describe_activity,
    is_in,
    read_scores,
    read_states,
)
from generator.operations.ranks.formats import Document, Field
from generator.operations.rejections import Rejection, list_rejections
from generator.operations.running_board import THREADS, aws_errors_as_operation_errors
from runtime.config import BoardConfig
from runtime.domain.activity import ACTIVITY_ID, StreamRecord, time_of
from runtime.domain.instants import rfc3339
from runtime.domain.windows import Window
from runtime.dynamodb import items
from runtime.dynamodb.table import Item, Key, Table
from runtime.dynamodb.window_items import WindowState

OUTCOME = ("#outcome", "#reason", "#detail", "#windows")
"""What a document has of what became of the activity: the same words as `leaderboards players BOARD show`."""
_OWN = ("player_id", "player", "activity_id", "type", "at", "name", "board", "expires_at")
"""Attributes that are no fields of the game, or that a file of activities has another meaning for."""


@dataclass
class ExportedActivities:
    """The activities of a window, or all."""

    board: ManagedBoard
    window: Window | None
    """None for all."""
    types: Collection[str] | None = None
    """On a feed: the types that the board's rule takes. None for a board with a table of its own."""
    left_out: int = field(default=0, init=False)
    """How many attributes were left out so far, as they are neither text nor number nor boolean."""

    @property
    def fields(self) -> list[Field]:
        """The columns of a table of them: of the activity's own fields those that the board reads."""
        names = ("player_id", "activity_id", "type", "at", "name", *list_read_fields(self.board.config), *OUTCOME)
        return [Field((name,)) for name in names]

    def read(self) -> Iterator[list[Document]]:
        """Read the activities page by page: each player's by their times, the players in no order that means
        something. Raises OperationError."""
        board = self.board
        with aws_errors_as_operation_errors():
            states = read_states(board)
        rejections = list_rejections(board.running.marks, board.running.now())
        with _disk_errors_as_operation_errors(), closing(_Reasons(rejections)) as reasons:
            pages = scan(board.running.activities)
            while True:
                with aws_errors_as_operation_errors():
                    page = next(pages, None)
                    if page is None:
                        return
                    found = [item for item in page if self._is_wanted(item)]
                    documents = self._describe(found, states, reasons)
                yield documents

    def _is_wanted(self, item: Item) -> bool:
        at = _time_of(item)
        # The board's own probes and heartbeats, and what it does not count of a feed.
        if item["player_id"]["S"].startswith("#") or (self.types is not None and _text(item, "type") not in self.types):
            return False
        return self.window is None or (at is not None and is_in(self.window, at))

    def _describe(self, found: Sequence[Item], states: Sequence[WindowState], reasons: _Reasons) -> list[Document]:
        board = self.board
        marks = _read_marks(board.running.marks, found)
        documents: list[Document] = []
        for player_id, own in groupby(found, lambda item: str(item["player_id"]["S"])):
            # Where one run is kept there are no marks: which it is stands in the player's score.
            scores = tuple(read_scores(board.aggregates, states, player_id)) if board.config.keeps_one_run else ()
            for item in own:
                kept = describe_activity(reasons.find, player_id, item, marks.get(_mark_key(item)), scores, states)
                told = (kept.outcome, kept.reason, kept.detail, " ".join(kept.windows))
                outcome = {name: text or None for name, text in zip(OUTCOME, told, strict=True)}
                documents.append({**self._describe_item(item), **outcome})
        return documents

    def _describe_item(self, item: Item) -> dict[str, Any]:
        at = _time_of(item)
        own = {
            "player_id": item["player_id"]["S"],
            "activity_id": item["activity_id"]["S"],
            "type": _text(item, "type"),
            "at": None if at is None else rfc3339(at),
            "name": _text(item, "name"),
        }
        for name in sorted(item):
            if name in _OWN or name.startswith("#"):
                continue
            ((kind, value),) = item[name].items()
            if kind in ("S", "N", "BOOL"):
                own[name] = Decimal(value) if kind == "N" else value
            else:
                self.left_out += 1
        return own


def list_read_fields(config: BoardConfig) -> list[str]:
    """The fields of activities that a board reads, each once, in the order of their names."""
    points = {each.field for rule in config.rules for each in rule.points if each.field}
    conditions = {name for rule in config.rules for name, _ in rule.when}
    return sorted({*points, *conditions, *config.attach, *(segment.field for segment in config.segments)} - {*_OWN})


def scan(table: Table) -> Iterator[list[Item]]:
    """Read a whole table page by page. Each page is read when it is asked for."""
    pages = table.client.get_paginator("scan").paginate(TableName=table.name, ConsistentRead=True)
    for page in pages:
        yield page["Items"]


@contextmanager
def _disk_errors_as_operation_errors() -> Iterator[None]:
    """SQLite looks for a folder in TMPDIR, then in /var/tmp and /tmp ("Temporary Files Used By SQLite")."""
    try:
        yield
    except sqlite3.Error as error:
        raise OperationError(f"a temporary file cannot be written: {error}; TMPDIR says in which folder") from None


class _Reasons:
    """Why activities were rejected: on the disk of this machine, as there may be millions."""

    def __init__(self, rejections: Iterable[Rejection]) -> None:
        # A file without a name, which is gone once it is closed (SQLite, "In-Memory Databases").
        self._database = sqlite3.connect("")
        self._database.execute(
            "CREATE TABLE reasons (player, activity, reason, detail, PRIMARY KEY (player, activity))"
        )
        # The newest come first, and stay.
        rows = ((each.player_id, each.activity_id, each.reason, each.detail) for each in rejections)
        self._database.executemany("INSERT OR IGNORE INTO reasons VALUES (?, ?, ?, ?)", rows)

    def find(self, record: StreamRecord, _mark: Item) -> Rejection | None:
        """The rejection of an activity, of which only reason and detail are known."""
        ids = (record.player_id, record.activity_id)
        query = "SELECT reason, detail FROM reasons WHERE player = ? AND activity = ?"
        found = self._database.execute(query, ids).fetchone()
        return Rejection(("", ""), found[0], found[1], *ids, 0, None, None, None) if found else None

    def close(self) -> None:
        """Forget them."""
        self._database.close()


def _read_marks(marks: Table, found: Sequence[Item]) -> dict[Key, Item]:
    keys = list(dict.fromkeys(map(_mark_key, found)))
    parts = [keys[start : start + KEYS_PER_READ] for start in range(0, len(keys), KEYS_PER_READ)]
    with ThreadPoolExecutor(THREADS) as pool:
        return {key: mark for part in pool.map(marks.get_all, parts) for key, mark in part.items()}


def _mark_key(item: Item) -> Key:
    return items.mark_key(StreamRecord(item["player_id"]["S"], item["activity_id"]["S"], 0, {}))


def _time_of(item: Item) -> int | None:
    activity_id = item["activity_id"]["S"]
    return time_of(activity_id) if ACTIVITY_ID.fullmatch(activity_id) else None


def _text(item: Item, name: str) -> str | None:
    text = item.get(name, {}).get("S")
    return text if isinstance(text, str) else None

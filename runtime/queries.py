"""What a request asks for: which window of which snapshot, which part of it. Pure but for reading the snapshot."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from runtime.config import BoardConfig, WindowKind
from runtime.domain import instants, windows
from runtime.domain.activity import PLAYER_ID
from runtime.domain.ranking import RankedEntry, WindowRanks
from runtime.domain.scoring import Columns, number
from runtime.domain.windows import Window
from runtime.dynamodb import items
from runtime.s3.snapshots import Snapshot, Snapshots

WINDOW = re.compile(r"[a-z0-9][A-Za-z0-9_-]{0,63}(:previous)?")
MAX_LIMIT = 100
MAX_SPAN = 50
MAX_FRIENDS = 50


class Problem(Exception):  # noqa: N818 (the word of RFC 9457)
    """An answer that is not what was asked for, as `application/problem+json` tells it."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


@dataclass(frozen=True)
class View:
    """One window of one snapshot, as a request sees it."""

    board: BoardConfig
    kind: WindowKind
    span: Window
    snapshot: Snapshot | None
    ranked: WindowRanks | None
    """None where the snapshot has no ranks for the window: nobody is in it yet."""

    @property
    def content(self) -> str:
        """Equal for two views that show the same, apart from `as_of`."""
        ranks = [self.ranked.content, self.ranked.sealed] if self.ranked else None
        return digest([self.board.title, self.board.decimals, self.span.id, self.span.ends_at, ranks])

    @property
    def as_of(self) -> int | None:
        """Time of the snapshot, in milliseconds; None before the first."""
        return self.snapshot.as_of if self.snapshot else None

    @property
    def players(self) -> int:
        """How many have an entry."""
        return self.ranked.players if self.ranked else 0

    def head(self) -> dict[str, Any]:
        """What every answer about a window begins with."""
        return {
            "board": self.board.board,
            "window": self.window(),
            "as_of": timestamp(self.as_of),
            "players": self.players,
        }

    def window(self) -> dict[str, Any]:
        """The window as JSON shows it."""
        return {
            "id": self.span.id,
            "every": self.span.every,
            "starts_at": timestamp(self.span.starts_at),
            "ends_at": timestamp(self.span.ends_at),
            "sealed": self.ranked.sealed if self.ranked else False,
        }

    def entry(self, entry: RankedEntry) -> dict[str, Any]:
        """An entry as JSON shows it."""
        return {
            "rank": entry.rank,
            "player_id": entry.player_id,
            "name": entry.name,
            **self.score(entry.columns),
            "at": timestamp(entry.at),
        }

    def score(self, values: Columns) -> dict[str, Any]:
        """Columns as JSON shows them, and the first of them as the score."""
        columns = {
            column.name: number(value, self.board.decimals)
            for column, value in zip(self.board.columns, values, strict=True)
        }
        return {"score": columns[self.board.columns[0].name], "columns": columns}


def view(board: BoardConfig, snapshots: Snapshots, query: Mapping[str, str], now: int) -> View:
    """The window that `window=` names, in the snapshot that `as_of=` pins or the newest.

    Raises Problem: 400 for a malformed parameter, 404 for an unknown window, 410 for a snapshot that is gone.
    """
    wanted = query.get("window", board.windows[0].every)
    if not WINDOW.fullmatch(wanted):
        raise Problem(HTTPStatus.BAD_REQUEST, "window is a kind of window, KIND:previous, or the id of a window")
    snapshot = _snapshot(board, snapshots, query, now)
    # Who pins a snapshot reads on in its windows, also where one of them has ended since.
    at = snapshot.as_of if snapshot and "as_of" in query else now
    for kind in board.windows:
        current = windows.current(kind, at)
        if wanted == f"{kind.every}:previous":
            current = windows.previous(kind, at)
            if current is None:
                raise Problem(HTTPStatus.NOT_FOUND, f"there is no {kind.every} before the current one")
        elif wanted == kind.every and current is None:
            raise Problem(HTTPStatus.NOT_FOUND, f"there is no {kind.every} now")
        elif current is None or wanted not in (kind.every, current.id):
            continue
        ranked = snapshot.window(current.id) if snapshot else None
        if ranked is None and wanted.endswith(":previous"):
            raise Problem(HTTPStatus.NOT_FOUND, f"the window {current.id} is not kept")
        # A rolling window has moved on since a snapshot of yesterday: what is shown is the snapshot's.
        return View(board, kind, ranked.span if ranked else current, snapshot, ranked)
    ranked = snapshot.window(wanted) if snapshot else None
    for kind in board.windows:
        if ranked is not None and kind.every == ranked.span.every:
            return View(board, kind, ranked.span, snapshot, ranked)
    kinds = ", ".join(kind.every for kind in board.windows)
    raise Problem(HTTPStatus.NOT_FOUND, f"no window {wanted}; this board has {kinds}")


def whole(query: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    """A whole number of the query. Raises Problem (400) for anything else."""
    text = query.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,10}", text, re.ASCII) or not least <= int(text) <= most:
        raise Problem(HTTPStatus.BAD_REQUEST, f"{name} is a whole number from {least} to {most}")
    return int(text)


def player_id(text: str) -> str:
    """A player id. Raises Problem (400) for what none can be."""
    if not PLAYER_ID.fullmatch(text):
        raise Problem(HTTPStatus.BAD_REQUEST, "a player id matches ^[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}$")
    return text


def player_ids(query: Mapping[str, str]) -> list[str]:
    """The ids of `ids=`, none twice. Raises Problem (400) where there are none, too many, or one is malformed."""
    ids = list(dict.fromkeys(filter(None, query.get("ids", "").split(","))))
    if not 1 <= len(ids) <= MAX_FRIENDS:
        raise Problem(HTTPStatus.BAD_REQUEST, f"ids is 1 to {MAX_FRIENDS} player ids with commas between them")
    return [player_id(each) for each in ids]


def newest(board: BoardConfig, snapshots: Snapshots) -> Snapshot | None:
    """The newest snapshot; None before the first. Raises Problem (503) where its numbers do not mean the board's."""
    return _of_board(board, snapshots.current())


def digest(content: Any) -> str:
    """A short hash of what JSON can show."""
    return sha256(json.dumps(content).encode()).hexdigest()[:16]


def timestamp(instant: int | None) -> str | None:
    """RFC 3339 in UTC with milliseconds; None for None."""
    return None if instant is None else instants.rfc3339(instant)


def _snapshot(board: BoardConfig, snapshots: Snapshots, query: Mapping[str, str], now: int) -> Snapshot | None:
    text = query.get("as_of")
    if text is None:
        return newest(board, snapshots)
    try:
        as_of = instants.parse_rfc3339(text)
    except ValueError:
        raise Problem(HTTPStatus.BAD_REQUEST, "as_of is a time as answers give it: 2026-11-22T04:00:00.000Z") from None
    pinned = snapshots.pinned(as_of, now)
    if pinned is None:
        raise Problem(HTTPStatus.GONE, "that snapshot can no longer be read; leave as_of out for the newest")
    return _of_board(board, pinned)


def _of_board(board: BoardConfig, snapshot: Snapshot | None) -> Snapshot | None:
    mine = items.identity(board)
    if snapshot is not None and any(snapshot.identity.get(name, mine[name]) != mine[name] for name in mine):
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "the board's rules were changed; its data is of the old ones")
    return snapshot

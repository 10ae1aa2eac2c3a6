"""Queries: which window of which snapshot a request asks for, and its other parameters, each checked.

Only the snapshot is read here; everything else is decided from the request, the board and the time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote, unquote_plus

from runtime.config import BoardConfig, WindowKind
from runtime.domain import instants, windows
from runtime.domain.activity import PLAYER_ID
from runtime.domain.edges.timeline import Timeline
from runtime.domain.instants import rfc3339_or_none
from runtime.domain.ranking import RankedEntry, WindowRanks
from runtime.domain.scoring import Columns
from runtime.domain.texts import attached, folding
from runtime.domain.texts.numbers import json_columns
from runtime.domain.windows import Window
from runtime.s3.description import ShownSnapshot, UnreadableError, show_snapshot
from runtime.s3.snapshots import Snapshot, SnapshotStore, find_timeline

_PINNED_WINDOW = ("window", "as_of")
PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "/v1/leaderboard": (*_PINNED_WINDOW, "offset", "limit", "player", "segment"),
    "/v1/players": ("ids", "span", *_PINNED_WINDOW, "name", "limit", "segment"),
    "/v1/players/{player_id}": (*_PINNED_WINDOW, "segment"),
    "/v1/players/{player_id}/neighbours": (*_PINNED_WINDOW, "span", "segment"),
    "/v1/segments": _PINNED_WINDOW,
    "/v1/windows": (),
    "/v1/health": (),
}
"""The parameters of each path. Any other is refused."""
WINDOW = re.compile(r"[a-z0-9][A-Za-z0-9_-]{0,63}(:previous)?")
"""What `window=` may look like: a kind, KIND:previous, or a window's id."""
MAX_LIMIT = 100
"""The most entries of a page."""
MAX_SPAN = 50
"""The most neighbours on each side of a player."""
MAX_FRIENDS = 50
"""The most player ids of one request."""
MAX_FOUND = 20
"""The most players that a search by name gives."""


class ProblemError(Exception):
    """A request that is answered with a problem document (RFC 9457) instead of what it asks for."""

    def __init__(self, status: HTTPStatus, detail: str, *, cached: bool = True, as_of: int | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.cached = cached and status < HTTPStatus.INTERNAL_SERVER_ERROR
        """Whether caches may keep the answer. The board's own failures are never kept."""
        self.as_of = as_of
        """The time of the snapshot in which was looked, in milliseconds; None where none was read."""


@dataclass(frozen=True)
class WindowView:
    """The window that a request asks for, with its ranks out of one snapshot, and how JSON shows them."""

    shown: ShownSnapshot
    kind: WindowKind
    window: Window
    ranks: WindowRanks | None
    """None where the snapshot has no ranks for the window: nobody is in it yet."""

    @property
    def board(self) -> BoardConfig:
        """The board by which the snapshot is shown."""
        return self.shown.board

    @property
    def content_hash(self) -> str:
        """A hash of what the view shows. It stays the same while later snapshots change nothing."""
        ranks = [self.ranks.content, self.ranks.sealed] if self.ranks else None
        decimals = [column.decimals for column in self.board.columns]
        shown = [self.board.title, decimals, self.window.id, self.window.ends_at, ranks]
        return hash_content([*shown, *filter(None, (self.board.attach, self.shown.notice))])

    @property
    def as_of(self) -> int | None:
        """The time of the snapshot, in milliseconds; None before the first."""
        return self.shown.as_of

    @property
    def players(self) -> int:
        """How many players have an entry in the window."""
        return self.ranks.players if self.ranks else 0

    def head_json(self) -> dict[str, Any]:
        """The fields that every answer about a window begins with."""
        return {
            **self.shown.head_json(),
            "board": self.board.name,
            "window": self.window_json(),
            "as_of": rfc3339_or_none(self.as_of),
            "players": self.players,
        }

    def window_json(self) -> dict[str, Any]:
        """The window as JSON shows it."""
        return {**windows.describe(self.window), "sealed": self.ranks.sealed if self.ranks else False}

    def entry_json(self, entry: RankedEntry) -> dict[str, Any]:
        """An entry as JSON shows it."""
        return {
            "rank": entry.rank,
            "player_id": entry.player_id,
            "name": entry.name,
            **self.score_json(entry.columns),
            "at": rfc3339_or_none(entry.at),
            **({"attached": attached.select(self.board.attach, entry.attached)} if self.board.attach else {}),
        }

    def score_json(self, values: Columns) -> dict[str, Any]:
        """Columns as JSON shows them; the first of them is the score."""
        columns = json_columns(self.board.columns, values)
        return {"score": columns[self.board.columns[0].name], "columns": columns}


def parse_query(text: str, path: str) -> dict[str, str]:
    """Read the parameters of a path from a query string. One without a value is as good as left out.

    An answer must depend only on what CloudFront makes its cache key of; otherwise a stranger could store an answer
    under a key that others ask for. The key has every parameter (Amazon CloudFront API reference, "ForwardedValues"),
    its name as it is written, with its case (CloudFront developer guide, "Cache content based on query string
    parameters"): so a name that is percent-encoded or in another case is an unknown one here. The guide does not say
    what becomes of a parameter that stands twice. That and unknown ones are refused, and the refusal is not cached: a
    distribution whose key has only some names, as it once had, would give it to readers who wrote all right. `ids` may
    stand several times, as many clients write a list; an answer to that is not cached either, see `repeats_ids`.

    Raises ProblemError (400).
    """
    values: dict[str, str] = {}
    for part in filter(None, text.split("&")):
        name, _, value = part.partition("=")
        if name not in PARAMETERS[path]:
            raise ProblemError(HTTPStatus.BAD_REQUEST, _describe_unknown(name, path), cached=False)
        if name in values and name != "ids":
            raise ProblemError(HTTPStatus.BAD_REQUEST, f"{name} is given twice", cached=False)
        values[name] = f"{values[name]},{unquote_plus(value)}" if name in values else unquote_plus(value)
    return {name: value for name, value in values.items() if value}


def repeats_ids(text: str) -> bool:
    """Whether `ids` stands several times in a query string, so that no cache may keep what is answered."""
    return sum(part.partition("=")[0] == "ids" for part in text.split("&")) > 1


def find_view(board: BoardConfig, snapshots: SnapshotStore, query: Mapping[str, str], now: int) -> WindowView:
    """Find the window that `window=` names, in the snapshot that `as_of=` pins or in the newest.

    Raises ProblemError: 400 for a malformed parameter, 404 for an unknown window, 410 for a snapshot that is gone.
    """
    requested = query.get("window", "")
    if requested and not WINDOW.fullmatch(requested):
        raise ProblemError(HTTPStatus.BAD_REQUEST, "window is a kind of window, KIND:previous, or the id of a window")
    shown = _read_snapshot(board, snapshots, query, now)
    # A pinned snapshot keeps its own windows, even if one has ended since.
    at = min(shown.as_of, now) if shown.as_of is not None and "as_of" in query else now
    try:
        return _find_in(shown, requested or shown.board.windows[0].every, at)
    except ProblemError as problem:
        problem.as_of = shown.as_of
        raise


def parse_whole_number(query: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    """A parameter that is a whole number from `least` to `most`. Raises ProblemError (400) for anything else."""
    text = query.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,10}", text, re.ASCII) or not least <= int(text) <= most:
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"{name} is a whole number from {least} to {most}")
    return int(text)


def parse_span(query: Mapping[str, str]) -> int:
    """How many entries to give on each side of a player. Raises ProblemError (400) for a malformed `span`."""
    return parse_whole_number(query, "span", default=5, least=1, most=MAX_SPAN)


def check_player_id(text: str) -> str:
    """Return the text, which must be a player id. Raises ProblemError (400) where it breaks the rules of player ids."""
    if not PLAYER_ID.fullmatch(text):
        hint = "; this one was percent-encoded twice" if re.search("%[0-9A-Fa-f]{2}", text) else ""
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"a player id matches ^{PLAYER_ID.pattern}${hint}")
    return text


def parse_player_ids(query: Mapping[str, str]) -> list[str]:
    """The ids of `ids=`, each once. Raises ProblemError (400) for no id, for too many, and for a malformed one."""
    ids = list(dict.fromkeys(filter(None, query.get("ids", "").split(","))))
    if not 1 <= len(ids) <= MAX_FRIENDS:
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"ids is 1 to {MAX_FRIENDS} player ids with commas between them")
    return [check_player_id(player_id) for player_id in ids]


def parse_name(query: Mapping[str, str]) -> str:
    """The text of `name=`, folded as names are. Raises ProblemError (400) for one that no name can begin with."""
    text = query["name"]
    if len(text) > folding.MAX_NAME or not (folded := folding.fold(text)):
        detail = f"name is the beginning of a display name, 1 to {folding.MAX_NAME} characters that can be seen"
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail)
    return folded


def read_newest_snapshot(board: BoardConfig, snapshots: SnapshotStore) -> ShownSnapshot:
    """Read the newest snapshot.

    Raises ProblemError (503) where its numbers mean something else than the board's, and it does not say what.
    """
    return _show(board, snapshots.read_newest())


def hash_content(content: Any) -> str:
    """A short hash of a value that JSON can hold."""
    return sha256(json.dumps(content).encode()).hexdigest()[:16]


def _describe_unknown(name: str, path: str) -> str:
    """Say that a path has no parameter of that name, and which one was probably meant."""
    known = PARAMETERS[path]
    alike = {re.sub("[^a-z]", "", each): each for each in known}
    nearest = get_close_matches(re.sub("[^a-z]", "", unquote(name).lower()), alike, 1)
    # A stranger wrote the name: percent-encoded it means nothing to a terminal or a page.
    shown = quote(name[:40], safe="%", errors="replace")
    hint = f'. Did you mean "{alike[nearest[0]]}"?' if nearest else ""
    return f'"{shown}" is no parameter of {path}, which takes {", ".join(known) or "none"}{hint}'


def _find_in(shown: ShownSnapshot, requested: str, at: int) -> WindowView:
    """Find the window that is requested at an instant, in a snapshot. Raises ProblemError (404) where it has none."""
    board, snapshot = shown.board, shown.snapshot
    for kind in board.windows:
        window = _match_kind(find_timeline(kind, snapshot), requested, at)
        if window is None:
            continue
        ranks = snapshot.find_ranks(window.id) if snapshot else None
        if ranks is None and requested.endswith(":previous"):
            raise ProblemError(HTTPStatus.NOT_FOUND, f"the window {window.id} is not kept")
        # A rolling window may have moved on since the snapshot was made: the answer has the snapshot's edges.
        return WindowView(shown, kind, ranks.window if ranks else window, ranks)
    ranks = snapshot.find_ranks(requested) if snapshot else None
    for kind in board.windows:
        if ranks is not None and kind.every == ranks.window.every:
            return WindowView(shown, kind, ranks.window, ranks)
    kinds = ", ".join(kind.every for kind in board.windows)
    raise ProblemError(HTTPStatus.NOT_FOUND, f"no window {requested}; this board has {kinds}")


def _match_kind(timeline: Timeline, requested: str, at: int) -> Window | None:
    """The window of a kind if it is requested: as KIND, as KIND:previous, or by the current window's id. Else None.

    Raises ProblemError (404) where the kind has no current or no previous window.
    """
    kind = timeline.kind
    if requested == f"{kind.every}:previous":
        if (previous := timeline.previous(at)) is None:
            raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no {kind.every} before the current one")
        return previous
    if (current := timeline.current(at)) is None and requested == kind.every:
        upcoming = timeline.next(at)
        begins = f"; the next starts {rfc3339_or_none(upcoming.starts_at)}" if upcoming else ""
        raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no {kind.every} now{begins}")
    return current if current is not None and requested in (kind.every, current.id) else None


def _read_snapshot(board: BoardConfig, snapshots: SnapshotStore, query: Mapping[str, str], now: int) -> ShownSnapshot:
    """Read the snapshot that `as_of=` pins, or the newest."""
    text = query.get("as_of")
    if text is None:
        return read_newest_snapshot(board, snapshots)
    try:
        pinned = snapshots.read_pinned(instants.parse_rfc3339(text), now)
    except instants.FractionError:
        pinned = None
    except ValueError:
        detail = "as_of is a time by RFC 3339, best as an answer gave it: 2026-11-22T04:00:00.000Z"
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail) from None
    if pinned is None:
        raise ProblemError(HTTPStatus.GONE, "that snapshot can no longer be read; leave as_of out for the newest")
    return _show(board, pinned)


def _show(board: BoardConfig, snapshot: Snapshot | None) -> ShownSnapshot:
    try:
        return show_snapshot(board, snapshot)
    except UnreadableError as error:
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, str(error)) from None

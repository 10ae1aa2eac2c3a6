"""A scripted API: it answers what a test wants, in the form of the real one."""

import re
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from tests.browser.instants import rfc3339
from tests.browser.scripted_names import find_named
from tests.browser.scripted_segments import describe_player, list_countries, rank_within

BOARD = "weekly-kills"
IDS = {
    "all_time": "all-time", "hour": "2026-11-22T10", "day": "2026-11-22", "week": "2026-W47", "month": "2026-11",
    "season": "winter-2026", "rolling": "rolling-7d",
}  # fmt: skip
"""The current window of each kind."""


def entry(rank: int, player_id: str, score: float, name: str | None = None, **columns: float) -> dict[str, Any]:
    """An entry of a ranking, as the API gives it."""
    return {
        "rank": rank, "player_id": player_id, "name": name, "score": score,
        "columns": {"score": score} | columns, "at": "2026-11-22T10:00:00.000Z",
    }  # fmt: skip


def ranking(players: int, top: int = 1000) -> list[dict[str, Any]]:
    """A ranking of the players p1, p2, ... named "Player 1" and so on, each one point below the one before."""
    return [entry(n, f"p{n}", top - n, f"Player {n}") for n in range(1, players + 1)]


Ranking = list[dict[str, Any]]


class ScriptedProblem(Exception):  # noqa: N818 (the word of RFC 9457)
    """An answer of the API that reports a problem: its status and a sentence for a person."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True)
class ScriptedWindow:
    """A window, current or past, with its ranking."""

    id: str
    every: str
    entries: Ranking
    ends_at: datetime | None
    sealed: bool = True

    def edges(self) -> dict[str, Any]:
        """The window as the API describes one that is to come."""
        starts_at = self.ends_at - timedelta(days=7) if self.ends_at else None
        return {"id": self.id, "every": self.every, "starts_at": rfc3339(starts_at), "ends_at": rfc3339(self.ends_at)}

    def to_json(self) -> dict[str, Any]:
        """The window as the API describes it."""
        return {**self.edges(), "sealed": self.sealed}


@dataclass
class ScriptedApi:
    """An API that answers what a test wants, in the form of runtime/api.py. It may change while the page is open."""

    windows: dict[str, Ranking]  # the current window of each kind; no season runs if none is here
    as_of: datetime | None = None  # None: no snapshot yet
    resets: datetime | None = None  # of every window but all_time
    archives: list[ScriptedWindow] = field(default_factory=list)
    pending: dict[str, dict[str, Any]] = field(default_factory=dict)  # pending scores, by player
    ids: dict[str, str] = field(default_factory=lambda: dict(IDS))
    upcoming: list[ScriptedWindow] = field(default_factory=list)  # the windows that start next
    countries: dict[str, str] = field(default_factory=dict)  # each player's value of the segment `country`
    replaced: dict[str, dict[str, Ranking]] = field(default_factory=dict)  # earlier snapshots, by as_of
    notice: dict[str, Any] = field(default_factory=dict)  # what an answer begins with while ranks stand still
    down: bool = False  # every call is answered with 503
    reason: str = "scripted"  # what such an answer says
    delay: float = 0.0  # seconds before each answer
    ahead: timedelta = timedelta()  # how far the server's clock is ahead of this machine's
    requests: list[str] = field(default_factory=list)  # the path and query of every request
    starts: datetime | None = None  # of the next window, where it is not `resets`
    answers: list[tuple[str, int]] = field(default_factory=list)  # the path and status of every answer below v1/
    _moving: threading.Lock = field(default_factory=threading.Lock, repr=False)  # held while a snapshot is replaced

    def now(self) -> datetime:
        """The time on the server's clock."""
        return datetime.now(UTC) + self.ahead

    def statuses(self, path: str = "v1/leaderboard") -> list[int]:
        """The statuses that calls to a path were answered with, in order."""
        return [status for asked, status in self.answers if asked == path]

    def rebuild(self, **windows: Ranking) -> None:
        """Make a new snapshot in which these windows changed. The one before can still be read by its `as_of`."""
        with self._moving:
            self.replaced[rfc3339(self.as_of) or ""] = self.windows
            self.windows = self.windows | windows
            self.as_of = max(self.now(), (self.as_of or self.now()) + timedelta(milliseconds=1))

    def answer(self, path: str, query: dict[str, str]) -> dict[str, Any] | None:
        """The answer's body for a path below the page's folder; None for an unknown path. Raises ScriptedProblem."""
        if path == "v1/windows":
            return {"board": BOARD, "windows": self._list_windows(), "upcoming": [w.edges() for w in self.upcoming]}
        if path == "v1/segments":
            window, head = self._find_view(query)
            return head | list_countries(window.entries, self.countries)
        if path == "v1/leaderboard":
            return self._answer_leaderboard(query)
        if path == "v1/players" and "name" in query:
            window, head = self._find_view(query)
            return head | find_named(window.entries, query["name"])
        if path == "v1/players":
            return self._answer_single_id(query)
        # No other characters: what CloudFront makes of them in a path is not certain.
        if match := re.fullmatch(r"v1/players/([A-Za-z0-9._~-]+)(/neighbours)?", path):
            return self._answer_neighbours(match[1], query) if match[2] else self._answer_player(match[1], query)
        return None

    def _answer_leaderboard(self, query: dict[str, str]) -> dict[str, Any]:
        window, head = self._find_view(query)
        offset, limit = int(query["offset"]), int(query["limit"])
        if offset > 10**9 or not 1 <= limit <= 100:
            raise ScriptedProblem(HTTPStatus.BAD_REQUEST, "offset is a whole number from 0 to 1000000000")
        resets = None if window.every == "all_time" else self.resets
        edges = {"next_reset_at": rfc3339(resets), "next_starts_at": rfc3339(self.starts or resets)}
        asked = {"ids": query.get("player", ""), "span": "1"}
        around = {"around": self._answer_single_id(query | asked)["entries"]}
        entries = window.entries[offset : offset + limit]
        return {**head, "title": "Weekly kills", **edges, "entries": entries, **(around if "player" in query else {})}

    def _answer_player(self, player_id: str, query: dict[str, str]) -> dict[str, Any]:
        window, head = self._find_view(query)
        found = window.entries[self._find_position(window, player_id)]
        others = len(window.entries) - 1
        worse = sum(each["rank"] > found["rank"] for each in window.entries)
        pending = {"pending": self.pending[player_id]} if player_id in self.pending and not window.sealed else {}
        percentile = round(100 * worse / others, 1) if others else 100
        everyone, _ = self._find_view({name: value for name, value in query.items() if name != "segment"})
        more = describe_player(everyone.entries, self.countries, player_id, within="segment" in query)
        return {**head, "entry": found | {"percentile": percentile} | more | pending}

    def _answer_single_id(self, query: dict[str, str]) -> dict[str, Any]:
        """The answer to one id in the query: what its paths give, or no entries."""
        player_id, (_, head) = query["ids"], self._find_view(query)
        try:
            own = self._answer_player(player_id, query)["entry"]
        except ScriptedProblem:
            return {**head, "entries": []}
        around = self._answer_neighbours(player_id, query)["entries"] if "span" in query else [own]
        return {**head, "entries": [own if each["player_id"] == player_id else each for each in around]}

    def _answer_neighbours(self, player_id: str, query: dict[str, str]) -> dict[str, Any]:
        window, head = self._find_view(query)
        at, span = self._find_position(window, player_id), int(query["span"])
        return {**head, "entries": window.entries[max(0, at - span) : at + span + 1]}

    def _find_position(self, window: ScriptedWindow, player_id: str) -> int:
        for position, each in enumerate(window.entries):
            if each["player_id"] == player_id:
                return position
        raise ScriptedProblem(HTTPStatus.NOT_FOUND, f"no entry for the player {player_id} in the window {window.id}")

    def _find_view(self, query: dict[str, str]) -> tuple[ScriptedWindow, dict[str, Any]]:
        """The requested window in the requested snapshot, and the keys that every answer about it has."""
        wanted = query["window"]
        if not re.fullmatch(r"[a-z0-9][A-Za-z0-9_-]{0,63}(:previous)?", wanted):
            raise ScriptedProblem(
                HTTPStatus.BAD_REQUEST, "window is a kind of window, KIND:previous, or the id of a window"
            )
        # Looked at once, as the functions do with their pointer: a test may move it between two looks.
        with self._moving:
            moment, current = self.as_of, self.windows
        newest = rfc3339(moment)
        as_of = query.get("as_of", newest)
        windows = current if as_of == newest else self.replaced.get(as_of or "")
        if windows is None:
            raise ScriptedProblem(
                HTTPStatus.GONE, "that snapshot can no longer be read; leave as_of out for the newest"
            )
        for window in [*self._current_windows(windows), *self.archives]:
            if wanted == window.id or (wanted == window.every and window not in self.archives):
                return self._narrow(window, as_of, query.get("segment"))
        if wanted in self.ids:
            raise ScriptedProblem(HTTPStatus.NOT_FOUND, f"there is no {wanted} now")
        raise ScriptedProblem(HTTPStatus.NOT_FOUND, f"no window {wanted}; this board has {', '.join(windows)}")

    def _narrow(
        self, window: ScriptedWindow, as_of: str | None, segment: str | None
    ) -> tuple[ScriptedWindow, dict[str, Any]]:
        """A window with the players of a segment's value alone, where one is asked for, and the head of its answers."""
        head: dict[str, Any] = {**self.notice, "board": BOARD, "window": window.to_json(), "as_of": as_of}
        if segment is not None:
            name, _, value = segment.partition(":")
            window = replace(window, entries=rank_within(window.entries, self.countries, value))
            head["segment"] = {"name": name, "value": value}
            if not window.entries:
                detail = f'nobody is in {name} "{value}" in the window {window.id}'
                raise ScriptedProblem(HTTPStatus.NOT_FOUND, detail)
        return window, {**head, "players": len(window.entries)}

    def _current_windows(self, windows: dict[str, Ranking]) -> list[ScriptedWindow]:
        return [
            ScriptedWindow(
                self.ids[every], every, entries if self.as_of else [],
                None if every == "all_time" else self.resets, sealed=False,
            )
            for every, entries in windows.items()
        ]  # fmt: skip

    def _list_windows(self) -> list[dict[str, Any]]:
        """All windows as the API lists them: kind by kind, the newest first."""
        current = self._current_windows(self.windows)
        kinds = dict.fromkeys([*self.windows, *(window.every for window in self.archives)])
        ordered = [window for kind in kinds for window in [*current, *self.archives] if window.every == kind]
        return [{**window.to_json(), "current": window in current} for window in ordered]


def fresh_api(players: int = 120, **settings: Any) -> ScriptedApi:
    """A board whose snapshot was made just now by its clock, with a weekly ranking and a shorter one of all time."""
    now = datetime.now(UTC) + settings.get("ahead", timedelta())
    defaults: dict[str, Any] = {"as_of": now, "resets": now + timedelta(days=2, hours=3, minutes=30)}
    defaults["windows"] = {"week": ranking(players), "all_time": ranking(3, top=9000)}
    return ScriptedApi(**(defaults | settings))

"""A loopback server with a board's page and a scripted API under one path, as CloudFront would serve them."""

import hashlib
import json
import re
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

BOARD = "weekly-kills"
IDS = {
    "all_time": "all-time", "hour": "2026-11-22T10", "day": "2026-11-22", "week": "2026-W47", "month": "2026-11",
    "season": "winter-2026", "rolling": "rolling-7d",
}  # fmt: skip
"""The current window of each kind."""

TYPES = {"html": "text/html; charset=utf-8", "css": "text/css", "js": "text/javascript"}


def rfc3339(moment: datetime | None) -> str | None:
    """A time as the API writes it: UTC with milliseconds; None stays None."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None


def entry(rank: int, player_id: str, score: float, name: str | None = None, **columns: float) -> dict[str, Any]:
    """One entry of a ranking as the API gives it."""
    at = "2026-11-22T10:00:00.000Z"
    return {
        "rank": rank, "player_id": player_id, "name": name, "score": score,
        "columns": {"score": score} | columns, "at": at,
    }  # fmt: skip


def ranking(players: int, top: int = 1000) -> list[dict[str, Any]]:
    """`players` entries p1, p2, ... with names "Player 1" and so on, each one point below the one before."""
    return [entry(n, f"p{n}", top - n, f"Player {n}") for n in range(1, players + 1)]


Ranking = list[dict[str, Any]]


class Problem(Exception):  # noqa: N818 (the word of RFC 9457)
    """An answer that is none: its status and what a person is told."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True)
class Window:
    """A window of the past, or one current one as it is answered."""

    id: str
    every: str
    entries: Ranking
    ends_at: datetime | None
    sealed: bool = True

    def shown(self) -> dict[str, Any]:
        starts_at = self.ends_at - timedelta(days=7) if self.ends_at else None
        return {
            "id": self.id, "every": self.every, "starts_at": rfc3339(starts_at), "ends_at": rfc3339(self.ends_at),
            "sealed": self.sealed,
        }  # fmt: skip


@dataclass
class Api:
    """What the API answers, in the words of runtime/api.py; a test changes it while the page is open."""

    windows: dict[str, Ranking]  # the current window of each kind; a season that is missing is not on
    as_of: datetime | None = None  # None: no snapshot yet
    resets: datetime | None = None  # of every window but all_time
    archives: list[Window] = field(default_factory=list)
    pending: dict[str, dict[str, Any]] = field(default_factory=dict)  # what is pending, by player
    ids: dict[str, str] = field(default_factory=lambda: dict(IDS))
    replaced: dict[str, dict[str, Ranking]] = field(default_factory=dict)  # earlier snapshots, by as_of
    down: bool = False  # every call is answered with 503
    delay: float = 0.0  # seconds before each answer
    ahead: timedelta = timedelta()  # of the server's clock before this machine's
    requests: list[str] = field(default_factory=list)  # every path and query asked for
    answers: list[tuple[str, int]] = field(default_factory=list)  # every path below v1/ and its status, in order

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def statuses(self, path: str = "v1/leaderboard") -> list[int]:
        """What calls to a path were answered with, in order."""
        return [status for asked, status in self.answers if asked == path]

    def rebuild(self, **windows: Ranking) -> None:
        """A new snapshot in which those windows have changed; the one before can be read by its time."""
        self.replaced[rfc3339(self.as_of) or ""] = self.windows
        self.windows = self.windows | windows
        self.as_of = max(self.now(), (self.as_of or self.now()) + timedelta(milliseconds=1))

    def answer(self, path: str, query: dict[str, str]) -> dict[str, Any] | None:
        """The body for a path below the page's folder; None for an unknown one. Raises Problem."""
        if path == "v1/windows":
            return {"board": BOARD, "windows": self._listed()}
        if path == "v1/leaderboard":
            return self._leaderboard(query)
        if match := re.fullmatch(r"v1/players/([A-Za-z0-9._~:@-]+)(/neighbours)?", path):
            return self._neighbours(match[1], query) if match[2] else self._player(match[1], query)
        return None

    def _leaderboard(self, query: dict[str, str]) -> dict[str, Any]:
        window, head = self._view(query)
        offset, limit = int(query["offset"]), int(query["limit"])
        if offset > 10**9 or not 1 <= limit <= 100:
            raise Problem(HTTPStatus.BAD_REQUEST, "offset is a whole number from 0 to 1000000000")
        resets = None if window.every == "all_time" else self.resets
        return {
            **head, "title": "Weekly kills", "next_reset_at": rfc3339(resets),
            "entries": window.entries[offset : offset + limit],
        }  # fmt: skip

    def _player(self, player_id: str, query: dict[str, str]) -> dict[str, Any]:
        window, head = self._view(query)
        found = window.entries[self._find(window, player_id)]
        others = len(window.entries) - 1
        worse = sum(each["rank"] > found["rank"] for each in window.entries)
        pending = {"pending": self.pending[player_id]} if player_id in self.pending and not window.sealed else {}
        percentile = round(100 * worse / others, 1) if others else 100
        return {**head, "entry": found | {"percentile": percentile} | pending}

    def _neighbours(self, player_id: str, query: dict[str, str]) -> dict[str, Any]:
        window, head = self._view(query)
        at, span = self._find(window, player_id), int(query["span"])
        return {**head, "entries": window.entries[max(0, at - span) : at + span + 1]}

    def _find(self, window: Window, player_id: str) -> int:
        for position, each in enumerate(window.entries):
            if each["player_id"] == player_id:
                return position
        raise Problem(HTTPStatus.NOT_FOUND, f"no entry for the player {player_id} in the window {window.id}")

    def _view(self, query: dict[str, str]) -> tuple[Window, dict[str, Any]]:
        """The window that is asked for, in the snapshot that is, and how an answer about it begins."""
        wanted = query["window"]
        if not re.fullmatch(r"[a-z0-9][A-Za-z0-9_-]{0,63}(:previous)?", wanted):
            raise Problem(HTTPStatus.BAD_REQUEST, "window is a kind of window, KIND:previous, or the id of a window")
        as_of = query.get("as_of", rfc3339(self.as_of))
        windows = self.windows if as_of == rfc3339(self.as_of) else self.replaced.get(as_of or "")
        if windows is None:
            raise Problem(HTTPStatus.GONE, "that snapshot can no longer be read; leave as_of out for the newest")
        for window in [*self._current(windows), *self.archives]:
            if wanted == window.id or (wanted == window.every and window not in self.archives):
                head = {"board": BOARD, "window": window.shown(), "as_of": as_of, "players": len(window.entries)}
                return window, head
        if wanted == "season":
            raise Problem(HTTPStatus.NOT_FOUND, "there is no season now")
        raise Problem(HTTPStatus.NOT_FOUND, f"no window {wanted}; this board has {', '.join(windows)}")

    def _current(self, windows: dict[str, Ranking]) -> list[Window]:
        return [
            Window(
                self.ids[every], every, entries if self.as_of else [],
                None if every == "all_time" else self.resets, sealed=False,
            )
            for every, entries in windows.items()
        ]  # fmt: skip

    def _listed(self) -> list[dict[str, Any]]:
        """Kind by kind, the newest first."""
        current = self._current(self.windows)
        kinds = dict.fromkeys([*self.windows, *(window.every for window in self.archives)])
        ordered = [window for kind in kinds for window in [*current, *self.archives] if window.every == kind]
        return [{**window.shown(), "current": window in current} for window in ordered]


def fresh_api(players: int = 120, **settings: Any) -> Api:
    """A board whose snapshot was made just now, with a weekly ranking and a shorter one of all time."""
    now = datetime.now(UTC)
    windows = {"week": ranking(players), "all_time": ranking(3, top=9000)}
    resets = now + timedelta(days=2, hours=3, minutes=30)
    defaults: dict[str, Any] = {"windows": windows, "as_of": now, "resets": resets}
    return Api(**(defaults | settings))


class BoardServer:
    """Serves `files` and `api` below `folder` (a path with a slash at both ends); all else is a 404."""

    def __init__(self, files: dict[str, bytes], api: Api, folder: str = "/") -> None:
        self.api = api
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(files, api, folder))
        server.daemon_threads = True
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        self.origin = f"http://127.0.0.1:{server.server_address[1]}"
        self.url = self.origin + folder

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(files: dict[str, bytes], api: Api, folder: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body go out in one piece: sent one by one, each answer waits 40 ms for the first to be acknowledged.
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            api.requests.append(self.path)
            address = urlsplit(self.path)
            if not address.path.startswith(folder):
                return self.answer(404, "text/plain", b"outside the page's folder")
            path = address.path.removeprefix(folder)
            if path.startswith("v1/"):
                query = {key: values[0] for key, values in parse_qs(address.query).items()}
                return self.call(path, query)
            name = path or "index.html"
            if name not in files:
                return self.answer(404, "text/plain", b"no such file")
            return self.answer(200, TYPES[name.rsplit(".", 1)[1]], files[name])

        def call(self, path: str, query: dict[str, str]) -> None:
            time.sleep(api.delay)
            if api.down:
                return self.problem(path, HTTPStatus.SERVICE_UNAVAILABLE, "scripted")
            try:
                body = api.answer(path, query)
            except Problem as problem:
                return self.problem(path, problem.status, str(problem))
            if body is None:
                return self.problem(path, HTTPStatus.NOT_FOUND, "no such path")
            # The tag is of the content alone, so that a rebuild that changed nothing is a 304 with a newer As-Of.
            content = json.dumps(body | {"as_of": None}).encode()
            tag = f'W/"{hashlib.sha256(content).hexdigest()[:16]}"'
            headers = {"ETag": tag, "Cache-Control": "public, max-age=60"}
            as_of = body.get("as_of", rfc3339(api.as_of))
            if as_of:
                headers["As-Of"] = as_of
            if self.headers.get("If-None-Match") == tag:
                api.answers.append((path, 304))
                return self.answer(304, None, b"", headers)
            api.answers.append((path, 200))
            return self.answer(200, "application/json", json.dumps(body).encode(), headers)

        def problem(self, path: str, status: HTTPStatus, detail: str) -> None:
            api.answers.append((path, status.value))
            body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
            headers = {"Cache-Control": "public, max-age=1"}
            self.answer(status.value, "application/problem+json", json.dumps(body).encode(), headers)

        def answer(self, status: int, kind: str | None, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response_only(status)
            self.send_header("Date", format_datetime(api.now(), usegmt=True))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            if kind:
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, *_: object) -> None:
            """Quiet: a test reads `api.requests`."""

    return Handler

"""A loopback server with a board's page and a scripted API under one path, as CloudFront would serve them."""

import hashlib
import json
import re
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

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


@dataclass
class Api:
    """What the API answers; a test changes it while the page is open."""

    windows: dict[str, list[dict[str, Any]]]
    as_of: datetime | None = None  # None: no snapshot yet
    resets: datetime | None = None  # of every window but all_time
    down: bool = False  # every call is answered with 503
    delay: float = 0.0  # seconds before each answer
    ahead: timedelta = timedelta()  # of the server's clock before this machine's
    requests: list[str] = field(default_factory=list)  # every path and query asked for
    statuses: list[int] = field(default_factory=list)  # what the API answered, in order

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def leaderboard(self, query: dict[str, str]) -> dict[str, Any]:
        every = query["window"]
        offset, limit = int(query["offset"]), int(query["limit"])
        entries = self.windows[every] if self.as_of else []
        resets = None if every == "all_time" else self.resets
        window = {
            "id": every, "every": every, "sealed": False,
            "starts_at": rfc3339(resets - timedelta(days=7)) if resets else None, "ends_at": rfc3339(resets),
        }  # fmt: skip
        return {
            "board": "weekly-kills", "title": "Weekly kills", "window": window, "next_reset_at": rfc3339(resets),
            "as_of": rfc3339(self.as_of), "players": len(entries), "entries": entries[offset : offset + limit],
        }  # fmt: skip

    def player(self, player_id: str, query: dict[str, str]) -> dict[str, Any] | None:
        entries = self.windows[query["window"]] if self.as_of else []
        found = next((e for e in entries if e["player_id"] == player_id), None)
        if found is None:
            return None
        others = len(entries) - 1
        percentile = round(100 * (len(entries) - found["rank"]) / others, 1) if others else 100
        return {
            "board": "weekly-kills", "window": {"every": query["window"]}, "as_of": rfc3339(self.as_of),
            "players": len(entries), "entry": found | {"percentile": percentile},
        }  # fmt: skip


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
            body: dict[str, Any] | None = None
            if api.down:
                return self.problem(503)
            if path == "v1/leaderboard" and query["window"] in api.windows:
                body = api.leaderboard(query)
            elif match := re.fullmatch(r"v1/players/([A-Za-z0-9._~:@-]+)", path):
                body = api.player(match[1], query)
            if body is None:
                return self.problem(404)
            # The tag is of the content alone, so that a rebuild that changed nothing is a 304 with a newer As-Of.
            content = json.dumps(body | {"as_of": None}).encode()
            tag = f'W/"{hashlib.sha256(content).hexdigest()[:16]}"'
            headers = {"ETag": tag, "Cache-Control": "public, max-age=60"}
            if api.as_of:
                headers["As-Of"] = rfc3339(api.as_of) or ""
            if self.headers.get("If-None-Match") == tag:
                api.statuses.append(304)
                return self.answer(304, None, b"", headers)
            api.statuses.append(200)
            return self.answer(200, "application/json", json.dumps(body).encode(), headers)

        def problem(self, status: int) -> None:
            api.statuses.append(status)
            body = json.dumps({"status": status, "title": "Scripted"}).encode()
            self.answer(status, "application/problem+json", body)

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

        def log_message(self, *_: object) -> None:
            """Quiet: a test reads `api.requests`."""

    return Handler

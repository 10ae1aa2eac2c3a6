"""A loopback server with the page that lists boards, and with scripted boards beside it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from generator.rendering.text_files import CONTENT_TYPES
from tests.browser.page_server import ServerForBrowsers

Answer = tuple[int, dict[str, Any]]
"""A status and a body."""


def ranking(name: str | None, score: float, players: int, resets: str | None) -> Answer:
    """The answer of a board that somebody leads; with no players, of one where nobody has scored yet."""
    entry = {
        "rank": 1,
        "player_id": "p1",
        "name": name,
        "score": score,
        "columns": {},
        "at": "2026-11-22T10:00:00.000Z",
    }
    return 200, {"players": players, "entries": [entry] if players else [], "next_reset_at": resets}


def problem(status: int, detail: str) -> Answer:
    """The answer of a board that reports a problem."""
    return status, {"type": "about:blank", "title": "Problem", "status": status, "detail": detail}


@dataclass
class IndexServer:
    """Serves files, and the answers of boards by their folder: `team/board/`."""

    files: dict[str, bytes]
    boards: Mapping[str, Answer]
    delay: float = 0.0
    """Seconds before each answer of a board."""
    asked: list[str] = field(default_factory=list)
    """The path and query of each request to a board."""

    def __post_init__(self) -> None:
        handler = type("Handler", (_Handler,), {"site": self})
        self._server = ServerForBrowsers(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    site: IndexServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].removeprefix("/")
        folder, _, rest = path.partition("v1/")
        if rest:
            return self.answer_board(folder)
        name = path or "index.html"
        if name not in self.site.files:
            return self.answer(404, "text/plain", b"no such file")
        return self.answer(200, CONTENT_TYPES[f".{name.rpartition('.')[2]}"], self.site.files[name])

    def answer_board(self, folder: str) -> None:
        self.site.asked.append(self.path)
        time.sleep(self.site.delay)
        status, body = self.site.boards[folder]
        self.answer(status, "application/json", json.dumps(body).encode())

    def answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""

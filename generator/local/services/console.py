"""Plays CloudWatch's console: serves the dashboard of one board or feed, drawn anew for whoever looks at it.

It listens on loopback. As in `cloudfront`, a website that points a name of its own here reads nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http import HTTPStatus

from generator.errors import LeaderboardsError, LocalError
from generator.local.services.cloudfront import LOOPBACK
from generator.local.services.http_server import HttpResponse, HttpServer, Request, respond_with_text

FRESH_SECONDS = 2.0
"""Seconds for which a page that was drawn is given to others who ask: however many look, a run is asked as seldom."""


class Console:
    """The HTTP server. `url` is the page's address."""

    def __init__(self, draw: Callable[[], str], headers: dict[str, str], port: int | None = None) -> None:
        """Take the port, or any free one if it is None. `draw` makes the page, which is sent with these headers.

        Raises LocalError if the port cannot be had.
        """
        self._draw = draw
        self._headers = headers
        try:
            self._server = HttpServer((LOOPBACK, port or 0), self.answer)
        except OSError as error:
            raise LocalError(
                f"port {port} of {LOOPBACK} cannot be used: {error.strerror}; try another --port"
            ) from None
        self._hosts = {f"{name}:{self._server.server_address[1]}" for name in (LOOPBACK, "localhost")}
        self.url = f"http://{LOOPBACK}:{self._server.server_address[1]}/"
        self._turn = threading.Lock()
        self._page, self._until = b"", 0.0

    def serve(self) -> None:
        """Answer requests until somebody interrupts."""
        try:
            self._server.serve_forever(poll_interval=0.1)
        finally:
            self._server.server_close()

    def stop(self) -> None:
        """Let `serve`, which another thread is in, end."""
        self._server.shutdown()

    def answer(self, request: Request) -> HttpResponse:
        """The response to any request."""
        if request.host not in self._hosts:
            return respond_with_text(HTTPStatus.MISDIRECTED_REQUEST, f"this is {self.url} and nothing else")
        if request.method not in ("GET", "HEAD"):
            return respond_with_text(HTTPStatus.METHOD_NOT_ALLOWED, "here is one page, which can be read")
        if request.path != "/":
            return respond_with_text(HTTPStatus.NOT_FOUND, f"here is one page: {self.url}")
        try:
            return HttpResponse(HTTPStatus.OK, self._headers, self._draw_page())
        except LeaderboardsError as error:
            return respond_with_text(HTTPStatus.BAD_GATEWAY, str(error))

    def _draw_page(self) -> bytes:
        with self._turn:
            if time.monotonic() >= self._until:
                self._page = self._draw().encode()
                self._until = time.monotonic() + FRESH_SECONDS
            return self._page

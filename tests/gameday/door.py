"""A door between programs and the embedded AWS, which answers some calls itself, as AWS would when something is wrong.

It is an HTTP proxy: a program goes through it where HTTP_PROXY says so. A request keeps its signature and its host, so
that the embedded AWS takes what the door lets through as if it were not there.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import urlsplit

SECONDS = 120
"""Seconds that the embedded AWS may take to answer."""


@dataclass(frozen=True)
class Call:
    """A request that has come to the door."""

    method: str
    path: str
    headers: Mapping[str, str]
    """By name, in lower case."""
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What the door answers in the place of AWS: a document of JSON."""

    status: int
    document: Mapping[str, Any]


Judge: TypeAlias = Callable[[Call], Answer | None]
"""Answers a call, or lets it through."""


@contextmanager
def open_door(judge: Judge) -> Iterator[str]:
    """Serve a door until the block ends. Gives its URL."""

    class Handler(_Handler):
        pass

    Handler.judge = staticmethod(judge)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="door", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """One connection to the door."""

    protocol_version = "HTTP/1.1"
    judge: Judge

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        place = urlsplit(self.path)
        path = f"{place.path}?{place.query}" if place.query else place.path
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, path, headers, body)
        found = self.judge(call)
        if found is None:
            self._pass_on(place.netloc, call)
        else:
            kept = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": "at-the-door"}
            self._answer(found.status, kept, json.dumps(found.document).encode())

    def _pass_on(self, host: str, call: Call) -> None:
        connection = http.client.HTTPConnection(host, timeout=SECONDS)
        headers = {name: value for name, value in call.headers.items() if not name.startswith(("proxy-", "expect"))}
        try:
            connection.request(call.method, call.path, call.body, headers)
            answer = connection.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in _OF_A_CONNECTION}
            self._answer(answer.status, kept, answer.read())
        finally:
            connection.close()

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Log nothing."""

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _handle  # noqa: N815 - the names are http.server's


_OF_A_CONNECTION = frozenset(("connection", "content-length", "keep-alive", "transfer-encoding", "server", "date"))
"""Headers that are of one connection, or that the door writes itself."""

"""A loopback server with a board's page and a scripted API below one path, as CloudFront would serve them."""

import hashlib
import json
import threading
import time
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.browser.board_server import ScriptedApi, ScriptedProblem
from tests.browser.instants import rfc3339

CONTENT_TYPES = {
    "html": "text/html; charset=utf-8", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml",
}  # fmt: skip
"""By ending."""


class BoardServer:
    """Serves `files` and `api` below `folder` (a path with a slash at both ends); any other path is a 404."""

    def __init__(self, files: dict[str, bytes], api: ScriptedApi, folder: str = "/") -> None:
        self.api = api
        self._server = _Server(files, api, folder)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.url = self.origin + folder

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class ServerForBrowsers(ThreadingHTTPServer):
    """A server with room for all connections of a browser, which ends with the test."""

    daemon_threads = True
    # A browser opens six connections at once; one that finds no room comes again a second later.
    request_queue_size = 64


class _Server(ServerForBrowsers):
    def __init__(self, files: dict[str, bytes], api: ScriptedApi, folder: str) -> None:
        self.files = files
        self.api = api
        self.folder = folder
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # Send head and body together: sent one by one, each answer waits 40 ms until the head is acknowledged.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.server.api.requests.append(self.path)
        address = urlsplit(self.path)
        if not address.path.startswith(self.server.folder):
            return self.answer(404, "text/plain", b"outside the page's folder")
        path = address.path.removeprefix(self.server.folder)
        if path.startswith("v1/"):
            return self.call(path, {key: values[0] for key, values in parse_qs(address.query).items()})
        name = path or "index.html"
        if name not in self.server.files:
            return self.answer(404, "text/plain", b"no such file")
        return self.answer(200, CONTENT_TYPES[name.rsplit(".", 1)[1]], self.server.files[name])

    def call(self, path: str, query: dict[str, str]) -> None:
        time.sleep(self.server.api.delay)
        if self.server.api.down:
            return self.problem(path, HTTPStatus.SERVICE_UNAVAILABLE, self.server.api.reason)
        try:
            body = self.server.api.answer(path, query)
        except ScriptedProblem as problem:
            return self.problem(path, problem.status, str(problem))
        if body is None:
            return self.problem(path, HTTPStatus.NOT_FOUND, "no such path")
        # The tag is of the content alone, so that a rebuild that changed nothing is a 304 with a newer As-Of.
        content = json.dumps(body | {"as_of": None}).encode()
        tag = f'W/"{hashlib.sha256(content).hexdigest()[:16]}"'
        headers = {"ETag": tag, "Cache-Control": "public, max-age=60"}
        as_of = body.get("as_of", rfc3339(self.server.api.as_of))
        if as_of:
            headers["As-Of"] = as_of
        if self.headers.get("If-None-Match") == tag:
            self.server.api.answers.append((path, 304))
            return self.answer(304, None, b"", headers)
        self.server.api.answers.append((path, 200))
        return self.answer(200, "application/json", json.dumps(body).encode(), headers)

    def problem(self, path: str, status: HTTPStatus, detail: str) -> None:
        self.server.api.answers.append((path, status.value))
        body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
        headers = {"Cache-Control": "public, max-age=1"}
        self.answer(status.value, "application/problem+json", json.dumps(body).encode(), headers)

    def answer(self, status: int, kind: str | None, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response_only(status)
        self.send_header("Date", format_datetime(self.server.api.now(), usegmt=True))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if kind:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Log no requests: a test reads `api.requests`."""

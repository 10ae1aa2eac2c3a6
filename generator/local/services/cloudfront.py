"""One loopback port that serves every board as its CloudFront distribution would: the page from the bucket, and below
v1/ the API function.

Only programs of this machine are answered, and only by its own names: a web page elsewhere cannot have its own host
name point here and read the boards.
"""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass
from html import escape as _html
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from generator.errors import LocalError
from generator.local.deploy.deployment import Deployment
from generator.local.services.function_url import Answer, ApiOrigin

SECURITY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "strict-origin-when-cross-origin",
}
"""What CloudFront's managed SecurityHeadersPolicy adds (CloudFront developer guide, "Use managed response headers
policies"), but what is about TLS."""

_METHODS = "GET, HEAD, OPTIONS"


@dataclass(frozen=True)
class Site:
    """A board as it is reached here."""

    team: str
    board: str
    title: str
    deployment: Deployment
    api: ApiOrigin

    @property
    def path(self) -> str:
        """Where it lies below the port, without a slash at the end."""
        return f"/{self.team}/{self.board}"


class Front:
    """The HTTP server. `url` is its address, without a slash at the end."""

    def __init__(self, port: int | None = None) -> None:
        """Take the port (None: any that is free). Raises LocalError when it is taken."""
        self._s3: Any = None
        self._sites: dict[str, Site] = {}
        try:
            self._server = _Server(("127.0.0.1", port or 0), _handler(self))
        except OSError as error:
            raise LocalError(f"port {port} of 127.0.0.1 cannot be had: {error.strerror}; try another --port") from None
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        names = ("127.0.0.1", "localhost")
        # Port 80 is not written.
        self.hosts = frozenset([*(f"{name}:{self.port}" for name in names), *(names if self.port == 80 else ())])
        self._thread: threading.Thread | None = None

    def serve(self, s3: Any) -> None:
        """Begin to answer. `s3` is a client for the pages."""
        self._s3 = s3
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="front"
        )
        self._thread.start()

    def add(self, site: Site) -> None:
        """Serve one more board."""
        self._sites[site.path] = site

    def stop(self) -> None:
        """Answer no more."""
        if self._thread:
            self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, query: str) -> Answer:
        """What a GET, HEAD or OPTIONS gets, before the client's own copy is considered."""
        if path == "/":
            headers = {
                "content-type": "text/html; charset=utf-8",
                "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
            }
            return Answer(200, headers, self._index().encode())
        team, board, *rest = [*path[1:].split("/", 2), ""][:3]
        site = self._sites.get(f"/{team}/{board}")
        if site is None:
            return _plain(HTTPStatus.NOT_FOUND, "no board of this name is running; / lists them")
        if path == site.path:
            return Answer(301, {"location": f"{site.path}/"}, b"")
        name = rest[0]
        if name.startswith("v1/"):
            return site.api.fetch(method, f"/{name}", query)
        if method == "OPTIONS":
            return _refused()
        return self._page(site, name)

    def _page(self, site: Site, name: str) -> Answer:
        page = site.deployment.page
        # A key is a name and not a path: dots in it climb nowhere in S3, and must not here.
        if page is None or ".." in name:
            return _plain(HTTPStatus.NOT_FOUND, "this board has no such page")
        try:
            found = self._s3.get_object(Bucket=site.deployment.bucket, Key=page.prefix + (name or page.root))
            body = found["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return _plain(HTTPStatus.NOT_FOUND, "this board's page has no such file")
            raise
        headers = {"content-type": found["ContentType"], "etag": found["ETag"]}
        if found.get("CacheControl"):
            headers["cache-control"] = found["CacheControl"]
        return Answer(200, headers, body)

    def _index(self) -> str:
        lines = []
        for site in sorted(self._sites.values(), key=lambda site: site.path):
            path = f"{site.path}/" if site.deployment.page else f"{site.path}/v1/leaderboard"
            note = site.team if site.deployment.page else f"{site.team}, API only"
            lines.append(f'<li><a href="{_html(path)}">{_html(site.title)}</a> ({_html(note)})</li>')
        return (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Leaderboards</title>'
            '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
            "<style>body{font:1.1rem/1.8 system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem}</style>"
            f"<h1>Leaderboards on this machine</h1><ul>{''.join(lines)}</ul>"
        )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that went away is nothing to speak of; anything else is a fault, which the thread's hook tells."""
        fault = sys.exception()
        if fault and not isinstance(fault, OSError):
            raise fault


def _handler(front: Front) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 75
        server_version = "leaderboards"
        sys_version = ""

        def _serve(self) -> None:
            path, _, query = self.path.partition("?")
            if self.headers.get("Host") not in front.hosts:
                return self._send(_plain(HTTPStatus.MISDIRECTED_REQUEST, f"this is {front.url} and nothing else"))
            if self.command not in ("GET", "HEAD", "OPTIONS") or not path.startswith("/"):
                # The body is not read, so this connection can carry nothing more.
                self.close_connection = True
                return self._send(_refused())
            try:
                answer = front.answer(self.command, path, query)
            except (ClientError, BotoCoreError) as error:
                answer = _plain(HTTPStatus.BAD_GATEWAY, f"the embedded AWS does not answer: {error}")
            if answer.status == HTTPStatus.OK and _has(self.headers.get("If-None-Match"), answer.headers.get("etag")):
                answer = Answer(HTTPStatus.NOT_MODIFIED, answer.headers, b"")
            return self._send(answer)

        do_GET = do_HEAD = do_OPTIONS = do_POST = do_PUT = do_DELETE = do_PATCH = _serve  # noqa: N815

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in {**SECURITY, **answer.headers}.items():
                if not (answer.status == HTTPStatus.NOT_MODIFIED and name == "content-type"):
                    self.send_header(name, value)
            if answer.status not in (HTTPStatus.NOT_MODIFIED, HTTPStatus.NO_CONTENT):
                self.send_header("Content-Length", str(len(answer.body)))
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD" and answer.status != HTTPStatus.NOT_MODIFIED:
                self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Quiet: a page asks every few seconds."""

    return Handler


def _has(if_none_match: str | None, etag: str | None) -> bool:
    """Weak comparison (RFC 9110, section 13.1.2)."""
    if not if_none_match or not etag:
        return False
    held = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in held or etag.removeprefix("W/") in held


def _plain(status: HTTPStatus, text: str) -> Answer:
    return Answer(status, {"content-type": "text/plain; charset=utf-8"}, f"{text}\n".encode())


def _refused() -> Answer:
    return _plain(HTTPStatus.FORBIDDEN, f"only {_METHODS} are let through")

"""Plays CloudFront: one loopback port serves the page and the API of every board, as its distribution would.

A board's page comes from its bucket, and paths below v1/ go to its API function. Requests are answered only if their
Host header names this machine: so no website can point a host name of its own here and read the boards.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape as _escape_html
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from generator.errors import LocalError
from generator.local.deploy.deployment import Deployment
from generator.local.services.api_cache import ApiCache, refuse_method
from generator.local.services.function_url import HttpResponse

SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "strict-origin-when-cross-origin",
}
"""The headers that CloudFront's managed SecurityHeadersPolicy adds (CloudFront developer guide, "Use managed response
headers policies"), without those that concern TLS."""

_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
_PAGE_METHODS = frozenset(("GET", "HEAD"))


@dataclass(frozen=True)
class Site:
    """A board as readers reach it here."""

    team: str
    board: str
    title: str
    deployment: Deployment
    api: ApiCache

    @property
    def path(self) -> str:
        """The path of the board's page, without a slash at the end."""
        return f"/{self.team}/{self.board}"


class CloudFront:
    """The HTTP server. `url` is its address, without a slash at the end."""

    def __init__(self, port: int | None = None) -> None:
        """Take the port, or any free one if it is None. Raises LocalError if the port is taken."""
        self._s3: Any = None
        self.now: Callable[[], float] = time.time
        self._sites: dict[str, Site] = {}
        try:
            self._server = _Server(self, port or 0)
        except OSError as error:
            raise LocalError(f"port {port} of 127.0.0.1 cannot be used: {error.strerror}; try another --port") from None
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        names = ("127.0.0.1", "localhost")
        # Browsers leave out port 80.
        self.hosts = frozenset([*(f"{name}:{self.port}" for name in names), *(names if self.port == 80 else ())])
        self._thread: threading.Thread | None = None

    def serve(self, s3: Any, now: Callable[[], float] = time.time) -> None:
        """Start answering requests. `s3`: a boto3 client, to read pages with.

        `now`: the time in seconds since 1970, for the Date header, by which the page counts down.
        """
        self._s3 = s3
        self.now = now
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="cloudfront"
        )
        self._thread.start()

    def add_site(self, site: Site) -> None:
        """Serve one more board."""
        self._sites[site.path] = site

    def stop(self) -> None:
        """Stop answering requests."""
        if self._thread:
            self._server.shutdown()
        self._server.server_close()

    def respond(
        self, method: str, path: str, query: str, headers: Mapping[str, str] = MappingProxyType({})
    ) -> HttpResponse:
        """The response to a GET, HEAD or OPTIONS, for a client that has no copy of it yet.

        `headers`: those of the request, names in lower case.
        """
        if path == "/":
            headers = {
                "content-type": "text/html; charset=utf-8",
                "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
            }
            return HttpResponse(200, headers, self._list_boards().encode())
        team, board, *rest = [*path[1:].split("/", 2), ""][:3]
        site = self._sites.get(f"/{team}/{board}")
        if site is None:
            return _respond_with_text(HTTPStatus.NOT_FOUND, "no board of this name is running; / lists them")
        if path == site.path:
            return HttpResponse(301, {"location": f"{site.path}/"}, b"")
        name = rest[0]
        if name.startswith("v1/"):
            return site.api.fetch(method, f"/{name}", query, headers)
        if method == "OPTIONS":
            return refuse_method(_PAGE_METHODS)
        return self._read_page(site, name)

    def _read_page(self, site: Site, name: str) -> HttpResponse:
        """A file of a board's page, from the board's bucket."""
        page = site.deployment.page
        # In S3 a key is a name, not a path, so `..` leads nowhere. Refuse it, so that it leads nowhere here either.
        if page is None or ".." in name:
            return _respond_with_text(HTTPStatus.NOT_FOUND, "this board has no such page")
        try:
            found = self._s3.get_object(Bucket=site.deployment.bucket, Key=page.prefix + (name or page.root))
            body = found["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return _respond_with_text(HTTPStatus.NOT_FOUND, "this board's page has no such file")
            raise
        headers = {"content-type": found["ContentType"], "etag": found["ETag"]}
        if found.get("CacheControl"):
            headers["cache-control"] = found["CacheControl"]
        return HttpResponse(200, headers, body)

    def _list_boards(self) -> str:
        """The page that links to every board."""
        lines = []
        for site in sorted(self._sites.values(), key=lambda site: site.path):
            path = f"{site.path}/" if site.deployment.page else f"{site.path}/v1/leaderboard"
            note = site.team if site.deployment.page else f"{site.team}, API only"
            lines.append(
                f'<li><a href="{_escape_html(path)}">{_escape_html(site.title)}</a> ({_escape_html(note)})</li>'
            )
        return (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Leaderboards</title>'
            '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
            "<style>body{font:1.1rem/1.8 system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem}</style>"
            f"<h1>Leaderboards on this machine</h1><ul>{''.join(lines)}</ul>"
        )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, cloudfront: CloudFront, port: int) -> None:
        self.cloudfront = cloudfront
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore readers that went away. Any other fault is raised, and `threading.excepthook` reports it."""
        fault = sys.exception()
        if fault and not isinstance(fault, OSError):
            raise fault


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 75
    server_version = "leaderboards"
    sys_version = ""

    def _serve(self) -> None:
        cloudfront = self.server.cloudfront
        path, _, query = self.path.partition("?")
        if self.headers.get("Host") not in cloudfront.hosts:
            text = f"this is {cloudfront.url} and nothing else"
            return self._send(_respond_with_text(HTTPStatus.MISDIRECTED_REQUEST, text))
        if self.command not in _METHODS or not path.startswith("/"):
            # The body is not read, so this connection cannot be used again.
            self.close_connection = True
            return self._send(refuse_method(_METHODS))
        try:
            headers = {name.lower(): value for name, value in self.headers.items()}
            response = cloudfront.respond(self.command, path, query, headers)
        except (ClientError, BotoCoreError) as error:
            response = _respond_with_text(HTTPStatus.BAD_GATEWAY, f"the embedded AWS does not answer: {error}")
        etag = response.headers.get("etag")
        if response.status == HTTPStatus.OK and _has_current_copy(self.headers.get("If-None-Match"), etag):
            response = HttpResponse(HTTPStatus.NOT_MODIFIED, response.headers, b"")
        return self._send(response)

    def __getattr__(self, name: str) -> Any:
        # `do_METHOD` answers a method. All are answered here, also such as nobody has heard of: with a refusal.
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The time as headers write it; the present one for the Date header."""
        return super().date_time_string(self.server.cloudfront.now() if timestamp is None else timestamp)

    def _send(self, response: HttpResponse) -> None:
        self.send_response(response.status)
        for name, value in {**SECURITY_HEADERS, **response.headers}.items():
            if not (response.status == HTTPStatus.NOT_MODIFIED and name == "content-type"):
                self.send_header(name, value)
        if response.status not in (HTTPStatus.NOT_MODIFIED, HTTPStatus.NO_CONTENT):
            self.send_header("Content-Length", str(len(response.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and response.status != HTTPStatus.NOT_MODIFIED:
            self.wfile.write(response.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log no requests: a page asks every few seconds."""


def _has_current_copy(if_none_match: str | None, etag: str | None) -> bool:
    """Whether the client has this version already, by weak comparison of the tags (RFC 9110, section 13.1.2)."""
    if not if_none_match or not etag:
        return False
    held = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in held or etag.removeprefix("W/") in held


def _respond_with_text(status: HTTPStatus, text: str) -> HttpResponse:
    return HttpResponse(status, {"content-type": "text/plain; charset=utf-8"}, f"{text}\n".encode())

"""Plays CloudFront: one port serves the page and the API of every board, as its distribution would.

A board's page comes from its bucket, and paths below v1/ go to its API function. Requests are answered only if no
website can have the name in their Host header: so none can point a name of its own here and read the boards.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError

from generator.errors import LocalError
from generator.local.deploy.deployment import Deployment
from generator.local.services.api_cache import CACHE_SECONDS, ApiCache, refuse_method
from generator.local.services.http_server import HttpResponse, HttpServer, Request, respond_with_text
from generator.rendering.text_files import CONTENT_TYPES

SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "strict-origin-when-cross-origin",
}
"""The headers that CloudFront's managed SecurityHeadersPolicy adds (CloudFront developer guide, "Use managed response
headers policies"), without those that concern TLS. A policy adds its headers before a function on the viewer response
runs (AWS Networking & Content Delivery Blog, "Amazon CloudFront introduces Response Headers Policies"), and that runs
for no response of 400 and above (CloudFront developer guide, "Restrictions on all edge functions")."""

CONNECTION_ATTEMPTS = 3
"""How often CloudFront tries to reach an origin (CloudFront developer guide, "Connection attempts")."""

LOOPBACK, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104

_PRIVATE_NAME = re.compile(r"[a-z0-9_-]+|(?:[a-z0-9_-]+\.)+(?:internal|local|localhost)", re.ASCII | re.IGNORECASE)
"""Names that are none on the Internet: those without a dot, such as Docker gives to containers (ICANN, SAC053), and
those below domains for private use: `internal` (ICANN, SAC113), `local` (RFC 6762), `localhost` (RFC 6761)."""

_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
_PAGE_METHODS = frozenset(("GET", "HEAD"))
_NO_BODY = "a request that reads has no body"
"""CloudFront answers 403 to a GET with a body (CloudFront developer guide, "Request and response behavior for custom
origins"). A HEAD or OPTIONS with one is refused alike here."""
_NO_FILE = "this board's page has no such file, or none that may be read"
"""S3 answers 403 for an object that does not exist to those who may not list the bucket (Amazon S3 API reference,
"GetObject"), and a bundle's distribution may not."""


@dataclass(frozen=True)
class Site:
    """A board as readers reach it here."""

    team: str
    board: str
    deployment: Deployment
    api: ApiCache
    count: Callable[[int, int], object] = lambda status, length: None
    """Is told of each response: its status, and how many bytes its body has."""

    @property
    def path(self) -> str:
        """The path of the board's page, without a slash at the end."""
        return f"/{self.team}/{self.board}"


class CloudFront:
    """The HTTP server. `url` is its address, without a slash at the end."""

    def __init__(self, port: int | None = None, host: str | None = None) -> None:
        """Take the port, or any free one if it is None, of an IPv4 address; None for loopback.

        With an address, requests are answered that name any address or a private name, at whatever port: a container
        has several of them, and its port may be published as another. Raises LocalError if the port cannot be had.
        """
        self._s3: Any = None
        self._sites: dict[str, Site] = {}
        self.index: Mapping[str, bytes] = {}
        """The files of the page that lists the boards, by name: at the top of the port."""
        self._files: dict[tuple[str, str], tuple[HttpResponse, float]] = {}
        """Files of pages by site and name, and until when they may be given out, on the clock of `time.monotonic`."""
        try:
            self._server = HttpServer((host or LOOPBACK, port or 0), self.answer)
        except OSError as error:
            raise LocalError(
                f"port {port} of {host or LOOPBACK} cannot be used: {error.strerror}; try another --port"
            ) from None
        self.port = self._server.server_address[1]
        self.url = f"http://{LOOPBACK if host in (None, EVERYWHERE) else host}:{self.port}"
        self._is_open = host is not None
        self._answer_call: Callable[[Request], HttpResponse] | None = None
        names = ("127.0.0.1", "localhost")
        # Browsers leave out port 80.
        self.hosts = frozenset([*(f"{name}:{self.port}" for name in names), *(names if self.port == 80 else ())])
        self._thread: threading.Thread | None = None

    def serve(self, s3: Any, now: Callable[[], float] = time.time) -> None:
        """Start answering requests. `s3`: a boto3 client, to read pages with.

        `now`: the time in seconds since 1970, for the Date header, by which the page counts down.
        """
        self._s3 = s3
        self._server.now = now
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="cloudfront"
        )
        self._thread.start()

    def take_calls(self, answer: Callable[[Request], HttpResponse]) -> None:
        """Let `answer` have the calls of AWS that arrive at this port, too."""
        self._answer_call = answer

    def add_site(self, site: Site) -> None:
        """Serve one more board."""
        self._sites = {**self._sites, site.path: site}

    def remove_site(self, path: str) -> None:
        """Serve the board at a path no more."""
        self._sites = {other: site for other, site in self._sites.items() if other != path}

    def stop(self) -> None:
        """Stop answering requests."""
        if self._thread:
            self._server.shutdown()
        self._server.server_close()

    def answer(self, request: Request) -> HttpResponse:
        """The response to any request."""
        if self._answer_call and "x-amz-target" in request.headers:
            return self._answer_call(request)
        if request.host not in self.hosts and not (self._is_open and is_private(request.host)):
            return respond_with_text(HTTPStatus.MISDIRECTED_REQUEST, f"this is {self.url} and nothing else")
        if request.body.is_left and request.method in _METHODS:
            return respond_with_text(HTTPStatus.FORBIDDEN, _NO_BODY)
        try:
            response = self._respond_patiently(request)
        except (ClientError, BotoCoreError) as error:
            response = respond_with_text(HTTPStatus.BAD_GATEWAY, f"the embedded AWS does not answer: {error}")
        headers = {**SECURITY_HEADERS, **response.headers}
        if "frame-ancestors" in headers.get("content-security-policy", ""):
            del headers["x-frame-options"]
        response = replace(response, headers=headers)
        if response.status == HTTPStatus.OK and has_current_copy(request.headers, response.headers):
            response = replace(response, status=HTTPStatus.NOT_MODIFIED, body=b"")
        site = self._find_site(request.path)
        if site and site.deployment.page:  # a board whose requests are signed has no distribution in AWS
            site.count(response.status, 0 if request.method == "HEAD" else len(response.body))
        return response

    def _find_site(self, path: str) -> Site | None:
        """The board that a path is of."""
        team, board, *_ = [*path[1:].split("/", 2), ""]
        return self._sites.get(f"/{team}/{board}")

    def _respond_patiently(self, request: Request) -> HttpResponse:
        """The response. Where a connection to the embedded AWS had ended, as on a busy machine, it is tried anew."""
        for _ in range(CONNECTION_ATTEMPTS - 1):
            with suppress(ConnectionClosedError):
                return self.respond(request.method, request.path, request.query, request.headers)
        return self.respond(request.method, request.path, request.query, request.headers)

    def respond(
        self, method: str, path: str, query: str, headers: Mapping[str, str] = MappingProxyType({})
    ) -> HttpResponse:
        """The response to a client that has no copy of it yet. `headers`: of the request, names in lower case."""
        site = self._find_site(path)
        if site and path.startswith(f"{site.path}/v1/"):
            return site.api.fetch(method, path.removeprefix(site.path), query, headers)
        if method not in _PAGE_METHODS:
            return refuse_method(_PAGE_METHODS)
        if (name := path[1:] or "index.html") in self.index:
            kind = {"content-type": CONTENT_TYPES[f".{name.rpartition('.')[2]}"], "cache-control": "no-cache"}
            return HttpResponse(HTTPStatus.OK, kind, self.index[name])
        if site is None:
            return respond_with_text(HTTPStatus.NOT_FOUND, "no board of this name is running; / lists them")
        if path == site.path:
            target = f"{site.path}/?{query}" if query else f"{site.path}/"
            return HttpResponse(HTTPStatus.MOVED_PERMANENTLY, {"location": target}, b"")
        return self._read_page(site, path.removeprefix(f"{site.path}/"))

    def _read_page(self, site: Site, name: str) -> HttpResponse:
        """A file of a board's page, from the board's bucket. The query string is not passed on to a bucket."""
        page = site.deployment.page
        if page is None:
            return respond_with_text(HTTPStatus.NOT_FOUND, "this board has no page")
        key = unquote(name, errors="replace") or page.root
        # In S3 a key is a name, not a path, so `..` leads nowhere. Refuse it, so that it leads nowhere here either.
        if ".." in key or not key.isprintable():
            return respond_with_text(HTTPStatus.FORBIDDEN, _NO_FILE)
        kept, until = self._files.get((site.path, key), (None, 0.0))
        if kept is None or time.monotonic() >= until:
            kept = self._read_file(site.deployment.bucket, page.prefix + key)
            if kept.status == HTTPStatus.OK:  # so that made-up names fill no memory
                if page.frame_ancestors:
                    kept = replace(kept, headers={**kept.headers, "content-security-policy": page.frame_ancestors})
                self._files[site.path, key] = kept, time.monotonic() + CACHE_SECONDS
        return kept

    def _read_file(self, bucket: str, key: str) -> HttpResponse:
        try:
            found = self._s3.get_object(Bucket=bucket, Key=key)
            body = found["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return respond_with_text(HTTPStatus.FORBIDDEN, _NO_FILE)
            raise
        headers = {"content-type": found["ContentType"], "etag": found["ETag"]}
        if found.get("CacheControl"):
            headers["cache-control"] = found["CacheControl"]
        return HttpResponse(HTTPStatus.OK, headers, body)


def has_current_copy(asked: Mapping[str, str], given: Mapping[str, str]) -> bool:
    """Whether the client has this version already, by weak comparison of the tags (RFC 9110, section 13.1.2).

    `asked`, `given`: the headers of the request and of the response.
    """
    if "if-none-match" not in asked or "etag" not in given:
        return False
    held = [tag.strip().removeprefix("W/") for tag in asked["if-none-match"].split(",")]
    return "*" in held or given["etag"].removeprefix("W/") in held


def is_private(host: str) -> bool:
    """Whether a Host header has an IP address or a private name: no website can have that for a name of its own."""
    name = re.sub(r":[0-9]{1,5}\Z", "", host)
    try:
        return bool(_PRIVATE_NAME.fullmatch(name) or ip_address(name.removeprefix("[").removesuffix("]")))
    except ValueError:
        return False

"""A small HTTP/1.1 server. It keeps connections, sends each answer in one piece, and refuses cleanly.

Whatever arrives gets an HTTP answer: also what is no request at all. (RFC 9112 says what is one.) Readers send no
bodies; one is read only by whoever wants it.
"""

from __future__ import annotations

import re
import socket
import socketserver
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import partial
from http import HTTPStatus
from io import BufferedIOBase, BytesIO

IDLE_SECONDS = 75
"""Seconds for which a connection is kept without a request."""

URL_BYTES, HEAD_BYTES = 8192, 32_768
"""The longest URL, and the longest request without its body, that CloudFront takes (CloudFront developer guide,
"Quotas"). Longer ones get a 413, and the connection is closed (the same guide, "Request and response behavior for
custom origins")."""

DRAIN_SECONDS, DRAIN_BYTES = 1.0, 10_000_000
"""For how long, and how much, is read of a body that nobody wants. Were it left unread, the operating system would
reset the connection, and the client might never see the answer."""

_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET = re.compile(rb"[^\x00-\x20\x7f]+")
_VERSION = re.compile(rb"HTTP/(\d)\.(\d)")
_TLS_HANDSHAKE = b"\x16"
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(frozen=True)
class HttpResponse:
    """An HTTP response. The names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Body:
    """The body of a request, which is left where it is until it is read."""

    length: int | None = 0
    """Its bytes; None where the client has not said how many they are."""
    stream: BufferedIOBase = field(default_factory=BytesIO)
    ask_for_it: Callable[[], object] = lambda: None
    """Tells a client that waits for that word to send it (RFC 9110, section 10.1.1)."""
    is_left: bool = field(init=False)
    """Whether there is one that nobody has read."""

    def __post_init__(self) -> None:
        self.is_left = self.length != 0

    def read(self) -> bytes:
        """Read a body of known length; what came of it, if the client went away."""
        assert self.length is not None
        self.ask_for_it()
        content = self.stream.read(self.length)
        self.is_left = len(content) < self.length
        return content


@dataclass(frozen=True)
class Request:
    """A request. The names of its headers are in lower case; of a target with an authority, `host` is that."""

    method: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: Body
    keeps_connection: bool
    """Whether the client keeps the connection. It cannot be kept where the body is left."""


class RefusedRequestError(Exception):
    """What arrived is no request that can be answered. The connection is closed after the response."""

    def __init__(self, status: HTTPStatus, text: str) -> None:
        super().__init__(text)
        self.response = respond_with_text(status, text)


class HttpServer(socketserver.ThreadingTCPServer):
    """Serves a port, each connection in a thread. `now` gives the time of the Date header, in seconds since 1970."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], respond: Callable[[Request], HttpResponse]) -> None:
        """Take the port; 0 takes any free one. Raises OSError. `serve_forever` answers."""
        self.respond = respond
        self.now: Callable[[], float] = time.time
        super().__init__(address, _Connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore readers that went away. Any other fault is raised, and `threading.excepthook` reports it."""
        fault = sys.exception()
        if fault and not isinstance(fault, OSError):
            raise fault


class _Connection(socketserver.StreamRequestHandler):
    server: HttpServer
    timeout = IDLE_SECONDS
    # Without it, the end of an answer waits up to 40 ms for the client's acknowledgement of its beginning.
    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Answer requests, one after the other, until the connection ends."""
        while self._answer():
            pass

    def _answer(self) -> bool:
        """Answer one request. Returns whether the connection stays."""
        try:
            request = read_request(self.rfile, self.wfile.write)
        except TimeoutError:
            return False
        except RefusedRequestError as refused:
            self._send(refused.response, "GET", keep=False)
            self._drain()
            return False
        if request is None:
            return False
        response = self.server.respond(request)
        keep = request.keeps_connection and not request.body.is_left
        self._send(response, request.method, keep)
        if request.body.is_left:
            self._drain()
        return keep

    def _send(self, response: HttpResponse, method: str, keep: bool) -> None:
        self.wfile.write(make_bytes(response, method, keep, self.server.now()))

    def _drain(self) -> None:
        until, left = time.monotonic() + DRAIN_SECONDS, DRAIN_BYTES
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            while left > 0 and (seconds := until - time.monotonic()) > 0:
                self.connection.settimeout(seconds)
                data = self.connection.recv(65_536)
                if not data:
                    return
                left -= len(data)


def read_request(stream: BufferedIOBase, write: Callable[[bytes], object] = len) -> Request | None:
    """Read the next request of a connection, without its body; None at the end. Raises RefusedRequestError.

    `write`: sends bytes to the client.
    """
    left = HEAD_BYTES
    line = b"\r\n"
    while line in (b"\r\n", b"\n") and left > 0:  # some clients send an empty line after a body
        line = _read_line(stream, left)
        left -= len(line)
    if not line:
        return None
    if line.startswith(_TLS_HANDSHAKE):
        raise RefusedRequestError(HTTPStatus.BAD_REQUEST, "here is http, not https")
    method, target, minor = _parse_request_line(line)
    headers: dict[str, str] = {}
    while (line := _read_line(stream, left)) not in (b"\r\n", b"\n"):
        if not line:
            return None
        left -= len(line)
        _add_header(line, headers)
    authority, path, query = _split_target(target)
    if "host" not in headers and minor > 0:
        raise RefusedRequestError(HTTPStatus.BAD_REQUEST, "a request has a Host header")
    options = {one.strip().lower() for one in headers.get("connection", "").split(",")}
    waits = headers.get("expect", "").lower() == "100-continue"
    return Request(
        method,
        headers.get("host", "") if authority is None else authority,
        path,
        query,
        headers,
        Body(_read_length(headers), stream, partial(write, _CONTINUE) if waits else lambda: None),
        "keep-alive" in options if minor == 0 else "close" not in options,
    )


def make_bytes(response: HttpResponse, method: str, keep: bool, now: float) -> bytes:
    """A response as it is sent to a request of this method. `keep`: whether the connection stays.

    `now`: the time in seconds since 1970, for the Date header, unless the response has one.
    """
    bodiless = response.status in (HTTPStatus.NOT_MODIFIED, HTTPStatus.NO_CONTENT)
    lines = [
        f"HTTP/1.1 {response.status} {_PHRASES.get(response.status, '')}",
        "Server: leaderboards",
        *([] if "date" in response.headers else [f"Date: {formatdate(now, usegmt=True)}"]),
        *(f"{name}: {value}" for name, value in response.headers.items() if not (bodiless and name == "content-type")),
        # A client of HTTP/1.0 keeps a connection only if it is told to.
        f"Connection: {'keep-alive' if keep else 'close'}",
        *([] if bodiless else [f"Content-Length: {len(response.body)}"]),
    ]
    head = "\r\n".join(re.sub(r"[\r\n]+", " ", line) for line in lines) + "\r\n\r\n"
    return head.encode("latin-1", "replace") + (b"" if bodiless or method == "HEAD" else response.body)


def respond_with_text(status: HTTPStatus, text: str) -> HttpResponse:
    """A response that is a line for a person."""
    return HttpResponse(status, {"content-type": "text/plain; charset=utf-8"}, f"{text}\n".encode())


_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def _read_line(stream: BufferedIOBase, limit: int) -> bytes:
    """The next line with its end, or what there is at the end of the stream."""
    # A line of TLS may have no end: its first byte is enough.
    line = stream.readline(1)
    if line not in (b"", b"\n", _TLS_HANDSHAKE):
        line += stream.readline(limit)
    if len(line) > limit:
        raise RefusedRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request has at most {HEAD_BYTES} bytes")
    return line


def _parse_request_line(line: bytes) -> tuple[str, str, int]:
    """The method, the target and the minor version of a request line."""
    words = line.rstrip(b"\r\n").split(b" ")
    if len(words) != 3 or not _TOKEN.fullmatch(words[0]) or not _TARGET.fullmatch(words[1]):
        raise RefusedRequestError(HTTPStatus.BAD_REQUEST, "a request begins with a line such as: GET / HTTP/1.1")
    version = _VERSION.fullmatch(words[2])
    if version is None:
        raise RefusedRequestError(HTTPStatus.BAD_REQUEST, "a request line ends with a version such as HTTP/1.1")
    if version[1] != b"1":
        raise RefusedRequestError(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "here is HTTP/1.1")
    if len(words[1]) > URL_BYTES:
        raise RefusedRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a URL has at most {URL_BYTES} bytes")
    return words[0].decode(), words[1].decode("latin-1"), int(version[2])


def _add_header(line: bytes, headers: dict[str, str]) -> None:
    name, colon, value = line.rstrip(b"\r\n").partition(b":")
    if not colon or not _TOKEN.fullmatch(name):
        raise RefusedRequestError(HTTPStatus.BAD_REQUEST, "a header is a line such as: Accept: */*")
    key, text = name.decode().lower(), value.strip(b" \t").decode("latin-1")
    if key in ("host", "content-length") and headers.get(key, text) != text:
        raise RefusedRequestError(HTTPStatus.BAD_REQUEST, f"the header {key} stands there twice")
    headers[key] = f"{headers[key]}, {text}" if key in headers and key not in ("host", "content-length") else text


def _split_target(target: str) -> tuple[str | None, str, str]:
    """The authority of a target, if it has one, and its path and query string."""
    absolute = re.match(r"https?://([^/?]*)", target, re.IGNORECASE)
    rest = target[absolute.end() :] if absolute else target
    path, _, query = rest.partition("?")
    if absolute and not path:
        path = "/"
    if not path.startswith("/"):
        raise RefusedRequestError(HTTPStatus.BAD_REQUEST, "a path begins with a slash")
    return absolute[1] if absolute else None, path, query


def _read_length(headers: Mapping[str, str]) -> int | None:
    """The bytes of a body; None where only its own end says how many they are."""
    length = headers.get("content-length", "0")
    if not re.fullmatch(r"[0-9]{1,18}", length):
        raise RefusedRequestError(HTTPStatus.BAD_REQUEST, "the header content-length is a number of bytes")
    return None if "transfer-encoding" in headers else int(length)

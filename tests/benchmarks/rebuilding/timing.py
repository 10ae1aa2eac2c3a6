"""Times look-ups, and says how long they took."""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Look = Callable[[int], Any]
"""Looks something up, for the player of a number or from that position on."""
Row = dict[str, Any]

PAGE, SPAN = 50, 5
"""Entries of a page, and neighbours on each side."""
KINDS = ("rank of a player", f"page of {PAGE}", f"{SPAN} neighbours on each side")
"""What is looked up of every kind of store."""


def note(text: str) -> None:
    """Say on stderr what is being done: it takes minutes."""
    print(text, file=sys.stderr, flush=True)


def choose_numbers(players: int, count: int) -> list[int]:
    """The numbers of some players, the same ones each time."""
    chance = random.Random(7)
    return [chance.randrange(players) for _ in range(count)]


def time_look(look: Look, number: int) -> float:
    """The seconds of one look-up."""
    began = time.perf_counter()
    look(number)
    return time.perf_counter() - began


def time_looks(store: str, looks: Mapping[str, Look], players: int, count: int) -> list[Row]:
    """Time look-ups of each kind. `count`: of how many players."""
    numbers = choose_numbers(players, count)
    return [
        {"case": f"{store}: {name}", **describe([time_look(look, number) for number in numbers])}
        for name, look in looks.items()
    ]


def describe(times: Sequence[float]) -> Row:
    """The median and the 99th percentile, in milliseconds."""
    slowest = sorted(times)[min(len(times) - 1, len(times) * 99 // 100)]
    return {"median_ms": round(statistics.median(times) * 1000, 3), "p99_ms": round(slowest * 1000, 3)}

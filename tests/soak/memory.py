"""The memory of processes over time, and whether it is flat: by a straight line through its last two thirds."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

GROWTH, LEAST = 0.10, 8.0
"""Memory is flat where the line rises by less than this share of its middle, or by less than so many megabytes."""

_FUNCTION = re.compile(r"/ministack-lambda-(?P<name>[a-z0-9-]+?)-[A-Za-z0-9_]{8}/")
EMULATOR, OWN = "embedded AWS", "boards' process"


@dataclass
class Series:
    """The memory of a process, or of the largest of some alike, in megabytes, at times in seconds."""

    times: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    @property
    def judged(self) -> tuple[list[float], list[float]]:
        """The last two thirds of the time."""
        begins = self.times[0] + (self.times[-1] - self.times[0]) / 3
        skipped = sum(time < begins for time in self.times)
        return self.times[skipped:], self.values[skipped:]

    @property
    def growth(self) -> float:
        """By how many megabytes the line rises over the last two thirds."""
        times, values = self.judged
        return fit_slope(times, values) * (times[-1] - times[0])

    @property
    def is_flat(self) -> bool:
        """Whether it does not grow."""
        _, values = self.judged
        return self.growth < max(LEAST, GROWTH * sum(values) / len(values))


def fit_slope(times: Sequence[float], values: Sequence[float]) -> float:
    """The slope of the straight line that is nearest to the values, by least squares; 0 for less than two times."""
    middle, mean = sum(times) / len(times), sum(values) / len(values)
    spread = sum((time - middle) ** 2 for time in times)
    rise = sum((time - middle) * (value - mean) for time, value in zip(times, values, strict=True))
    return rise / spread if spread else 0.0


def measure() -> dict[str, float]:
    """The megabytes that this process, its embedded AWS, and the largest worker of each function have in memory."""
    listed = subprocess.run(
        ["ps", "-axww", "-o", "pid=,ppid=,rss=,command="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 3) for line in listed.stdout.splitlines()]
    found: dict[str, float] = {}
    emulators = {pid for pid, parent, _, command in rows if parent == str(os.getpid()) and "server.py" in command}
    for pid, parent, kilobytes, command in rows:
        function = _FUNCTION.search(command)
        if pid == str(os.getpid()):
            name = OWN
        elif pid in emulators:
            name = EMULATOR
        elif parent in emulators and function:
            name = function["name"]
        else:
            continue
        found[name] = max(found.get(name, 0.0), int(kilobytes) / 1024)
    return found


def describe(series: Iterable[tuple[str, Series]], judged: frozenset[str]) -> list[str]:
    """A table: for each the first, the middle and the last value, the most, and by how much the line rises."""
    lines = [f"{'memory, MB':<24}{'first':>8}{'middle':>8}{'last':>8}{'most':>8}{'rise':>8}"]
    for name, one in series:
        values = one.values
        shown = (values[0], values[len(values) // 2], values[-1], max(values), one.growth)
        verdict = ("flat" if one.is_flat else "GROWS") if name in judged else "not judged"
        lines.append(f"{name:<24}" + "".join(f"{value:>8.1f}" for value in shown) + f"  {verdict}")
    return lines

"""Says where the values of a chart lie in a graph: a box of WIDTH by HEIGHT, whose upper left corner is 0, 0."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from generator.operations.dashboards.body import Axis
from generator.operations.dashboards.values import DrawnChart, DrawnLine

WIDTH, HEIGHT = 1000, 400
COLOURS = 8
"""How many colours lines have, before the first one comes again."""
_NEAR = 5
"""How many times as high as the highest value a threshold may be that is drawn: else values would lie flat."""


@dataclass(frozen=True)
class Graph:
    """A chart as it is drawn. Where nothing is on an axis, its top is None."""

    paths: tuple[str, ...]
    """For each line the `d` of an SVG path: a stroke for values that follow each other, a dot for one alone."""
    thresholds: tuple[float, ...]
    """How far from the top each threshold lies that is drawn."""
    top: float | None
    right_top: float | None


def lay_out(chart: DrawnChart, begin: int, end: int) -> Graph:
    """Lay out a chart from one instant to another, in seconds since 1970."""
    highest = _find_highest(chart.lines, "left")
    near = [each.value for each in chart.thresholds if not highest or each.value <= _NEAR * highest]
    top = _round_up(max([highest or 0.0, *near])) if near or highest is not None else None
    highest_right = _find_highest(chart.lines, "right")
    right_top = None if highest_right is None else _round_up(highest_right)
    tops = {"left": top or 1.0, "right": right_top or 1.0}
    return Graph(
        tuple(" ".join(_trace(line, begin, end, tops[line.axis])) for line in chart.lines),
        tuple(_place(value, tops["left"]) for value in near),
        top,
        right_top,
    )


def _find_highest(lines: Iterable[DrawnLine], axis: Axis) -> float | None:
    return max((value for line in lines if line.axis == axis for value in line.points.values()), default=None)


def _round_up(value: float) -> float:
    """A round number that is not below the value: 1, 2 or 5 times a power of ten; 1 for nothing."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * (1 - 1e-9))


def _trace(line: DrawnLine, begin: int, end: int, top: float) -> Iterator[str]:
    for run in _split(sorted(line.points), line.period):
        x = [round(min(max((at + line.period / 2 - begin) / (end - begin), 0), 1) * WIDTH, 1) for at in run]
        places = [f"{one:g} {_place(line.points[at], top):g}" for one, at in zip(x, run, strict=True)]
        yield f"M{places[0]}" + ("h0" if len(places) == 1 else "".join(f"L{place}" for place in places[1:]))


def _split(instants: Sequence[int], period: int) -> Iterator[list[int]]:
    """Runs of instants that follow each other: in between nothing was measured, and nothing is drawn."""
    run = [*instants[:1]]
    for before, at in pairwise(instants):
        if at - before > period:
            yield run
            run = []
        run.append(at)
    if run:
        yield run


def _place(value: float, top: float) -> float:
    """How far from the top a value lies."""
    return round(HEIGHT * (1 - min(max(value / top, 0), 1)), 1)

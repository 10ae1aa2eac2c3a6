"""How long random tests go on: the number of examples, seeds and mutations that they try.

`make test` tries a little. `make test-long` runs the same tests (those of hypothesis, and those marked `long`) with
TIMES as many tries.
"""

from __future__ import annotations

import os
from itertools import pairwise

import pytest
from hypothesis import settings

TIMES = int(os.environ.get("LEADERBOARDS_TEST_TIMES", "1"))
"""How many times as many tries as `make test` makes."""
IS_LONG = "LEADERBOARDS_TEST_TIMES" in os.environ
"""Whether this is `make test-long`."""


def examples(number: int) -> settings:
    """Have hypothesis try `number` * TIMES examples of a test."""
    return settings(max_examples=number * TIMES)


def chunks_of_seeds(few: int, many: int, chunks: int = 20) -> pytest.MarkDecorator:
    """Run a test with each of `chunks` ranges of `seeds`: `few` seeds in all, with `make test-long` `many` * TIMES.

    A range is one test, so that xdist spreads them, and a seed does not cost a test of its own.
    """
    number = many * TIMES if IS_LONG else few
    edges = [number * chunk // chunks for chunk in range(chunks + 1)]
    marks = [
        pytest.param(range(*edge), marks=pytest.mark.long, id=f"{edge[0]}-{edge[1] - 1}") for edge in pairwise(edges)
    ]
    return pytest.mark.parametrize("seeds", marks)


def seeds(number: int) -> pytest.MarkDecorator:
    """Run a test with each `seed` below `number` * TIMES."""
    marks = [pytest.param(seed, marks=pytest.mark.long) for seed in range(number * TIMES)]
    return pytest.mark.parametrize("seed", marks)

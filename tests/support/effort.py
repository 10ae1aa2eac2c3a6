"""How long random tests go on: the number of examples, seeds and mutations that they try.

`make test` tries a little. `make test-long` runs the same tests (those of hypothesis, and those marked `long`) with
TIMES as many tries.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

TIMES = int(os.environ.get("LEADERBOARDS_TEST_TIMES", "1"))
"""How many times as many tries as `make test` makes."""


def examples(number: int) -> settings:
    """Have hypothesis try `number` * TIMES examples of a test."""
    return settings(max_examples=number * TIMES)


def seeds(number: int) -> pytest.MarkDecorator:
    """Run a test with each `seed` below `number` * TIMES."""
    marks = [pytest.param(seed, marks=pytest.mark.long) for seed in range(number * TIMES)]
    return pytest.mark.parametrize("seed", marks)

"""How much is tried by tests that could go on for ever: random examples, seeds, mutations.

`make test` tries a little. `make test-long` runs the same tests (those of hypothesis, and those marked `long`) with
TIMES as much.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

TIMES = int(os.environ.get("LEADERBOARDS_TEST_TIMES", "1"))
"""How many times as much as `make test`."""


def examples(number: int) -> settings:
    """How many examples hypothesis tries of a test: this many, or TIMES as many."""
    return settings(max_examples=number * TIMES)


def seeds(number: int) -> pytest.MarkDecorator:
    """The test runs with each `seed` below this number, or below TIMES as many."""
    marks = [pytest.param(seed, marks=pytest.mark.long) for seed in range(number * TIMES)]
    return pytest.mark.parametrize("seed", marks)

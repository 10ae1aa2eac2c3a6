"""What the tests of faults share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.forks import Mother, mother
from tests.faults.processes import controlled


@pytest.fixture(autouse=True)
def _controlled() -> Iterator[None]:
    with controlled():
        yield


@pytest.fixture(scope="session")
def warm() -> Iterator[Mother]:
    """The warm process from which those are forked that die."""
    with mother() as started:
        yield started

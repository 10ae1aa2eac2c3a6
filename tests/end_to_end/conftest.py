"""Two boards that run on the embedded AWS, for the tests that only play on them and read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from generator.local.stack import Stack, running
from tests.end_to_end.game import YAML, Game
from tests.support.projects import boards_of


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with running(boards_of(YAML)) as it:
        yield it


@pytest.fixture
def kills(stack: Stack) -> Game:
    return Game(stack, "kills")


@pytest.fixture
def wins(stack: Stack) -> Game:
    return Game(stack, "wins")

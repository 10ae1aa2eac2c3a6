"""Two boards that run on the embedded AWS, for the tests that only play on them and read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from generator.local.rehearsal.commands import start_rehearsal
from generator.local.stack import Stack
from tests.end_to_end.game import YAML, Game
from tests.support.projects import boards_of


@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    """The running stack of both boards, for all tests of this folder; idle, it takes a tenth of a processor."""
    stack = Stack()
    try:
        stack.start(boards_of(YAML))
        start_rehearsal(stack, lambda _: None)
        stack.wait_until_answering()
        yield stack
    finally:
        stack.stop()


@pytest.fixture
def kills(stack: Stack) -> Game:
    """The board `kills`."""
    return Game(stack, "kills")


@pytest.fixture
def wins(stack: Stack) -> Game:
    """The board `wins`."""
    return Game(stack, "wins")

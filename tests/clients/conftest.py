"""The boards that all generated clients read: one embedded AWS for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.boards import YAML, Boards
from tests.end_to_end.deployed import deploy_boards
from tests.support.projects import boards_of


@pytest.fixture(scope="session")
def boards() -> Iterator[Boards]:
    """Both boards, with their first snapshots."""
    with deploy_boards(boards_of(YAML)) as stack:
        boards = Boards(stack)
        boards.fill()
        yield boards

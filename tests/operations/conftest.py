"""What the tests of operations share."""

from __future__ import annotations

import pytest

from tests.support.executors import use_one_thread


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the functions and the operations work in the thread of their caller."""
    use_one_thread(monkeypatch)

"""What tests of the functions may ask for."""

from __future__ import annotations

import pytest

from tests.support.executors import use_one_thread


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The functions work in one thread, for tests that decide by chance what fails: the same chance fails the same
    thing, and a run takes half as long. The tests of counting once keep their threads."""
    use_one_thread(monkeypatch)

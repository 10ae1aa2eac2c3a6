"""What tests of the functions may ask for."""

from __future__ import annotations

import pytest

from tests.support.executors import OneThread


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The functions work in one thread, for tests that decide by chance what fails: the same chance fails the same
    thing, and a run takes half as long. The tests of counting once keep their threads."""
    for module in ("processor", "dynamodb.aggregates", "s3.bucket", "s3.rank_files"):
        monkeypatch.setattr(f"runtime.{module}.ThreadPoolExecutor", OneThread)

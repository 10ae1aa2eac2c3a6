"""One thread for all that the functions do, for tests that decide by chance: the same chance fails the same thing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import pytest


class OneThread(Executor):
    """Does each task when it is submitted, in the thread that submits it: the order is the same each time."""

    def __init__(self, max_workers: int) -> None:
        pass

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """The task, done."""
        future: Future[Any] = Future()
        try:
            future.set_result(work(*arguments, **named))
        except Exception as error:
            future.set_exception(error)
        return future


def use_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the functions and the operations work in the thread of their caller."""
    functions = (
        "simulator",
        "dynamodb.aggregates",
        "dynamodb.clearing",
        "dynamodb.recounting.settling",
        "dynamodb.streaming.table_stream",
        "lifecycle.assembling.counting",
        "lifecycle.assembling.files",
        "lifecycle.assembling.gathering",
        "lifecycle.assembling.writing",
        "lifecycle.changed_players",
        "lifecycle.line_reading",
        "s3.bucket",
        "s3.rank_files",
        "s3.ranks.bulk",
    )
    operations = (
        "redrives.putting_back",
        "redrives.pipe",
        "rejections",
        "following",
        "players.deleting",
        "backfilling.loading",
        "replays.replaying",
    )
    modules = [f"runtime.{name}" for name in functions] + [f"generator.operations.{name}" for name in operations]
    for module in modules:
        monkeypatch.setattr(f"{module}.ThreadPoolExecutor", OneThread)

"""An executor for tests that decide by chance: it does everything in one thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any


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

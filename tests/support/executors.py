"""One thread for all that the functions do, for tests that decide by chance: the same chance fails the same thing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from tests.support.paths import REPOSITORY


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


@cache
def find_threaded() -> tuple[ModuleType, ...]:
    """The modules of the functions and the operations that work in threads, whether they were imported before or not.

    Nobody lists them: of one that a list forgets, real threads would work beside those that a test knows of.
    """
    folders = (REPOSITORY / name for name in ("runtime", "generator/operations"))
    files = (path for folder in folders for path in sorted(folder.rglob("*.py")))
    threaded = (path for path in files if "ThreadPoolExecutor" in path.read_text(encoding="utf-8"))
    return tuple(import_module(".".join(path.relative_to(REPOSITORY).with_suffix("").parts)) for path in threaded)


def use_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the functions and the operations work in the thread of their caller."""
    for module in find_threaded():
        monkeypatch.setattr(module, "ThreadPoolExecutor", OneThread)

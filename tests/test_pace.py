"""What a parallel run says of its time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.support.pace import Pace


def make_report(test: str, seconds: float, worker: str | None = None) -> Any:
    """A report as pytest-xdist hands it on, or as pytest makes it where there are no workers."""
    named = {} if worker is None else {"node": SimpleNamespace(gateway=SimpleNamespace(id=worker))}
    return SimpleNamespace(nodeid=test, duration=seconds, **named)


def test_it_names_the_end_of_each_worker_and_the_slowest_files() -> None:
    now = iter([0.0, 10.0, 12.0, 31.0])
    pace = Pace(lambda: next(now))
    for report in (
        make_report("tests/a.py::test_it", 2, "gw1"),
        make_report("tests/b.py::test_it", 9, "gw0"),
        make_report("tests/a.py::test_more", 8.4, "gw1"),
    ):
        pace.add(report)
    assert pace.describe() == [
        "workers ended: gw0 after 12 s, gw1 after 31 s",
        "slowest files: tests/a.py 10 s, tests/b.py 9 s",
    ]


def test_a_run_with_one_process_says_nothing() -> None:
    pace = Pace()
    pace.add(make_report("tests/a.py::test_it", 2))
    assert pace.describe() == []

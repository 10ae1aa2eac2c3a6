"""What the tests share: files with expected content, and the command that accepts a new one."""

from __future__ import annotations

import difflib
import gc
import math
import os
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from generator import progress
from tests.browser.chromium import browser
from tests.support import processes, programs
from tests.support.effort import TIMES
from tests.support.fake_tools import arcade
from tests.support.pace import Pace

__all__ = ["arcade", "browser"]
"""One Chromium for every test that opens a page: Playwright takes one at a time."""

HERE = Path(__file__).parent
LONG = ("end_to_end", "check", "simulation", "browser", "faults", "terraform", "mistakes", "hostile", "fuzzing")
"""Folders of tests that take long, by work or by waiting, in the order in which they are begun."""

PACE = Pace()

# No test fails because the machine is busy.
settings.register_profile(
    "any-machine", max_examples=100 * TIMES, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any-machine")


def pytest_configure() -> None:
    """Prepare each worker before its first test, so that results depend neither on who starts the tests nor on when."""
    gc.disable()  # until all is imported and collected
    programs.decide()
    processes.stop_ignoring_signals()
    # On a busy machine a line of progress would be among what a command says that a test runs in its own process.
    progress._FIRST_SECONDS = math.inf


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take long first, so that no worker begins one when the others are about to end."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        begun = {folder: number for number, folder in enumerate(LONG)}
        items.sort(key=lambda item: begun.get(item.path.parent.name, len(LONG)))


def pytest_collection_finish() -> None:
    """Look for garbage among what tests make, and no more among what was imported and collected before them.

    That is half a million objects, which live until the end. To go through them again and again took a seventh of the
    time of tests that compute.
    """
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_runtest_setup() -> None:
    """Say how often Python looks for garbage, whatever the code that was tested before has said.

    By itself it looks after 700 objects more than before, which is every few hundred lines of a test. The last number
    decides how often it goes through all that tests keep: more seldom, and clients of AWS, which are cycles, take
    gigabytes by the end.
    """
    gc.set_threshold(20_000, 10, 10)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note how long tests take."""
    PACE.add(report)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the summaries that tests record, how many tests were skipped for each reason, and when workers ended."""
    for report in terminalreporter.stats.get("passed", []):
        for _, text in (each for each in report.user_properties if each[0] == "summary"):
            terminalreporter.write_line(text)
    reports = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in reports)
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count} skipped: {reason}")
    for line in PACE.describe():
        terminalreporter.write_line(line)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write what the tests got into the files that they expect")


@pytest.fixture
def expect(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """`expect(path, text)`: the file has that text. Else the test fails with a diff and the command that accepts it."""

    def check(path: Path, text: str) -> None:
        _compare(request, {path: text})

    return check


@pytest.fixture
def expect_folder(request: pytest.FixtureRequest) -> Callable[[Path, Mapping[str, str]], None]:
    """`expect_folder(folder, files)`: as `expect`, for all files of a folder (text by path), which has no others."""

    def check(folder: Path, files: Mapping[str, str]) -> None:
        stale = {path: None for path in folder.rglob("*") if path.is_file()}
        _compare(request, stale | {folder / name: text for name, text in files.items()})

    return check


def _compare(request: pytest.FixtureRequest, files: Mapping[Path, str | None]) -> None:
    """Fail if a file does not have its text, or if a file whose text is None exists."""
    # Bytes, not text: a line ending is part of what is expected.
    old = {path: path.read_bytes().decode() if path.exists() else None for path in files}
    wrong = {path: text for path, text in files.items() if old[path] != text}
    if not wrong:
        return
    if request.config.getoption("--accept"):
        for path, text in wrong.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True) if text is None else path.write_bytes(text.encode())
        return
    lines: list[str] = []
    for path, text in sorted(wrong.items()):
        name, before = path.relative_to(HERE.parent), old[path]
        heads = (f"{name} ({'no such file' if before is None else 'expected'})", "no file" if text is None else "got")
        diff = difflib.unified_diff((before or "").split("\n"), (text or "").split("\n"), *heads, lineterm="")
        lines += list(diff) or [f"--- {heads[0]}", f"+++ {heads[1]}"]
    command = f"make test ARGS='--accept \"{request.node.nodeid}\"'"
    pytest.fail("\n".join([*lines, "", f"If this is how it should be: {command}"]), pytrace=False)

"""What is said of a work while it goes on."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator

import pytest

from generator import progress
from generator.progress import report_progress, wait_for


def test_progress_is_said_now_and_then_of_what_is_done() -> None:
    """The clock goes on by a second and a half with each part, and by three with the fourth."""
    done: list[str] = []
    said: list[str] = []
    passed = iter([0.0, 1.5, 3.0, 4.5, 7.5, 8.0])

    def parts() -> Iterator[str]:
        for part in "abcde":
            said.append(f"begin {part}")
            yield part

    for part in report_progress(parts(), lambda part: f"{part}: {len(done)}", said.append, 2.0, passed.__next__):
        done.append(part)
    assert done == [*"abcde"]
    # A part is told of once it is done, before the next begins.
    assert said == ["begin a", "begin b", "b: 2", "begin c", "begin d", "d: 4", "begin e"]


def test_work_that_is_quickly_done_says_nothing() -> None:
    said: list[str] = []
    assert list(report_progress(range(1000), str, said.append, clock=lambda: 7.0)) == [*range(1000)]
    assert said == []


def test_a_part_is_told_of_where_a_step_would_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_FIRST_SECONDS", 3.0)
    said: list[str] = []
    assert [*report_progress("abc", str, said.append, clock=iter([0.0, 2.0, 4.0, 6.5]).__next__)] == [*"abc"]
    assert said == ["b"]


class Terminal(io.StringIO):
    """A stream that says whether it is a terminal, and notices what is written to it."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal
        self.is_written = threading.Event()

    def isatty(self) -> bool:
        return self._terminal

    def write(self, text: str) -> int:
        self.is_written.set()
        return super().write(text)


def test_a_work_that_takes_long_is_waited_for_and_its_time_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_FIRST_SECONDS", 0.0)
    monkeypatch.setattr(progress, "_TERMINAL_SECONDS", 0.01)
    shown = Terminal(True)
    # The work ends once it is shown, however late that is on a busy machine.
    assert wait_for(lambda: shown.is_written.wait(60), "rebuilding kills", shown) is True
    assert re.match("\r\033\\[Krebuilding kills \\.\\.\\. [0-9]+ s", shown.getvalue())
    assert shown.getvalue().endswith("\r\033[K")


def test_what_a_work_raises_is_raised() -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        wait_for(fail, "rebuilding", Terminal(False))

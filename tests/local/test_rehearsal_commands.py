"""What a run answers to the commands of a rehearsal while its boards are being changed, and what ends with it."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

import pytest

from generator.local.rehearsal import commands
from generator.local.rehearsal.commands import make_commands, start_rehearsal


class HalfChangedStack:
    """A run whose boards cannot be read while one of them is being changed: it has no tables then."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.asked = threading.Event()
        self.aws = SimpleNamespace(clock=SimpleNamespace(now=lambda: 0, ahead_seconds=0))

    @property
    def boards(self) -> dict[str, Any]:
        """The boards, of which there are none."""
        assert self.turn.locked()
        self.asked.set()
        return {}


def test_windows_are_listed_once_no_board_is_being_changed() -> None:
    stack = HalfChangedStack()
    listed: list[dict[str, Any]] = []
    windows = make_commands(cast(Any, stack), cast(Any, None))["windows"]
    asking = threading.Thread(target=lambda: listed.append(windows({})), daemon=True)
    with stack.turn:
        asking.start()
        assert not stack.asked.wait(0.2)
    asking.join(60)
    assert listed == [{"now": "1970-01-01T00:00:00.000Z", "ahead_seconds": 0, "windows": []}]


def test_events_are_collected_as_long_as_the_run_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes on after it asks whoever has got the port of its embedded AWS since."""
    collected = threading.Event()
    monkeypatch.setattr(commands, "COLLECT_SECONDS", 0.01)
    monkeypatch.setattr(commands, "EventLog", lambda aws: SimpleNamespace(collect=collected.set))
    before, stack = {*threading.enumerate()}, Mock(stopping=False)
    start_rehearsal(stack, print)
    [worker] = [thread for thread in {*threading.enumerate()} - before if thread.name == "events"]
    assert collected.wait(60)
    stack.stopping = True
    worker.join(60)
    assert not worker.is_alive()

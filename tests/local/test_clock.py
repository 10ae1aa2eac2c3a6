"""The clock of a local run: it shows what it was set to, moves ahead at one instant for all, and never goes back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.local.emulator import server
from generator.local.rehearsal import clock, shifted_clock
from generator.local.rehearsal.clock import LocalClock
from runtime.domain.instants import DAY, HOUR

MACHINE = 1_795_000_000_400
"""Where the machine's clock stands when a test begins: 400 ms after a second began."""


class Machine:
    """The machine's clock, which goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = MACHINE

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += round(seconds * 1000)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The machine's clock that the run's clock reads."""
    machine = Machine()
    monkeypatch.setattr(clock, "_machine_now", lambda: machine.now)
    monkeypatch.setattr("time.sleep", machine.sleep)
    return machine


def test_it_shows_the_machines_time_if_nothing_else_is_said(tmp_path: Path, machine: Machine) -> None:
    ours = LocalClock(tmp_path / "clock.json")
    assert (ours.now(), ours.ahead_seconds) == (MACHINE, 0)


@pytest.mark.parametrize("wanted", [MACHINE + 3 * DAY, MACHINE - 300 * DAY, MACHINE + 1, MACHINE - 999])
def test_it_begins_where_it_was_set_and_goes_on_as_time_does(tmp_path: Path, machine: Machine, wanted: int) -> None:
    ours = LocalClock(tmp_path / "clock.json", wanted)
    assert 0 <= ours.now() - wanted < 1000
    # Ahead by whole seconds, so that the second of a stream record becomes a second.
    assert (ours.now() - machine.now) % 1000 == 0
    began = ours.now()
    machine.sleep(5)
    assert ours.now() == began + 5000


def test_it_moves_when_a_second_of_the_machine_begins(tmp_path: Path, machine: Machine) -> None:
    ours = LocalClock(tmp_path / "clock.json", MACHINE + DAY)
    target = ours.now() + 7 * DAY
    ours.move(target)
    assert machine.now == 1_795_000_001_000
    assert 0 <= ours.now() - target < 1000
    # What was written in the second before is read by the clock of then.
    assert ours.at(1_795_000_000_999) == 1_795_000_000_999 + DAY
    assert ours.at(1_795_000_000_000) == 1_795_000_000_000 + DAY
    assert ours.at(machine.now) == ours.now()


def test_a_step_is_written_before_it_takes_effect(tmp_path: Path, machine: Machine) -> None:
    machine.now += 550  # 50 ms before the next second: too late for every process to read of it
    ours = LocalClock(tmp_path / "clock.json")
    ours.move(ours.now() + HOUR)
    assert machine.now == 1_795_000_002_000


def test_it_waits_for_what_is_nearer_than_the_next_second(tmp_path: Path, machine: Machine) -> None:
    ours = LocalClock(tmp_path / "clock.json", MACHINE + DAY)
    ahead = ours.ahead_seconds
    ours.move(ours.now() + 300)
    assert (ours.ahead_seconds, machine.now) == (ahead, 1_795_000_001_000)


def test_it_never_goes_back(tmp_path: Path, machine: Machine) -> None:
    ours = LocalClock(tmp_path / "clock.json", MACHINE + DAY)
    before = ours.now()
    ours.move(before - HOUR)
    ours.move(before)
    assert (ours.now(), machine.now) == (before, MACHINE)


def test_each_move_is_told_of_once_it_has_been_made(tmp_path: Path, machine: Machine) -> None:
    ours = LocalClock(tmp_path / "clock.json")
    told: list[int] = []
    ours.on_move = lambda: told.append(ours.ahead_seconds)
    ours.move(ours.now() - HOUR)
    assert told == []
    ours.move(ours.now() + DAY)
    assert told == [ours.ahead_seconds]
    assert abs(ours.ahead_seconds - DAY // 1000) <= 1


def test_another_process_reads_the_same(tmp_path: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = LocalClock(tmp_path / "clock.json", MACHINE + DAY)
    ours.move(ours.now() + DAY)
    monkeypatch.setenv(shifted_clock.FILE_VARIABLE, str(ours.file))
    monkeypatch.setattr("time.time_ns", lambda: machine.now * 1_000_000)
    assert shifted_clock.now() == ours.now() == LocalClock(ours.file).now()


def test_old_steps_are_forgotten(tmp_path: Path, machine: Machine) -> None:
    ours = LocalClock(tmp_path / "clock.json")
    shown = []
    for _ in range(20):
        ours.move(ours.now() + DAY)
        shown.append((machine.now, ours.now()))
        machine.sleep(600)
    assert len(json.loads(ours.file.read_bytes())) < 10
    # What was written in the last hour is still read as it was.
    recent = [(then, ours.at(then)) for then, _ in shown if then > machine.now - clock.REMEMBERED]
    assert len(recent) == 5
    assert recent == shown[-5:]


EXPIRY = """
import importlib.util, sys, threading, time
sleep, pause = time.sleep, threading.Event()
time.sleep = lambda seconds: sleep(0.01 * pause.wait()) if seconds == 60 else sleep(seconds)
spec = importlib.util.spec_from_file_location("server", sys.argv[1])
server = importlib.util.module_from_spec(spec)
spec.loader.exec_module(server)
from ministack.services import dynamodb, eventbridge, scheduler
server._go_by_clock()
table = {"items": {"p": {"kept": {"expires_at": {"N": sys.argv[2]}}, "gone": {"expires_at": {"N": sys.argv[3]}}}}}
removed = threading.Event()
def remove(table, partition, key):
    table["items"][partition].pop(key)
    removed.set()
dynamodb._remove_item = remove
dynamodb._tables.set_scoped("0" * 12, "eu-central-1", "t", table)
setting = {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
dynamodb._ttl_settings.set_scoped("0" * 12, "eu-central-1", "t", setting)
pause.set()  # who looks for what has expired reads the clock only now, and not before it was set
removed.wait(120)
sleep(0.2)
def is_ahead(now):
    before, shown, after = time.time(), now(), time.time()
    return before - 0.001 <= shown - int(sys.argv[4]) <= after
print(*table["items"]["p"], is_ahead(eventbridge._now_ts), is_ahead(scheduler.time.time))
"""


@pytest.mark.parametrize("days", [-200, 200])
def test_the_embedded_aws_expires_fires_and_dates_events_by_it(tmp_path: Path, days: int) -> None:
    ours = LocalClock(tmp_path / "clock.json", steps=[(0, days * DAY)])
    now = ours.now() // 1000
    arguments = [str(server.__file__), str(now + 1000), str(now - 100), str(days * 86_400)]
    environment = {**os.environ, shifted_clock.FILE_VARIABLE: str(ours.file), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", EXPIRY, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    assert done.stdout.split() == ["kept", "True", "True"]

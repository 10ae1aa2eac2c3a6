"""The tests have the same result whoever starts them, and whatever is installed while they run."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.support import programs
from tests.support.processes import ENDING, finish, start_python

NOHUP = """
import os, signal, sys
from pathlib import Path
from tests.support.processes import stop_ignoring_signals, start_python

number = int(sys.argv[1])
signal.signal(number, signal.SIG_IGN)
stop_ignoring_signals()
with start_python("-c", "print('up', flush=True); import time; time.sleep(60)", cwd=Path.cwd()) as program:
    program.stdout.readline()
    program.send_signal(number)
    print(program.wait(50))
os.kill(os.getpid(), number)
print("ignored")
"""


@pytest.mark.parametrize("number", ENDING, ids=lambda number: signal.Signals(number).name)
def test_a_program_ends_by_a_signal_that_is_ignored_where_it_was_started(number: int, tmp_path: Path) -> None:
    with start_python("-c", NOHUP, str(int(number)), cwd=tmp_path) as process:
        assert finish(process) == (f"{-number}\nignored\n", "")


def test_what_is_installed_is_decided_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv(programs.DECIDED)
    for name in programs.INSTALL:
        monkeypatch.delenv(name.upper(), raising=False)
    path = tmp_path / "terraform"
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.prefix", str(tmp_path / "nowhere" / "venv"))
    programs.decide()
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    programs.decide()
    for name in programs.INSTALL:
        with pytest.raises(pytest.skip.Exception, match=f"{name} is not installed: .*, or set {name.upper()} to it"):
            programs.need(name)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="install Terraform"):
        programs.need("terraform")
    monkeypatch.delenv(programs.DECIDED)
    programs.decide()
    path.unlink()
    assert programs.need("terraform") == str(path)


def test_a_program_that_a_person_names_wrongly_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(programs.DECIDED)
    monkeypatch.setenv("CHROMIUM", "/no/such/browser")
    with pytest.raises(pytest.UsageError, match="CHROMIUM=/no/such/browser is no program"):
        programs.decide()

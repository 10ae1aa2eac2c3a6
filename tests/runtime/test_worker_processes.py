"""Worker processes: what becomes of their answers, failures and deaths, and that nothing of them is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest

from runtime.sorting.processes import WorkerError, run_workers
from tests.support.paths import REPOSITORY

WORKER = "tests.support.some_worker"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty temporary folder, which must be empty afterwards."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


def run(*requests: dict[str, Any]) -> list[Any]:
    with ExitStack() as stack:
        files = [stack.enter_context(TemporaryFile()) for _ in requests]
        answers = run_workers(WORKER, requests, files)
        for request, file in zip(requests, files, strict=True):
            file.seek(0)
            assert file.read() == request["text"].encode()
        return answers


def children() -> set[str]:
    found = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "pid=,args="], capture_output=True, check=False)
    return {line for line in found.stdout.decode().splitlines() if WORKER in line}


@pytest.mark.usefixtures("temporary")
def test_each_worker_answers_with_the_code_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, "/opt/python"])
    answers = run({"text": "one" * 100_000, "then": "answer"}, {"text": "zwei €", "then": "answer"})
    assert len({each["pid"] for each in answers}) == 2
    assert {each["path"] for each in answers} == {os.pathsep.join(path for path in sys.path if path)}


@pytest.mark.usefixtures("temporary")
def test_a_failure_is_told_with_its_traceback_and_ends_the_others() -> None:
    with pytest.raises(WorkerError, match=r"has failed \(1\): Traceback[\s\S]*ValueError: what went wrong$"):
        run({"text": "", "then": "wait"}, {"text": "what went wrong", "then": "fail"})
    assert children() == set()


@pytest.mark.usefixtures("temporary")
def test_a_worker_that_is_killed_is_noticed() -> None:
    with pytest.raises(WorkerError, match="was ended by the signal SIGKILL, and said nothing"):
        run({"text": "", "then": "die"}, {"text": "", "then": "wait"})
    assert children() == set()


@pytest.mark.usefixtures("temporary")
def test_a_module_that_is_not_there_is_told() -> None:
    with TemporaryFile() as file, pytest.raises(WorkerError, match=r"No module named 'tests\.support\.nobody'"):
        run_workers("tests.support.nobody.at_all", [{}], [file])


def test_workers_end_with_the_process_that_started_them(temporary: Path) -> None:
    """Also where it is killed: then nothing is left on the temporary folder either."""
    program = (
        "from tempfile import TemporaryFile\n"
        "from runtime.sorting.processes import run_workers\n"
        f"run_workers({WORKER!r}, [{{'text': 'x' * 1000, 'then': 'wait'}}] * 2, [TemporaryFile(), TemporaryFile()])\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "TMPDIR": str(temporary)}
    parent = subprocess.Popen([sys.executable, "-c", program], env=environment)
    started = wait_for(lambda: workers_of(parent.pid), 2)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    wait_for(lambda: [pid for pid in started if is_running(pid)], 0)


def is_running(pid: int) -> bool:
    """Whether a process has not ended. Where nobody asks how it did, Linux goes on listing it as a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def workers_of(pid: int) -> list[int]:
    found = subprocess.run(["ps", "--ppid", str(pid), "-o", "pid="], capture_output=True, check=False)
    return [int(line) for line in found.stdout.split()]


def wait_for(look: Any, wanted: int) -> list[int]:
    """Look until there are so many."""
    for _ in range(1200):
        found: list[int] = look()
        if len(found) == wanted:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{found} are {len(found)}, not {wanted}")

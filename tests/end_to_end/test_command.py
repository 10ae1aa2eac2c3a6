"""`leaderboards local` as a program: what it writes, and that nothing outlives it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.game import YAML, get
from tests.support.processes import start


@contextmanager
def local(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """The command in a folder of its own, with a folder for temporary files of its own."""
    (folder / "leaderboards.yaml").write_text(YAML)
    (folder / "tmp").mkdir()
    process = start("local", *options, cwd=folder, TMPDIR=str(folder / "tmp"))
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def started_in(folder: Path) -> list[str]:
    """Processes that have the folder in their environment: the command's own, and what it started. Of Linux only."""
    found: list[str] = []
    if not Path("/proc/self/environ").exists():
        return found
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if str(folder / "tmp").encode() in (entry / "environ").read_bytes():
                    found.append((entry / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
    return found


def assert_nothing_is_left(folder: Path) -> None:
    until = time.monotonic() + 5
    while started_in(folder) and time.monotonic() < until:
        time.sleep(0.05)
    assert started_in(folder) == []
    assert list((folder / "tmp").iterdir()) == []


def wait_for(file: Path, process: subprocess.Popen[str], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not file.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until, "not ready in time"
        time.sleep(0.05)


def test_the_command_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    with local(tmp_path, "--simulate", "20", "--ready-file", str(ready)) as process:
        wait_for(ready, process)
        told = json.loads(ready.read_text())
        assert set(told) == {"endpoint", "region", "access_key_id", "secret_access_key", "boards"}
        assert set(told["boards"]) == {"kills", "wins"}
        for name, board in told["boards"].items():
            assert set(board) == {
                "activities_table",
                "aggregates_table",
                "queue_url",
                "dead_letter_queue_url",
                "bucket",
                "api_url",
                "page_url",
            }
            assert board["activities_table"] == f"e2e-{name}-activities"
            assert get(f"{board['api_url']}/v1/leaderboard")[0] == 200
        # Players come, and their scores move.
        seen: set[str] = set()
        until = time.monotonic() + 20
        while len(seen) < 3:
            assert time.monotonic() < until, seen
            entries = get(f"{told['boards']['wins']['api_url']}/v1/leaderboard?limit=5")[1]["entries"]
            if entries:
                seen.add(json.dumps(entries))
            time.sleep(0.3)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=10)
        assert process.returncode == 0, err
        assert time.monotonic() - began < 5
    assert out.splitlines() == [f"{name}: {told['boards'][name]['page_url']}" for name in ("kills", "wins")]
    assert "Traceback" not in err
    assert "warning" not in err
    assert not ready.exists()
    assert_nothing_is_left(tmp_path)


@pytest.mark.parametrize("seconds", [0, 0.2, 1, 2])
def test_interrupted_while_it_starts_it_ends_the_same_way(tmp_path: Path, seconds: float) -> None:
    with local(tmp_path) as process:
        assert process.stderr
        assert process.stderr.readline() == "starting the embedded AWS\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert_nothing_is_left(tmp_path)


def test_killed_it_leaves_no_process(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    with local(tmp_path, "--board", "wins", "--simulate", "5", "--ready-file", str(ready)) as process:
        wait_for(ready, process)
        assert set(json.loads(ready.read_text())["boards"]) == {"wins"}
        process.kill()
        process.communicate()
    assert_nothing_is_left(tmp_path)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with local(tmp_path, "--port", str(port)) as process:
            _, err = process.communicate(timeout=20)
    assert process.returncode == 3
    assert f"port {port} of 127.0.0.1 cannot be used" in err
    assert "Traceback" not in err
    assert_nothing_is_left(tmp_path)


def test_a_ready_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with local(tmp_path, "--board", "wins", "--ready-file", str(tmp_path / "none" / "ready.json")) as process:
        _, err = process.communicate(timeout=30)
    assert process.returncode == 3
    assert "ready.json: cannot be written: No such file or directory" in err
    assert "Traceback" not in err
    assert_nothing_is_left(tmp_path)

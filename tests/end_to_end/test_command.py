"""`leaderboards local` as a program: what it writes, how it ends, and that nothing outlives it."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.game import YAML, get
from tests.support.processes import start
from tests.support.terminal import Terminal

BETWEEN_SEASONS = """\
  - name: between
    team: nebula
    scoring: {rules: [{activity: win, points: 1}]}
    window: {every: season, seasons: [{name: one, starts: 2020-01-01, ends: 2020-04-01}]}
"""
"""A board of which no window is open, now or ever: its API answers 404."""


@contextmanager
def start_local(folder: Path, *options: str, more: str = "") -> Iterator[subprocess.Popen[str]]:
    """Run the command in a folder, with temporary files in `tmp` below it. It is killed at the end.

    `more`: boards beside those of YAML.
    """
    (folder / "leaderboards.yaml").write_text(YAML + more)
    (folder / "tmp").mkdir()
    process = start("local", *options, cwd=folder, TMPDIR=str(folder / "tmp"))
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def list_processes(folder: Path) -> list[str]:
    """The processes that were started in a folder, which is in their environment. Empty on anything but Linux."""
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
    """Assert that soon no process and no temporary file is left."""
    until = time.monotonic() + 60
    while list_processes(folder) and time.monotonic() < until:
        time.sleep(0.05)
    assert list_processes(folder) == []
    assert list((folder / "tmp").iterdir()) == []


def wait_for(file: Path, process: subprocess.Popen[str], seconds: float = 240) -> None:
    """Wait until a file exists. Fails if the process ends before."""
    until = time.monotonic() + seconds
    while not file.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until, "not ready in time"
        time.sleep(0.05)


def test_the_command_serves_until_sigterm(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    with start_local(tmp_path, "--simulate", "20", "--ready-file", str(ready)) as process:
        wait_for(ready, process)
        ready_document = json.loads(ready.read_text())
        keys = {"access_key_id", "secret_access_key"}
        others = {"clock_ahead_seconds", "game_server", "control", "boards"}
        assert set(ready_document) == {"pid", "endpoint", "region", *keys, *others}
        assert ready_document["clock_ahead_seconds"] == 0
        assert set(ready_document["game_server"]) == keys
        assert ready_document["pid"] == process.pid
        assert set(ready_document["boards"]) == {"kills", "wins"}
        for name, board in ready_document["boards"].items():
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
        # The simulator plays, and the ranking changes.
        seen: set[str] = set()
        until = time.monotonic() + 240
        while len(seen) < 3:
            assert time.monotonic() < until, seen
            entries = get(f"{ready_document['boards']['wins']['api_url']}/v1/leaderboard?limit=5")[1]["entries"]
            if entries:
                seen.add(json.dumps(entries))
            time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    assert out.splitlines() == [f"{name}: {ready_document['boards'][name]['page_url']}" for name in ("kills", "wins")]
    assert "Traceback" not in err
    assert "warning" not in err
    assert err.endswith("stopped, and its data is gone: with --keep DIR it stays\n")
    assert not ready.exists()
    assert_nothing_is_left(tmp_path)


@pytest.mark.parametrize("seconds", [0, 1])
def test_an_interrupt_while_it_starts_ends_it_the_same_way(tmp_path: Path, seconds: float) -> None:
    with start_local(tmp_path) as process:
        assert process.stderr
        assert process.stderr.readline() == "starting the embedded AWS\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert_nothing_is_left(tmp_path)


def test_a_killed_command_leaves_no_process(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    options = ("--board", "between", "--simulate", "5", "--ready-file", str(ready))
    with start_local(tmp_path, *options, more=BETWEEN_SEASONS) as process:
        wait_for(ready, process)
        boards = json.loads(ready.read_text())["boards"]
        assert set(boards) == {"between"}
        assert get(f"{boards['between']['api_url']}/v1/leaderboard")[0] == 404
        process.kill()
        process.communicate()
    assert_nothing_is_left(tmp_path)


def test_a_port_that_is_taken_is_an_error(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with start_local(tmp_path, "--port", str(port)) as process:
            _, err = process.communicate(timeout=120)
    assert process.returncode == 3
    assert f"port {port} of 127.0.0.1 cannot be used" in err
    assert "Traceback" not in err
    assert_nothing_is_left(tmp_path)


def test_a_ready_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with start_local(tmp_path, "--board", "wins", "--ready-file", str(tmp_path / "none" / "ready.json")) as process:
        _, err = process.communicate(timeout=240)
    assert process.returncode == 3
    assert "ready.json: cannot be written: No such file or directory" in err
    assert "Traceback" not in err
    assert_nothing_is_left(tmp_path)


def test_on_a_terminal_it_is_a_welcome_with_what_flows_below(tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    (tmp_path / "tmp").mkdir()
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))
    options = ("--board", "wins", "--simulate", "20")
    temporary = str(tmp_path / "tmp")
    process = start("local", *options, cwd=tmp_path, stream=follower, TERM="xterm", NO_COLOR="1", TMPDIR=temporary)
    os.close(follower)
    terminal, counted = Terminal(100, 50), re.compile(r"^wins +(\d+) +\d+ +([1-9]\d*) .* ago", re.MULTILINE)
    try:
        until = time.monotonic() + 240
        while not counted.search("\n".join(terminal.lines)):
            assert time.monotonic() < until, terminal.lines
            terminal.write(os.read(leader, 65_536).decode())
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=120) == 0
    finally:
        process.kill()
        process.communicate()
        os.close(leader)
    lines = terminal.lines
    assert re.fullmatch(r"1 board runs on this machine, after \d+ s\. Ctrl-C stops everything\.", lines[1])
    [wins] = [line for line in lines if line.startswith("  wins ")]
    assert wins.endswith("/nebula/wins/")
    # What was shown while it started is gone, and the table is there once.
    assert not [line for line in lines if "deploying" in line or "starting" in line]
    assert len([line for line in lines if "last snapshot" in line]) == 1
    # For a program there are lines on standard output; a person does not need both.
    assert not [line for line in lines if line.startswith("wins: ")]
    assert_nothing_is_left(tmp_path)

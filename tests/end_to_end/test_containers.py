"""docs/game-servers.md, "In containers": what its `compose.yaml` says works, each container being a program here.

Docker is not needed: the run listens as the page says, and the game server comes to it from another loopback address,
with nothing but what the page gives to its container.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.end_to_end.deployed import wait_until
from tests.end_to_end.elsewhere import ELSEWHERE
from tests.end_to_end.game import YAML, get
from tests.support.docs_programs import PAGE, SAID, SCORES, program
from tests.support.markdown import fenced
from tests.support.processes import start

PLAYER = "p-1042"


@pytest.fixture
def services() -> dict[str, Any]:
    """The containers of the page."""
    found: dict[str, Any] = yaml.safe_load(fenced(PAGE, "yaml")[1])["services"]
    return found


def take_port() -> int:
    """A port that is free now: the page's may be taken here. None that Linux gives to whoever asks for any."""
    for port in range(20_000 + os.getpid() % 10_000, 32_000):
        with suppress(OSError), socket.create_server(("0.0.0.0", port)):
            return port
    raise AssertionError("no port is free")


def test_the_containers_of_the_page(tmp_path: Path, services: dict[str, Any]) -> None:
    run, server, port = services["leaderboards"], services["game-server"], take_port()

    def put_here(text: str) -> str:
        """The same words, with a folder and a port of this machine."""
        return text.replace("/keys", str(tmp_path / "keys")).replace("8080", str(port))

    name, command, *options = shlex.split(put_here(run["command"]))
    assert (name, command) == ("leaderboards", "local")
    is_healthy = ["sh", "-c", put_here(run["healthcheck"]["test"])]
    keys = tmp_path / "keys" / "config"
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    process = start(command, *options, cwd=tmp_path)
    try:
        assert subprocess.run(is_healthy, check=False).returncode != 0
        wait_until(lambda: keys.exists() or process.poll() is not None, 240)
        assert subprocess.run(is_healthy, check=False).returncode == 0
        # The user of the other container is another one.
        assert stat.S_IMODE(keys.stat().st_mode) == 0o644
        environment = {name: put_here(text) for name, text in server["environment"].items()}
        assert environment["AWS_ENDPOINT_URL"] == f"http://leaderboards:{port}"
        (tmp_path / "game_server.py").write_text(program("python"))
        done = subprocess.run(
            [sys.executable, "game_server.py"],
            cwd=tmp_path,
            env={name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
            | environment
            | {"AWS_ENDPOINT_URL": f"http://{ELSEWHERE}:{port}", "ACTIVITIES_TABLE": "e2e-kills-activities"}
            | {"HOME": str(tmp_path), "NO_PROXY": ELSEWHERE},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, SAID), done.stderr
        player = f"http://{ELSEWHERE}:{port}/nebula/kills/v1/players/{PLAYER}"
        wait_until(lambda: get(player)[0] == 200, 240)
        assert get(player)[1]["entry"]["score"] == SCORES[PLAYER]
        # A program on this machine needs nothing but the file: it has the address too.
        assert re.search(rf"^endpoint_url = http://127.0.0.1:{port}$", keys.read_text(), re.M)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    finally:
        process.kill()
        process.communicate()
    assert f"game servers: http://127.0.0.1:{port}, with AWS_CONFIG_FILE={keys}\n" in err
    assert f"kills: http://127.0.0.1:{port}/nebula/kills/\n" in out
    assert not keys.exists()


def test_the_ports_and_names_of_the_page_fit(services: dict[str, Any]) -> None:
    run, server = services["leaderboards"], services["game-server"]
    assert "--host 0.0.0.0 --port 8080 " in run["command"]
    assert run["ports"] == ["127.0.0.1:8080:8080"]
    assert server["environment"]["AWS_ENDPOINT_URL"] == "http://leaderboards:8080"
    assert server["environment"]["AWS_CONFIG_FILE"] == "/keys/config"
    assert server["volumes"] == ["keys:/keys:ro"]
    assert "keys:/keys" in run["volumes"]
    assert server["depends_on"] == {"leaderboards": {"condition": "service_healthy"}}

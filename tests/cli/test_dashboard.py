"""`leaderboards dashboard`: what it prints and serves, and what it refuses."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.alarms.alarm import Metric
from generator.alarms.reading import read_alarms
from generator.local.doors.control import Control
from generator.local.doors.metrics_door import make_metric_commands
from generator.local.rehearsal.clock import LocalClock
from generator.local.services.cloudwatch import CloudWatch
from generator.local.services.http_server import Body, HttpServer, Request
from runtime.domain.instants import rfc3339
from tests.support.bundles import bundle_of
from tests.support.cli import run
from tests.support.projects import board_yaml, boards_of, project_yaml

YAML = project_yaml(board_yaml("kills"), board_yaml("wins"))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A project whose board `kills` runs on this machine, with three activities that wait; `wins` does not run."""
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    board, _ = boards_of(YAML)
    clock = LocalClock(tmp_path / "clock.json")
    cloudwatch, control = CloudWatch(clock, dict), Control()
    cloudwatch.put_alarms("kills", read_alarms(bundle_of(board)))
    waiting = Metric.of("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": board.names.part("activities")})
    cloudwatch.datapoints.put(waiting, clock.now() / 1000, 3)
    for name, command in make_metric_commands(cloudwatch).items():
        control.register(name, command)
    control.register("now", lambda _: {"now": rfc3339(clock.now())})
    control.start()
    keys = {"access_key_id": "a", "secret_access_key": "b"}
    ready = {
        "endpoint": control.url,
        "region": board.region,
        **keys,
        "game_server": keys,
        "control": {"url": control.url, "token": control.token},
        "boards": {"kills": {"activities_table": board.activities_table}},
    }
    (tmp_path / ".leaderboards_cache").mkdir()
    (tmp_path / ".leaderboards_cache" / "local.json").write_text(json.dumps(ready))
    yield tmp_path
    control.stop()


def test_the_values_for_scripts(folder: Path) -> None:
    result = run("dashboard", "kills", "--local", "--json", cwd=folder)
    assert (result.code, result.stderr) == (0, "")
    document = json.loads(result.stdout)
    assert document["board"] == "kills"
    assert len(document["alarms"]) == 13
    [waiting] = [chart["lines"] for chart in document["charts"] if chart["title"] == "Waiting"]
    assert [line["newest"] for line in waiting] == [3]


def test_it_serves_until_somebody_interrupts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages, opened = list[str](), list[str]()

    def interrupt(server: HttpServer, poll_interval: float) -> None:
        host = f"127.0.0.1:{server.server_address[1]}"
        pages.append(server.respond(Request("GET", host, "/", "", {}, Body(), True)).body.decode())
        raise KeyboardInterrupt

    monkeypatch.setattr(HttpServer, "serve_forever", interrupt)
    monkeypatch.setattr("webbrowser.open", opened.append)
    result = run("dashboard", "kills", "--local", "--no-open", cwd=folder)
    assert (result.code, result.stderr, opened) == (0, "the dashboard of kills; Ctrl-C ends it\n", [])
    assert "<title>kills: operations</title>" in pages[0]
    url = result.stdout.strip()
    assert url.startswith("http://127.0.0.1:")
    # By default it opens on a terminal only.
    assert (run("dashboard", "kills", "--local", cwd=folder).code, opened) == (0, [])
    assert run("dashboard", "kills", "--local", "--open", cwd=folder).code == 0
    assert len(opened) == 1


IN_AWS = (
    "in AWS, CloudWatch draws it: the dashboard arcade-kills in eu-central-1, which the bundle's Terraform makes. For "
    "the boards of `leaderboards local`, add --local."
)
WRONG = [
    (("kills",), IN_AWS),
    (("kils", "--local"), 'BOARD: there is no "kils" in leaderboards.yaml. Did you mean "kills"?'),
    (("wins", "--local"), "--local: arcade-wins is not among the boards that run there: kills"),
    (("kills", "--local", "--since", "2d"), "--since: at most 24h are drawn."),
    (("kills", "--local", "--since", "soon"), '"soon" is no duration: write one as 30s, 90m, 2h or 2d6h.'),
]


@pytest.mark.parametrize(("arguments", "problem"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_what_is_wrong_is_said(folder: Path, arguments: tuple[str, ...], problem: str) -> None:
    result = run("dashboard", *arguments, cwd=folder)
    assert (result.code, result.stdout, result.stderr) == (2, "", problem + "\n")


def test_where_nothing_runs_or_the_port_is_taken(folder: Path) -> None:
    nothing = run("dashboard", "kills", "--ready-file", "none.json", cwd=folder)
    assert (nothing.code, nothing.stderr.split(". ")[0]) == (
        2,
        "--local: none.json cannot be read: No such file or directory",
    )
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = run("dashboard", "kills", "--local", "--port", port, cwd=folder)
    assert result.code == 3
    assert result.stderr.startswith(f"port {port} of 127.0.0.1 cannot be used: ")

"""`leaderboards status`: what it prints, exactly, of boards in an AWS in memory, and its exit codes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from generator.alarms.datapoints import Datapoints
from generator.cli.operations.status import status as command
from generator.cli.operations.status import watching
from generator.cli.operations.status.expecting import expect_build
from generator.cli.operations.status.one import show_one
from generator.cli.operations.status.table import show_table
from generator.cli.operations.status.words import describe_span
from generator.rendering.archives import CODE, build_archives
from runtime import metrics
from runtime.domain.instants import HOUR
from tests.operations.watched import OTHER, YAML, Watched, expect
from tests.runtime.boards import NOW
from tests.support.cli import Result, run
from tests.support.terminal import Terminal

UNHEALTHY = """\
nebula/kills: unhealthy, 2026-11-24T00:00:00.000Z
  ! 2 messages in activities-dead-letters, alarm on since 2026-11-23T23:59:00.000Z
      leaderboards redrive kills --from dead-letters --profile ops
  ! api runs other code than build/nebula/kills
      terraform -chdir=build/nebula/kills/terraform apply
  fresh       the snapshot is 4 s old, too old from 10 min on
  lag         an activity is counted after 1.5 s; what is counted is ranked after 4 s
  queues      activities 7, and 3 in work
              activities-dead-letters 2
              pipe-dead-letters 0
              schedule-dead-letters 0
  rejected    last hour 3 (3 late); last day 3 (3 late)
  alarms      1 of 13 on, without data: throttles
  rebuild     2026-11-23T23:59:56.000Z, 2 players, estimated at $0.000056 or less, $2.45 a month
  windows     2026-11-24T00: next reset 2026-11-24T01:00:00.000Z, in 1 h
              all-time: never ends
              2026-11-23T23: ended, takes what was written in time until 2026-11-24T00:05:00.000Z
  version     the functions do not all run what build/nebula/kills has, changed last
              2026-11-20T08:00:00.000Z
"""
FLEET = """\
state      board               age    lag  waiting  dead  rejected/h
unhealthy  nebula/kills        4 s  5.5 s        7     2           0  2 messages in activities-dead-letters; api runs \
other code than build/nebula/kills
well       orbit/feed-matches    -      -        0     0           -
well       orbit/laps          4 s  5.5 s        0     0           0
well       orbit/shared        4 s  5.5 s        0     0           0
1 unhealthy, 3 well
"""
NARROW = """\
state      board               age    lag  waiting  dead  rejected/h
unhealthy  nebula/kills        4 s  5.5 s        7     2           0
    2 messages in activities-dead-letters; api runs other code than build/ne...
well       orbit/feed-matches    -      -        0     0           -
well       orbit/laps          4 s  5.5 s        0     0           0
well       orbit/shared        4 s  5.5 s        0     0           0
1 unhealthy, 3 well"""


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """A place where all is well, which the command reaches."""
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    place = Watched()
    place.play_all()
    monkeypatch.setattr(command, "reach_in_aws", lambda _bundle, _place: place.reached)
    monkeypatch.setattr(command, "expect_build", lambda _folder: expect)
    return place


def break_kills(watched: Watched) -> None:
    """Let there be something to see in each line."""
    watched.depths |= {"arcade-kills-activities-dead-letters": (2, 0), "arcade-kills-activities": (7, 3)}
    watched.codes["arcade-kills-api"] = OTHER
    watched.put("kills", metrics.REJECTED_BY_REASON, 3, reason="late")
    watched.alarms |= {
        "arcade-kills-activities-dead-letters": ("ALARM", NOW // 1000 - 60),
        "arcade-kills-throttles": ("INSUFFICIENT_DATA", None),
        "arcade-kills-unhealthy": ("ALARM", NOW // 1000 - 60),
    }


def test_one_board_that_is_unhealthy_and_drifted(watched: Watched, tmp_path: Path) -> None:
    break_kills(watched)
    assert run("status", "kills", "--profile", "ops", cwd=tmp_path) == Result(
        1, UNHEALTHY.replace("1 of 13 on", "2 of 13 on"), ""
    )


def test_one_board_that_is_well(watched: Watched, tmp_path: Path) -> None:
    result = run("status", "kills", cwd=tmp_path)
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout.startswith("nebula/kills: well, 2026-11-24T00:00:00.000Z\n  fresh ")
    assert "the functions run what build/nebula/kills has" in result.stdout


def test_commands_say_where_the_board_was_looked_at(watched: Watched, tmp_path: Path) -> None:
    break_kills(watched)
    (tmp_path / "leaderboards.yaml").rename(tmp_path / "my boards.yaml")
    words = ("status", "kills", "--file", "my boards.yaml", "--profile", "ops")
    command = "leaderboards redrive kills --from dead-letters --file 'my boards.yaml' --profile ops"
    assert run(*words, cwd=tmp_path).stdout.splitlines()[2] == f"      {command}"
    first, second, *_ = json.loads(run(*words, "--json", cwd=tmp_path).stdout)["problems"]
    terraform = "terraform -chdir=build/nebula/kills/terraform apply"
    assert (first["command"], second["command"]) == (command, terraform)


def test_what_waits_is_not_said_to_be_ranked(watched: Watched, tmp_path: Path) -> None:
    """The queue's mapping may be off, and no watch runs: nobody knows how long the activities in it wait."""
    watched.datapoints = Datapoints()
    watched.depths["arcade-kills-activities"] = (5, 0)
    row = run("status", cwd=tmp_path).stdout.splitlines()[1]
    assert row.split()[1:] == ["nebula/kills", "4", "s", "-", "5", "0", "0"]
    watched.now += HOUR
    watched.worlds["arcade-kills"].rebuild(watched.now - 1000)
    words = " ".join(run("status", "kills", cwd=tmp_path).stdout.split())
    assert "no watch has measured of late when an activity is counted; all that is counted is ranked" in words


def test_a_team_narrows_the_fleet_only(watched: Watched, tmp_path: Path) -> None:
    said = "--team: it narrows the table of all boards; leave it out where you name one.\n"
    assert run("status", "kills", "--team", "orbit", cwd=tmp_path) == Result(2, "", said)


def test_the_fleet(watched: Watched, tmp_path: Path) -> None:
    break_kills(watched)
    assert run("status", cwd=tmp_path) == Result(1, FLEET, "looking at 4 bundles ...\n")
    of_team = run("status", "--team", "orbit", cwd=tmp_path)
    assert (of_team.code, of_team.stdout.splitlines()[-1]) == (0, "3 well")


def test_what_is_not_deployed_or_cannot_be_read(watched: Watched, tmp_path: Path) -> None:
    watched.refused.add("arcade-laps-api")
    result = run("status", cwd=tmp_path)
    assert result.code == 3
    assert result.stderr == "looking at 4 bundles ...\n1 cannot be read: orbit/laps\n"
    assert "unreadable  orbit/laps" in result.stdout
    watched.codes = {name: code for name, code in watched.codes.items() if "kills" not in name}
    assert run("status", cwd=tmp_path).code == 1
    said = "nebula/kills: not deployed, nothing of it is in eu-central-1\n"
    assert run("status", "kills", cwd=tmp_path) == Result(1, said, "")
    failed = run("status", "laps", cwd=tmp_path)
    assert (failed.code, failed.stdout) == (3, "")
    assert failed.stderr.startswith("AWS: An error occurred (AccessDeniedException)")


def test_as_json(watched: Watched, tmp_path: Path) -> None:
    break_kills(watched)
    one = json.loads(run("status", "kills", "--json", cwd=tmp_path).stdout)
    assert (one["state"], [problem["alarm"] for problem in one["problems"]]) == (
        "unhealthy",
        ["activities-dead-letters", None],
    )
    assert one["rejected"] == {"last_hour": {"late": 3}, "last_day": {"late": 3}}
    assert one["lag"] == {"counted_seconds": 1.5, "ranked_seconds": 4.0}
    assert [(window["id"], window["state"]) for window in one["windows"]] == [
        ("2026-11-24T00", "open"),
        ("all-time", "open"),
        ("2026-11-23T23", "open"),
    ]
    fleet = json.loads(run("status", "--json", cwd=tmp_path).stdout)["boards"]
    assert [board["name"] for board in fleet] == ["kills", "feed-matches", "laps", "shared"]
    assert "snapshot" not in fleet[1]


def test_several_environments_are_several_accounts(tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(YAML + "environments: {dev: {}, prod: {}}\n")
    message = "--env: boards are in dev and prod; name one.\n"
    assert run("status", cwd=tmp_path) == Result(2, "", message)
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    wrong = run("status", "kils", cwd=tmp_path)
    said = 'BOARD: there is no "kils" in leaderboards.yaml. Did you mean "kills"?\n'
    assert wrong == Result(2, "", said)


def test_a_terminal_of_eighty_columns(watched: Watched) -> None:
    break_kills(watched)
    found = watched.look_at_all()
    assert "\n".join(line.text for line in show_table(found, 80)) == NARROW
    assert [line.style for line in show_table(found, 80)] == ["dim", "red", "red", "", "", "", "bold"]
    few = [line.text for line in show_table(found, 80, rows=7)]
    assert (len(few), few[-2:]) == (6, ["and 2 more", "1 unhealthy, 3 well"])
    for line in (*show_table(found, 40), *show_one(watched.look("kills"), 80)):
        assert len(line.text) < 80 or line.text.lstrip().startswith(("leaderboards", "terraform"))


def test_what_somebody_wrote_into_an_error_obeys_no_terminal(watched: Watched, tmp_path: Path) -> None:
    watched.refused.add("arcade-laps-api")
    found = [each for each in watched.look_at_all() if each.facts is None]
    hostile = found[0].__class__(found[0].bundle, failure="\x1b[2Jgone\nwell")
    [_, row, _] = show_table([hostile], None)
    assert row.text.endswith("  \\x1b[2Jgone\\nwell")


def look_twice(monkeypatch: pytest.MonkeyPatch, between: Callable[[], object]) -> None:
    """Let --watch end at its third look, as if by Ctrl-C."""
    looks: list[float] = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        between()
        if len(looks) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(watching, "time", SimpleNamespace(sleep=sleep))  # other threads sleep as ever


def test_watch_writes_one_block_a_look(watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look_twice(monkeypatch, lambda: watched.refused.add("arcade-kills-api"))
    result = run("status", "--watch", cwd=tmp_path)
    assert (result.code, result.stderr) == (0, "")
    assert [block.splitlines()[-1] for block in result.stdout.strip().split("\n\n")] == [
        "4 well",
        "1 unreadable, 3 well",
    ]
    watched.refused.clear()
    look_twice(monkeypatch, lambda: watched.refused.add("arcade-kills-api"))
    lines = run("status", "kills", "--watch", "--json", cwd=tmp_path).stdout.splitlines()
    assert [json.loads(line)["state"] for line in lines] == ["well", "unreadable"]


def test_watch_draws_in_place_on_a_terminal(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for colour in (True, False):
        terminal = Terminal(80, 24)
        monkeypatch.setattr("sys.stdout", terminal)
        look_twice(monkeypatch, lambda: None)
        watching.watch(lambda columns, _rows: show_table(watched.look_at_all(), columns), lambda: None)
        assert terminal.lines[-1] == "4 well"
        assert len([line for line in terminal.lines if line.startswith("state")]) == 1
        assert bool(re.search(r"\x1b\[\d+m", terminal.sent)) is colour
        monkeypatch.setenv("NO_COLOR", "1")


def test_the_code_in_build_is_what_functions_should_run(watched: Watched, tmp_path: Path) -> None:
    board = watched.boards["kills"]
    would_be = base64.b64encode(hashlib.sha256(build_archives(board)[CODE]).digest()).decode()
    missing = expect_build(tmp_path)(board)
    assert (missing.digest, missing.source) == (would_be, "yaml")
    (tmp_path / board.folder / "lambda").mkdir(parents=True)
    (tmp_path / board.folder / CODE).write_bytes(b"older")
    there = expect_build(tmp_path)(board)
    assert (there.digest, there.source) == (base64.b64encode(hashlib.sha256(b"older").digest()).decode(), "build")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *((0, "0 s"), (1.55, "1.6 s"), (34, "34 s"), (119, "119 s"), (720, "12 min"), (12_000, "3 h 20 min")),
        *((187_200, "2 d 4 h"), (86_400_000, "1,000 d")),
    ],
)
def test_spans(seconds: float, words: str) -> None:
    assert describe_span(seconds) == words

"""`leaderboards advance` and `events`: what they ask of a run, and what they say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generator.cli.operations import events
from runtime.domain.events import MILESTONE_REACHED
from runtime.domain.instants import DAY, HOUR, MINUTE
from tests.support.cli import run
from tests.support.rehearsed import FRIDAY, GRACE, HOSTILE, RehearsedRun, make_closed

ENDED = "fish: week-2026-11-20 ended Fri 2026-11-27T18:00:00-03:00, "
SEALED = f'{ENDED}sealed; window_closed sent: 41 players: 1. zoe "Zoë" 12, 2. kai "Kai\\u202e\\x1b[2J" 9, 3. ana 7\n'


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.operations.rehearsing.STEP_SECONDS", 0)


def test_a_reset_is_reached_before_the_grace_is_over(tmp_path: Path) -> None:
    rehearsed = RehearsedRun(FRIDAY - HOUR)
    with rehearsed.serve(tmp_path):
        result = run("advance", "--to-reset", cwd=tmp_path)
    assert (result.code, rehearsed.moves) == (0, [FRIDAY])
    assert result.stdout == (
        f"{ENDED}takes late activities until Fri 2026-11-27T18:05:00-03:00; --to-seal goes past that\n"
        "the clock shows Fri 2026-11-27T18:00:00-03:00\n"
    )


def test_a_seal_is_waited_for_and_its_event_is_shown_once(tmp_path: Path) -> None:
    rehearsed = RehearsedRun(FRIDAY + MINUTE)
    with rehearsed.serve(tmp_path):
        result = run("advance", "--to-seal", "--board", "fish", cwd=tmp_path)
        assert (result.code, rehearsed.moves) == (0, [FRIDAY + GRACE])
        assert result.stdout == f"{SEALED}the clock shows Fri 2026-11-27T18:05:00-03:00\n"
        assert "1 window to seal: waiting until nothing arrives any more ...\n" in result.stderr
        assert "waiting until no function can still write ...\n" in result.stderr
        # It is sealed, so the next one is that of the window after it: there is none here.
        again = run("advance", "--to-seal", cwd=tmp_path)
    assert (again.code, again.stderr) == (2, "no window of these boards ends: all_time and rolling never close\n")


def test_a_long_way_is_gone_in_steps_past_several_windows(tmp_path: Path) -> None:
    ends = {f"w{number}": FRIDAY + 7 * number * DAY for number in range(4)}
    rehearsed = RehearsedRun(FRIDAY - DAY, ends)
    with rehearsed.serve(tmp_path):
        result = run("advance", "15d12h", "--json", cwd=tmp_path)
    document = json.loads(result.stdout)
    assert result.code == 0
    assert len(rehearsed.moves) == 8
    assert set(rehearsed.moves) == {FRIDAY + 14 * DAY + 12 * HOUR}
    assert "the clock is at 2026-11-28T21:00:00.000Z ...\n" in result.stderr
    assert (document["from"], document["now"]) == ("2026-11-26T21:00:00.000Z", "2026-12-12T09:00:00.000Z")
    assert [(each["window"], each["sealed"], each["event"]["id"]) for each in document["ended"]] == [
        (name, True, f"window/fish/{name}") for name in ("w0", "w1", "w2")
    ]
    assert len(document["events"]) == 6
    assert HOSTILE not in result.stdout


def test_only_events_of_this_move_count(tmp_path: Path) -> None:
    rehearsed = RehearsedRun(FRIDAY - HOUR)
    rehearsed.send("leaderboard.window_closed", make_closed("week-2026-11-13"))
    with rehearsed.serve(tmp_path):
        document = json.loads(run("advance", "2h", "--json", cwd=tmp_path).stdout)
    assert [event["detail"]["window"]["id"] for event in document["events"]] == ["week-2026-11-20"] * 2


class SealsMeanwhile(RehearsedRun):
    """A run that seals what is due just before its events are listed for the first time."""

    def events(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        while not self.sent:
            self.settle({})
        return super().events(arguments)


def test_the_event_of_a_window_that_is_sealed_while_the_move_begins_is_not_missed(tmp_path: Path) -> None:
    with SealsMeanwhile(FRIDAY + GRACE).serve(tmp_path):
        result = run("advance", "1m", cwd=tmp_path)
    assert (result.code, result.stdout) == (0, "the clock shows Fri 2026-11-27T18:06:00-03:00\n")


def test_a_window_that_is_not_sealed_in_time_is_a_finding(tmp_path: Path) -> None:
    rehearsed = RehearsedRun(FRIDAY, stuck=True)
    with rehearsed.serve(tmp_path):
        result = run("advance", "1h", "--wait", "0", cwd=tmp_path)
    assert result.code == 1
    assert f"{ENDED}is not sealed yet\n" in result.stdout
    again = "`leaderboards advance --to-seal --local` goes on waiting"
    assert result.stderr.endswith(f"not sealed after 0 seconds: fish week-2026-11-20; {again}\n")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((), "say where to, once: a duration such as 2h, --to TIME, --to-reset or --to-seal"),
        (("2h", "--to-reset"), "say where to, once"),
        (("--to-reset", "--to-seal"), "say where to, once"),
        (("soon",), '"soon" is no duration: write one as 30s, 90m, 2h or 2d6h'),
        (("--to", "18:00"), '--to: "18:00" is no time: write one as'),
        (("2h", "--board", "fish"), "--board: all boards have one clock"),
        (("--to-reset", "--board", "fisch\x1b"), '--board: "fisch\\x1b" does not run; write fish or other'),
        (("--to-reset", "--board", "other"), "no window of other ends: all_time and rolling never close"),
        (
            ("--to", "2026-11-27T17:00-03:00"),
            "the clock shows 2026-11-27T21:00:00.000Z already, and it never goes back",
        ),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, arguments: tuple[str, ...], problem: str) -> None:
    rehearsed = RehearsedRun(FRIDAY)
    with rehearsed.serve(tmp_path):
        result = run("advance", *arguments, cwd=tmp_path)
    assert (result.code, rehearsed.moves) == (2, [])
    assert problem in result.stderr
    assert result.stderr.splitlines()[-1].startswith(problem)


def test_events_are_listed_escaped_and_filtered(tmp_path: Path) -> None:
    rehearsed = RehearsedRun(FRIDAY)
    rehearsed.send("leaderboard.window_closed", make_closed("week-2026-11-20"))
    milestone = {"board": "other", "window": "all-time", "player_id": "p1", "milestone": 1000, "score": 1004}
    rehearsed.send(MILESTONE_REACHED, milestone)
    rehearsed.send(MILESTONE_REACHED, {"board": "\x1b[2J", "player_id": ["\x07"]})
    rehearsed.send(MILESTONE_REACHED, "not of a board")
    with rehearsed.serve(tmp_path):
        result = run("events", "--local", cwd=tmp_path)
        assert (result.code, result.stderr) == (0, "")
        assert result.stdout.splitlines() == [
            "2026-11-27T21:00:00.000Z window_closed fish week-2026-11-20: 41 players: "
            '1. zoe "Zoë" 12, 2. kai "Kai\\u202e\\x1b[2J" 9, 3. ana 7',
            "2026-11-27T21:00:00.000Z milestone_reached other all-time: p1 reached 1000 with 1004",
            '2026-11-27T21:00:00.000Z milestone_reached "\\x1b[2J" None: "[\'\\\\x07\']" reached None with None',
        ]
        only = json.loads(run("events", "--local", "--type", "milestone_reached", "--json", cwd=tmp_path).stdout)
        assert [event["detail"]["board"] for event in only["events"]] == ["other", "\x1b[2J"]
        newest = json.loads(run("events", "--local", "--limit", "1", "--json", cwd=tmp_path).stdout)
        assert [event["detail"]["board"] for event in newest["events"]] == ["\x1b[2J"]
        none = run("events", "--local", "--board", "fish", "--type", "milestone_reached", cwd=tmp_path)
        assert (none.code, none.stdout, none.stderr) == (0, "", "no event was sent so far\n")
        assert run("events", "--local", "--board", "fsh", cwd=tmp_path).code == 2


def test_events_of_aws_are_not_listed_and_it_says_why(tmp_path: Path) -> None:
    result = run("events", cwd=tmp_path)
    assert (result.code, result.stdout) == (2, "")
    assert "in AWS no service lists past events" in result.stderr
    assert "as docs/events.md shows" in result.stderr
    assert "add --local" in result.stderr


def test_events_are_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rehearsed = RehearsedRun(FRIDAY)
    turns = iter(range(3))

    def sleep(_seconds: float) -> None:
        if next(turns) == 2:
            raise KeyboardInterrupt
        rehearsed.send("leaderboard.window_closed", make_closed(f"w{len(rehearsed.sent)}"))

    monkeypatch.setattr(events, "time", SimpleNamespace(sleep=sleep))  # other threads sleep as ever
    with rehearsed.serve(tmp_path):
        result = run("events", "--local", "--follow", "--json", cwd=tmp_path)
    assert result.code == 130
    assert [json.loads(line)["detail"]["window"]["id"] for line in result.stdout.splitlines()] == ["w0", "w1"]

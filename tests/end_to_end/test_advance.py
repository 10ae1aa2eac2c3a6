"""The clock of a local run on the embedded AWS moves past resets, and each activity still counts where it belongs."""

from __future__ import annotations

import re
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from generator.local.rehearsal.commands import make_commands
from generator.local.rehearsal.event_log import EventLog
from generator.local.stack import Stack
from generator.operations.rejections import list_rejections
from runtime.domain.instants import DAY, HOUR, from_datetime, rfc3339
from runtime.dynamodb.table import Table
from tests.end_to_end.deployed import write_ready_file
from tests.end_to_end.game import Game, activity, get
from tests.support.cli import run
from tests.support.projects import boards_of, head

YAML = (
    head(project="clock")
    + """
boards:
  - name: fish
    team: nebula
    scoring: {rules: [{activity: catch, points: 1}]}
    window: {every: week, starts: friday, at: "18:00", timezone: America/Sao_Paulo, grace: 10m}
  - name: hours
    team: nebula
    scoring: {rules: [{activity: win, points: 1}]}
    window: [{every: hour, grace: 0s, keep: 2}, {every: rolling, days: 2}]
"""
)
FRIDAY = from_datetime(datetime.fromisoformat("2027-03-05T18:00-03:00"))
"""Its week is over then. The machine's clock is far from it, so what goes by that shows."""


class Rehearsal:
    """A run whose clock began at 15:10 on that Friday, and the commands that move it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.commands = make_commands(stack, EventLog(stack.aws))
        stack.control.register("now", self.commands["now"])

    @property
    def now(self) -> int:
        """What the run's clock shows."""
        return self.stack.aws.clock.now()

    def play(self, board: str, player: str, kind: str) -> None:
        """Write an activity, as a game server that goes by the run's clock does."""
        Game(self.stack, board).put(activity(player, kind, self.now / 1000))

    def advance(self, to: int) -> None:
        """Move the clock there."""
        while not self.commands["advance"]({"to": rfc3339(to)})["arrived"]:
            pass
        assert 0 <= self.now - to < 60_000

    def settle(self) -> list[dict[str, Any]]:
        """Wait until each window that is due is sealed. Returns all windows."""
        until = time.monotonic() + 240
        while True:
            listed: list[dict[str, Any]] = self.commands["settle"]({})["windows"]
            if not any(window["due"] for window in listed):
                return listed
            assert time.monotonic() < until, listed

    def rejected(self, board: str) -> list[str]:
        """The reasons for which activities were rejected."""
        marks = Table(self.stack.aws.client("dynamodb"), f"clock-{board}-marks", ("player_id", "activity_id"))
        return [each.reason for each in list_rejections(marks, self.now)]


@pytest.fixture(scope="module")
def rehearsal() -> Iterator[Rehearsal]:
    """The run, one for the tests of this file: each goes on where the one before has left the clock."""
    stack = Stack()
    try:
        stack.start(boards_of(YAML), begins=FRIDAY - 2 * HOUR - 50 * 60_000)
        stack.wait_until_answering()
        yield Rehearsal(stack)
    finally:
        stack.stop()


def test_whoever_writes_while_the_clock_moves_loses_nothing(rehearsal: Rehearsal) -> None:
    written, over = 0, threading.Event()

    def play() -> None:
        nonlocal written
        while not over.is_set():
            rehearsal.play("fish", "zoe", "catch")
            written += 1
            time.sleep(0.05)

    player = threading.Thread(target=play)
    player.start()
    try:
        for hours in (2, 1):
            rehearsal.advance(FRIDAY - hours * HOUR)
    finally:
        over.set()
        player.join()
    game = Game(rehearsal.stack, "fish")
    game.settle()
    assert rehearsal.rejected("fish") == []
    assert written > 10
    assert game.score("zoe") == written


def test_a_week_ends_and_is_sealed_when_the_clock_is_past_it(rehearsal: Rehearsal, tmp_path: Path) -> None:
    game = Game(rehearsal.stack, "fish")
    rehearsal.play("fish", "kai", "catch")
    before = game.score("zoe")
    rehearsal.advance(FRIDAY)
    # What was written just before was counted before the clock moved, and late ones count within the grace.
    game.put(activity("ana", "catch", FRIDAY / 1000 - 1))
    status, body = get(f"{game.api_url}/v1/leaderboard")
    assert (status, body["window"]["starts_at"], body["players"]) == (200, rfc3339(FRIDAY), 0)
    asked = rehearsal.now
    with urllib.request.urlopen(f"{game.api_url}/v1/health", timeout=30) as answer:
        shown = parsedate_to_datetime(answer.headers["Date"])
    assert asked - 1000 < from_datetime(shown) <= rehearsal.now, "a Date has whole seconds"
    game.settle()
    assert [window["sealed"] for window in get(f"{game.api_url}/v1/windows")[1]["windows"]] == [False, False]
    rehearsal.advance(FRIDAY + 600_000)
    game.put(activity("late", "catch", FRIDAY / 1000 - 1))
    [week] = [window for window in rehearsal.settle() if window["board"] == "fish" and window["state"] == "sealed"]
    game.settle()
    assert rehearsal.rejected("fish") == ["late"]
    final = game.ranking(week["id"])
    assert [(entry["player_id"], entry["score"]) for entry in final] == [("zoe", before), ("kai", 1), ("ana", 1)]
    events = [each["event"] for each in rehearsal.commands["events"]({})["events"]]
    [event] = [event for event in events if event["detail"]["board"] == "fish"]
    assert [entry["player_id"] for entry in event["detail"]["top"]] == ["zoe", "kai", "ana"]
    assert 0 <= from_datetime(datetime.fromisoformat(event["time"])) - (FRIDAY + 600_000) < 120_000
    reopen(rehearsal, tmp_path, week["id"])
    assert [entry["player_id"] for entry in game.ranking(week["id"])] == ["zoe", "ana", "kai"]
    events = [each["event"]["detail"] for each in rehearsal.commands["events"]({})["events"]]
    [first, second] = [detail for detail in events if detail["board"] == "fish"]
    assert (first, second["revision"]) == (event["detail"], 1)
    assert (second["id"], second["top"][1]["player_id"]) == (f"{first['id']}/1", "ana")


def reopen(rehearsal: Rehearsal, folder: Path, week: str) -> None:
    """Correct a score of the sealed week by the command."""
    (folder / "leaderboards.yaml").write_text(YAML)
    ready = str(write_ready_file(rehearsal.stack, folder))
    words = f"players fish correct ana --add 4 --window {week} --reason ticket --ready-file {ready}".split()
    refused = run(*words, cwd=folder)
    assert f"{week}: it is sealed" in refused.stderr
    done = run(*words, "--reopen", cwd=folder)
    assert (done.code, done.stdout) == (
        0,
        f"{week}: score 1 -> 5, rank 3 -> 2 of 3, final by revision 1\nana is corrected in 1 window\n",
    )


def test_weeks_pass_and_every_board_goes_on(rehearsal: Rehearsal) -> None:
    hours = Game(rehearsal.stack, "hours")
    rehearsal.play("hours", "zoe", "win")
    hours.settle()
    assert hours.score("zoe", "rolling") == 1
    rehearsal.advance(FRIDAY + 21 * DAY)
    rehearsal.play("hours", "kai", "win")
    rehearsal.play("fish", "kai", "catch")
    listed = rehearsal.settle()
    for name in rehearsal.stack.boards:
        Game(rehearsal.stack, name).settle()
        assert get(f"{Game(rehearsal.stack, name).api_url}/v1/health")[0] == 200
        assert rehearsal.stack.boards[name].pipe.is_alive()
    assert (hours.score("zoe", "rolling"), hours.score("kai", "rolling")) == (None, 1)
    # The weeks between were opened and sealed on the way; of 504 hours the newest three, and the one that was played.
    weeks = [window["ends_at"] for window in listed if window["board"] == "fish" and window["state"] == "sealed"]
    assert weeks == [rfc3339(FRIDAY + 7 * number * DAY) for number in range(3)]
    assert Game(rehearsal.stack, "fish").score("kai") == 1
    kept = [window for window in get(f"{hours.api_url}/v1/windows")[1]["windows"] if window["every"] == "hour"]
    assert [(window["ends_at"], window["sealed"]) for window in kept] == [
        (rfc3339(FRIDAY + 21 * DAY + hour * HOUR), hour < 1) for hour in (1, 0, -1)
    ]
    assert rehearsal.rejected("hours") == []


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_page_counts_down_to_the_reset_by_the_runs_clock(browser: Browser, rehearsal: Rehearsal) -> None:
    rehearsal.play("fish", "zoe", "catch")
    fish = Game(rehearsal.stack, "fish")
    fish.settle()
    # Three hours of the week are left, and the reader's own clock is months behind.
    ends = FRIDAY + 28 * DAY
    rehearsal.advance(ends - 3 * HOUR)
    page = browser.new_context(locale="en-GB", timezone_id="America/Sao_Paulo").new_page()
    page.goto(str(rehearsal.stack.boards["fish"].page_url))
    page.locator("#reset-label", has_text="Resets in").wait_for(timeout=30_000)
    page.locator("#rows tr", has_text="zoe").wait_for(timeout=30_000)
    shown = page.locator("#countdown").inner_text()
    left = ends - rehearsal.now
    # The Date header has whole seconds, and some go by until the text is read.
    hours, minutes, seconds = (int(number) for number in re.findall(r"\d+", shown))
    assert left - 2000 < 1000 * (3600 * hours + 60 * minutes + seconds) < left + 30_000, (shown, left)
    assert "26 Mar" in page.locator("#span").inner_text()
    # What was made just now, by that clock, is not stale.
    page.locator("#state[data-state=live]").wait_for(timeout=30_000)
    # The window ends while the page is open.
    rehearsal.advance(ends)
    page.locator("#rows tr", has_text="zoe").wait_for(state="detached", timeout=60_000)
    days = page.locator("#countdown .digits").first
    page.wait_for_function("() => document.querySelector('#countdown .digits').textContent === '6'", timeout=60_000)
    assert days.inner_text() == "6"
    page.context.close()

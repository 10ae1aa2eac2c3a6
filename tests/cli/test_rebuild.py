"""`leaderboards rebuild`: what it says of each thing that can come of a rebuild. Lambda is played."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.cli.operations.ranks import rebuild as command
from generator.errors import OperationError
from generator.operations.audit.reading import list_deeds
from generator.operations.ranks.rebuilding import rebuild, rebuild_when_free
from tests.operations.managed import Managed
from tests.runtime.boards import NOW
from tests.runtime.world import World
from tests.support.cli import Result, run

MADE = {"as_of": NOW + 5, "published": True, "players": 1200, "events": 0}
ALL_TIME = {"players": 1, "sealed": False, "revision": 0}


class Rebuilding:
    """A board on which ann has played and which was rebuilt, and its Lambda, which answers what a test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        world = World()
        world.play("ann")
        self.folder = folder
        self.managed = Managed(world)
        self.managed.rebuild()
        self.managed.now += 5000
        self.events: list[Any] = []
        self.answer: Any = MADE
        self.failed: dict[str, str] = {}
        running = replace(self.managed.board.running, client=self._make_client, rebuilder="arcade-weekly-rebuilder")
        board = replace(self.managed.board, running=running)
        monkeypatch.setattr(command, "find_managed", lambda _board, _place: board)

    def run(self, *words: str) -> Result:
        """Run the command, without how long it took."""
        result = run("rebuild", "weekly-kills", *words, cwd=self.folder)
        return replace(result, stdout=re.sub(r"in \d+\.\d s", "in N s", result.stdout))

    @property
    def deeds(self) -> list[tuple[str, dict[str, Any]]]:
        """State and outcome of each deed, without how long it took."""
        found = list_deeds(self.managed.board.running.marks)
        return [(each.state, {k: v for k, v in each.outcome.items() if k != "seconds"}) for each in found]

    def invoke(self, **request: Any) -> dict[str, Any]:
        self.events.append(json.loads(request["Payload"]))
        return {"Payload": io.BytesIO(json.dumps(self.answer).encode()), **self.failed}

    def _make_client(self, service: str, **settings: Any) -> Any:
        assert (service, settings["retries"], settings["read_timeout"]) == ("lambda", {"total_max_attempts": 1}, 910)
        return self


@pytest.fixture
def rebuilding(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Rebuilding:
    return Rebuilding(monkeypatch, folder)


def test_it_says_how_many_players_and_writes_that_down(rebuilding: Rebuilding) -> None:
    said = "nebula/weekly-kills: rebuilt: 1,200 players as of 2026-11-24T00:00:00.005Z, in N s\n"
    assert rebuilding.run() == Result(0, said, "")
    rebuilding.answer = {**MADE, "published": False}
    quiet = said.replace("rebuilt:", "nothing to publish, as nothing has changed:")
    assert rebuilding.run() == Result(0, quiet, "")
    assert rebuilding.events == [{"task": "rebuild"}] * 2
    assert rebuilding.deeds == [("done", {"players": 1200})] * 2


def test_a_window_is_made_anew(rebuilding: Rebuilding) -> None:
    rebuilding.answer = {**MADE, "window": {"players": 2, "sealed": True, "revision": 1}}
    said = "nebula/weekly-kills: the window all-time is made anew: 2 players, final, revision 1, in N s\n"
    assert rebuilding.run("--window", "all-time", "--why", "lost") == Result(0, said, "")
    assert rebuilding.events == [{"task": "rebuild", "window": "all-time"}]
    [deed] = list_deeds(rebuilding.managed.board.running.marks)
    assert (deed.command, deed.arguments, deed.reason, deed.window) == (
        "rebuild",
        {},
        "lost",
        "all-time",
    )
    document = json.loads(rebuilding.run("--window", "all-time", "--json").stdout)
    document.pop("seconds")
    assert document == {
        "board": "weekly-kills",
        "dry_run": False,
        "window_id": "all-time",
        "as_of": "2026-11-24T00:00:00.005Z",
        "published": True,
        "players": 1200,
        "window": {"players": 2, "is_sealed": True, "revision": 1},
    }


@pytest.mark.parametrize(
    ("answer", "words", "said"),
    [
        (
            MADE,
            ("--window", "all-time"),
            "all-time is not made anew: the rebuilder that is deployed cannot. Generate and apply "
            "nebula/weekly-kills.\n",
        ),
        (
            {**MADE, "published": False, "window": ALL_TIME},
            ("--window", "all-time"),
            "all-time is not shown as it was made: a later rebuild came before. Run this again.\n",
        ),
    ],
)
def test_what_is_not_done_is_a_finding(rebuilding: Rebuilding, answer: Any, words: tuple[str, ...], said: str) -> None:
    rebuilding.answer = answer
    result = rebuilding.run(*words)
    assert (result.code, result.stderr) == (1, said)
    assert rebuilding.deeds[0][0] == "done"


@pytest.mark.parametrize(
    ("kind", "reason", "cause"),
    [
        (
            "IdentityError",
            "other rules",
            "So the board's data was made with other rules than those that are deployed: ",
        ),
        (
            "Sandbox.Timedout",
            "2026 Task timed out after 900.00 seconds",
            "So it takes longer than Lambda lets it run: ",
        ),
        ("Runtime.ExitError", "Error: Runtime exited with error: signal: killed", "So its memory is too small for "),
        ("KeyError", "'x'", ""),
    ],
)
def test_a_failure_is_told_in_our_words_with_where_the_log_is(
    rebuilding: Rebuilding, kind: str, reason: str, cause: str
) -> None:
    rebuilding.failed, rebuilding.answer = {"FunctionError": "Unhandled"}, {"errorType": kind, "errorMessage": reason}
    result = rebuilding.run()
    assert (result.code, result.stdout) == (3, "")
    first, *_, last = result.stderr.splitlines()
    assert first == "the function arcade-weekly-rebuilder failed:"
    assert (f"\n{cause}" in result.stderr) if cause else ("So " not in result.stderr)
    log = "/aws/lambda/arcade-weekly-kills-rebuilder"
    assert last == f"Its log: aws logs tail {log} --since 1h --region eu-central-1"
    assert rebuilding.deeds == [("failed", {})]


def test_an_unknown_window_is_refused_with_those_that_are_known(rebuilding: Rebuilding) -> None:
    known = "those that have are 2026-W48 and all-time"
    refused = f'--window: weekly-kills has no ranks of "2026-W1\\x1b[2J"; {known}.\n'
    assert rebuilding.run("--window", "2026-W1\x1b[2J") == Result(2, "", refused)
    assert (rebuilding.events, rebuilding.deeds) == ([], [])


def test_a_dry_run_says_what_there_is(rebuilding: Rebuilding) -> None:
    said = "nebula/weekly-kills: its ranks are as of 2026-11-24T00:00:01.000Z, 5 s old\n"
    windows = "  2026-W48: 1 player\n  all-time: 1 player\n"
    nothing = "nothing is rebuilt: --dry-run\n"
    assert rebuilding.run("--dry-run") == Result(0, said + windows, nothing)
    assert rebuilding.run("--dry-run", "--window", "all-time") == Result(0, f"{said}  all-time: 1 player\n", nothing)
    document = json.loads(rebuilding.run("--dry-run", "--json").stdout)
    assert document["windows"][0] == {"id": "2026-W48", "players": 1, "sealed": False, "revision": 0}
    assert (rebuilding.events, rebuilding.deeds) == ([], [])


def test_the_end_of_another_rebuild_is_waited_for(rebuilding: Rebuilding, monkeypatch: pytest.MonkeyPatch) -> None:
    def invoke(**request: Any) -> dict[str, Any]:
        rebuilding.answer = MADE if len(rebuilding.events) == 2 else {"skipped": "another rebuild is under way"}
        return Rebuilding.invoke(rebuilding, **request)

    monkeypatch.setattr(rebuilding, "invoke", invoke)
    monkeypatch.setattr(rebuild_when_free, "__defaults__", (lambda _: None,))
    monkeypatch.setattr(rebuild, "__defaults__", (None, lambda _: None))
    assert rebuilding.run().stdout.startswith("nebula/weekly-kills: rebuilt: 1,200 players")
    assert len(rebuilding.events) == 3


def test_a_rebuild_that_does_not_end_is_an_error() -> None:
    waits: list[float] = []
    with pytest.raises(OperationError, match="another rebuild does not end: another rebuild is under way"):
        list(rebuild_when_free(lambda: {"skipped": "another rebuild is under way"}, waits.append))
    assert waits == [1] * 900


def test_a_window_that_other_functions_make_is_begun_and_not_waited_for(rebuilding: Rebuilding) -> None:
    waits = "window all-time is being assembled since 2026-11-24T00:00:05.000Z"
    rebuilding.answer = {**MADE, "window": ALL_TIME, "waits": waits}
    made = rebuilding.run("--window", "all-time")
    assert (made.code, waits in made.stdout) == (0, True)
    rebuilding.answer = {"skipped": waits, "unready": True}
    made = rebuilding.run()
    assert (made.code, f"there is nothing to publish yet: {waits}" in made.stderr) == (3, True)

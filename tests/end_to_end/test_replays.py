"""Windows that are replayed on boards that run, by the command, while they are played on."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.local.stack import Stack
from tests.end_to_end.deployed import OperatedGame, deploy_boards, write_ready_file
from tests.end_to_end.game import activity, age_answers
from tests.support.cli import run
from tests.support.projects import boards_of, head

YAML = (
    head(project="mended")
    + """boards:
  - name: kills
    team: nebula
    scoring: {rules: [{activity: kill, points: 10}, {activity: boss, points: 5, when: {mode: ranked}}]}
    window: {every: all_time}
  - name: runs
    team: nebula
    scoring: {aggregate: best, rules: [{activity: run, per: {field: metres, points: 10}}]}
    window: {every: all_time}
"""
)
RIGHT = YAML.replace("points: 5, when: {mode: ranked}", "points: 50").replace("metres, points: 10", "metres, points: 1")
TOP = "".join(
    f"  {rank:>2}  {before}  {after}\n"
    for rank, (before, after) in enumerate(
        [("ann 15", "ann 60"), ("p-0 10", "bob 50"), *((f"p-{each + 1} 10", f"p-{each} 10") for each in range(8))], 1
    )
)
COMPARED = f"""kills all-time: 22 players, 2 scores of them another, 1 new
1 activity that nobody had decided on counts
the largest changes:
  all-time bob: none -> 50
  all-time ann: 15 -> 60
the top, before and after:
{TOP}nothing is changed: --swap shows this to readers
"""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The running stack of the boards of this file."""
    with deploy_boards(boards_of(YAML)) as stack:
        yield stack


def run_of(player: str, metres: int) -> dict[str, Any]:
    return activity(player, "run", metres={"N": str(metres)})


def scores(game: OperatedGame) -> dict[str, int]:
    game.rebuild()
    age_answers(game.stack)
    return {entry["player_id"]: entry["score"] for entry in game.ranking()}


def play_wrong(stack: Stack, kills: OperatedGame, runs: OperatedGame) -> None:
    """Play by the wrong rules, and deploy the right ones."""
    boss = [activity(player, "boss", mode={"S": mode}) for player, mode in (("ann", "ranked"), ("bob", "duel"))]
    kills.put_all([activity("ann", "kill"), *boss])
    for number in range(20):
        kills.put(activity(f"p-{number}", "kill"))
    runs.put_all([run_of("ann", 30), run_of("ann", 40), run_of("bob", 5)])
    for name in ("kills", "runs"):
        stack.drain(name)
    assert scores(kills) == {"ann": 15} | {f"p-{number}": 10 for number in range(20)}
    assert scores(runs) == {"ann": 400, "bob": 50}
    for game, board in zip((kills, runs), boards_of(RIGHT), strict=True):
        game.redeploy(board.config)


def test_windows_are_replayed_while_they_are_played(stack: Stack, tmp_path: Path) -> None:
    kills, runs = (OperatedGame(stack, name) for name in ("kills", "runs"))
    play_wrong(stack, kills, runs)
    (tmp_path / "leaderboards.yaml").write_text(RIGHT)
    ready = ["--ready-file", str(write_ready_file(stack, tmp_path))]

    def replay(board: str, *words: str) -> str:
        result = run("replay", board, "--window", "all-time", *words, *ready, cwd=tmp_path)
        assert result.code == 0, result
        return result.stdout

    assert replay("kills") == COMPARED
    compared = json.loads(replay("runs", "--json"))
    ann, bob = sorted(compared["changes"], key=lambda each: str(each["player_id"]))
    assert ann == {"window": "all-time", "player_id": "ann", "before": {"score": 400}, "after": {"score": 40}}
    assert (bob["before"], bob["after"]) == ({"score": 50}, {"score": 5})
    assert (compared["swapped"], compared["missing"]) == (False, {"activities": 0, "players": 0})
    assert scores(runs) == {"ann": 400, "bob": 50}

    playing = threading.Event()

    def play() -> None:
        for _ in range(20):
            kills.put_all([activity("p-1", "kill"), activity("eve", "boss")])
            runs.put(run_of("bob", 6))
            playing.set()
            time.sleep(0.05)

    thread = threading.Thread(target=play)
    thread.start()
    playing.wait(60)
    for name in ("kills", "runs"):
        swapped = replay(name, "--swap", "--why", "the rule is mended")
        assert swapped.endswith("\nswapped: readers see this from the next rebuild on; --undo goes back\n")
    thread.join()
    for name in ("kills", "runs"):
        stack.drain(name)
    others = {f"p-{number}": 10 for number in range(20)}
    assert scores(kills) == others | {"p-1": 210, "ann": 60, "bob": 50, "eve": 1000}
    assert scores(runs) == {"ann": 40, "bob": 6}
    assert replay("kills", "--undo") == (
        "kills all-time: readers see from the next rebuild on what was counted as it came\n"
    )
    assert scores(kills)["ann"] == 15
    audit = run("audit", "kills", *ready, cwd=tmp_path).stdout
    assert " replay --undo, window all-time\n" in audit
    assert " replay --swap, window all-time\n" in audit
    assert "    why: the rule is mended\n" in audit


def test_what_cannot_be_replayed_is_refused(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(RIGHT)
    ready = ["--ready-file", str(write_ready_file(stack, tmp_path))]

    def refuse(*words: str) -> str:
        result = run("replay", "kills", *words, *ready, cwd=tmp_path)
        assert result.code == 2
        return result.stderr

    assert refuse("--window", "al-time") == (
        '--window: kills has opened no window "al-time"; did you mean "all-time"?\n'
    )
    assert (
        refuse("--window", "all-time", "--swap", "--undo") == "--undo: it goes without --swap, which it takes back.\n"
    )

"""`leaderboards players BOARD correct`: what it refuses before AWS is asked, and what it says of what it did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.cli.operations.players.correcting import correct_player, parse_correction
from generator.cli.operations.players.text import describe_player, describe_player_as_json
from generator.cli.operations.players.wanted import Wanted
from generator.errors import InputError
from generator.operations.players.showing import show_player
from runtime.config import Column, WindowKind
from runtime.domain.instants import DAY
from runtime.dynamodb.decisions import DecisionStore
from tests.operations.managed import Managed
from tests.runtime.boards import NOW, board
from tests.runtime.world import World
from tests.support.cli import run

SUM = board(decimals=1, ties="shared", windows=(WindowKind("day"), WindowKind("all_time")))
TWO = board(columns=(Column("score", "descending", "sum", 2), Column("lap", "ascending", "best", 0)))
GOES_WITH = "it goes with correct, not with hide"


def wanted(**given: Any) -> Wanted:
    nothing: dict[str, Any] = {"name": None, "limit": 50, "everywhere": False, "yes": False, "reopen": False}
    more: dict[str, Any] = {"add": (), "set": (), "window": (), "dry_run": False, "as_json": False}
    return Wanted(**{**nothing, **more, "reason": "ticket", **given})


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("correct", "ann"),
            "--add, --set: correct needs one of them, such as --add 50 or --set score=120\n"
            "--reason: correct needs it; the same correction with the same reason is counted once\n",
        ),
        (
            ("correct", "ann", "--add", "1", "--set", "2", "--reason", " ", "--reopen"),
            "--add, --set: correct needs one of them, such as --add 50 or --set score=120\n"
            "--reason: correct needs it; the same correction with the same reason is counted once\n"
            "--reopen: it goes with --window, which says which sealed window is meant\n",
        ),
        (
            ("hide", "ann", "--add", "1", "--set", "2", "--window", "day", "--reopen"),
            f"--add: {GOES_WITH}\n--set: {GOES_WITH}\n--window: {GOES_WITH}\n--reopen: {GOES_WITH}\n",
        ),
        (
            ("correct", "ann", "--add", "1e9", "--add", "\x1b[2J", "--add", "points=1", "--reason", "x"),
            '--add: "1e9" is not [COLUMN=]NUMBER, such as 50, -12.5 or score=50\n'
            '--add: "\\x1b[2J" is not [COLUMN=]NUMBER, such as 50, -12.5 or score=50\n'
            "--add: the board has no column points. It has score.\n",
        ),
        (("correct", "ann", "--add", "0", "--reason", "x"), "--add: that adds nothing\n"),
    ],
)
def test_what_fits_no_correction_is_refused(folder: Path, words: tuple[str, ...], message: str) -> None:
    result = run("players", "weekly-kills", *words, cwd=folder)
    assert (result.code, result.stdout, result.stderr) == (2, "", message)


def test_numbers_of_columns_are_read_with_all_that_is_wrong() -> None:
    read = parse_correction(TWO, "ann", wanted(set=("score=-1.5", "lap=7")))
    assert (read.action, dict(read.values)) == ("set", {"score": -150, "lap": 7})
    with pytest.raises(InputError) as caught:
        parse_correction(TWO, "ann", wanted(add=("5", "scroe=1", "score=0.001", "score=1", "lap=2", "lap=2.5")))
    assert str(caught.value).splitlines() == [
        "--add: the board has score and lap: write which, such as score=5",
        "--add: the board has no column scroe. Did you mean score?",
        "--add: score has 2 decimals, and 0.001 has more",
        "--add: score is given twice",
        "--add: lap is given twice",
        "--add: lap is the best value, to which nothing can be added: use --set",
    ]
    with pytest.raises(
        InputError, match=r"^--set: score has 15 digits at the most, 2 decimals among them, and 9{16} has more$"
    ):
        parse_correction(TWO, "ann", wanted(set=("score=9999999999999999",)))


def played() -> Managed:
    world = World(SUM)
    world.play("ann", "ann", "bob", "cat", "cat", "cat")
    world.rebuild(NOW + 1)
    return Managed(world, NOW + 60_000)


def correct(managed: Managed, capsys: pytest.CaptureFixture[str], **given: Any) -> tuple[str, str]:
    asked = wanted(**given)
    correct_player(managed.board, parse_correction(SUM, "ann", asked), asked)
    told = capsys.readouterr()
    return told.out, told.err


def test_it_says_what_the_score_and_the_rank_were_and_are(capsys: pytest.CaptureFixture[str]) -> None:
    managed = played()
    before = str(managed.world.aws.tables["aggregates"].items())
    foreseen, _ = correct(managed, capsys, add=("-15",), dry_run=True)
    assert foreseen == (
        "2026-11-24: score 20.0 -> 5.0, rank 2 -> 3 of 3\n"
        "all-time: score 20.0 -> 5.0, rank 2 -> 3 of 3\n"
        "ann would be corrected in 2 windows (nothing is done: --dry-run)\n"
    )
    assert str(managed.world.aws.tables["aggregates"].items()) == before
    done, _ = correct(managed, capsys, add=("-15",))
    assert done == foreseen.replace("would be", "is").replace(" (nothing is done: --dry-run)", "")
    again, said = correct(managed, capsys, add=("-15",))
    assert said == (
        "This was counted at 2026-11-24T00:01:00.000Z, and is not again: another correction has another --reason.\n"
    )
    assert again == done.replace("rank 2 -> 3", "rank 3")
    asked, said = correct(managed, capsys, add=("-15",), dry_run=True)
    assert asked == again
    assert said == "This was counted at 2026-11-24T00:01:00.000Z, and would not be again.\n"


def test_whoever_had_no_score_is_one_of_the_players_that_are_foreseen(capsys: pytest.CaptureFixture[str]) -> None:
    managed = played()
    managed.world.play("zoe", at=managed.now)
    managed.rebuild()
    managed.now += DAY
    managed.world.play("bob", at=managed.now)
    managed.rebuild()
    foreseen, done = (correct(managed, capsys, add=("5",), window=("day",), dry_run=dry)[0] for dry in (True, False))
    assert foreseen.startswith("2026-11-25: score none -> 5.0, rank none -> 2 of 2\n")
    assert done.splitlines()[0] == foreseen.splitlines()[0]


def test_whoever_is_hidden_is_foreseen_in_no_rank(capsys: pytest.CaptureFixture[str]) -> None:
    managed = played()
    DecisionStore(managed.world.table).hide("ann", managed.now)
    managed.rebuild()
    foreseen, done = (correct(managed, capsys, set=("7",), window=("day",), dry_run=dry)[0] for dry in (True, False))
    assert foreseen.startswith("2026-11-24: score 20.0 -> 7.0\n")
    assert done.splitlines()[0] == foreseen.splitlines()[0]


def test_its_json_has_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    managed = played()
    window = {"window": "2026-11-24", "before": {"score": 20.0}, "after": {"score": 40.0}, "rank_before": 2}
    more = {"rank_after": 1, "players": 3, "revision": 0}
    for is_done in (False, True):
        out, _ = correct(managed, capsys, set=("40",), window=("day",), as_json=True, dry_run=not is_done)
        document = json.loads(out)
        assert (document.pop("activity_id") is not None) == is_done
        head = {"board": "kills", "player_id": "ann", "action": "correct", "done": is_done}
        assert document == {**head, "windows": [{**window, **more}]}


def test_show_has_the_corrections_and_the_audit_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    managed = played()
    correct(managed, capsys, add=("1.5",), reason="a \x1b[2J reason")
    kept = show_player(managed.board, "ann", 10)
    lines = "\n".join(describe_player(managed.board, kept))
    assert lines.isprintable() or lines.replace("\n", "").isprintable()
    [counted] = kept.corrections
    assert (
        f"1 correction\n  2026-11-24T00:01:00.000Z {counted.activity_id} add score 1.5 in "
        "2026-11-24, score 20.0 -> 21.5; all-time, score 20.0 -> 21.5\n"
    ) in lines
    assert 'players correct by arn:aws:iam::1:user/op, done: "a \\x1b[2J reason"' in lines
    document = describe_player_as_json(managed.board, kept)
    assert document["corrections"] == [
        {
            "activity_id": counted.activity_id,
            "at": "2026-11-24T00:01:00.000Z",
            "action": "add",
            "values": {"score": 1.5},
            "windows": [
                {"window": window, "before": {"score": 20.0}, "after": {"score": 21.5}}
                for window in ("2026-11-24", "all-time")
            ],
        }
    ]


@pytest.mark.parametrize("ties", ["first", "shared", "dense"])
def test_the_rank_that_is_foreseen_is_the_one_that_comes(ties: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for kills in range(5):
        for score in (0, 10, 15, 20, 25, 30, 40):
            world = World(board(decimals=1, ties=ties, windows=(WindowKind("all_time"),)))
            world.play("bob", "bob", "bob", "cat", "cat", "dan", "dan", "eve", *["ann"] * kills)
            world.rebuild(NOW + 1)
            managed = Managed(world, NOW + 60_000)
            if not kills:
                # A player who has played, and is in no snapshot yet.
                world.play("ann", at=managed.now)
            given: dict[str, Any] = {"set": (str(score),), "as_json": True}
            foreseen, done = (correct(managed, capsys, **given, dry_run=dry)[0] for dry in (True, False))
            (first,), (second,) = (json.loads(text)["windows"] for text in (foreseen, done))
            assert first["rank_after"] == second["rank_after"], (kills, score)

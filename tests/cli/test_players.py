"""`leaderboards players`: what is refused before AWS is asked, and what it says of what is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli.operations.players.text import describe_player, describe_player_as_json
from generator.operations.players import deciding
from generator.operations.players.showing import show_player
from runtime.config import WindowKind
from runtime.domain.instants import DAY
from tests.operations.managed import Managed
from tests.runtime.boards import NOW, board, item
from tests.runtime.daily import MINUTE, seal
from tests.runtime.world import World
from tests.support.cli import Result, run
from tests.support.projects import board_yaml, project_yaml

DAILY = board(decimals=0, windows=(WindowKind("day", grace_seconds=300), WindowKind("all_time")), drain_seconds=1800)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("hide", "a b\x1b[2J"), 'PLAYER: "a b\\x1b[2J" is no player id: it must match ^[A-Za-z0-9]'),
        (("rename", "ann"), '--name: rename needs the name to show, such as --name "Player 7"'),
        (("hide", "ann", "--name", "x"), "--name: it goes with rename, not with hide"),
        (("rename", "ann", "--name", " "), "--name: a name has 1 to 64 characters, at least one that can be seen"),
        (("rename", "ann", "--name", "a\nb"), "and no controls"),
        (
            ("hide", "ann", "--everywhere", "--yes"),
            "--everywhere: it goes with erase, not with hide\n--yes: it goes with",
        ),
        (
            ("show", "ann", "--reason", "x", "--dry-run"),
            "--dry-run: show changes nothing\n--reason: show changes nothing",
        ),
    ],
)
def test_what_fits_no_player_or_no_action_is_refused(folder: Path, words: tuple[str, ...], message: str) -> None:
    result = run("players", "weekly-kills", *words, cwd=folder)
    assert (result.code, result.stdout) == (2, "")
    assert message in result.stderr


def test_an_erasure_on_one_board_of_a_feed_is_refused(tmp_path: Path) -> None:
    feed = "[{name: matches, team: nebula, types: [kill]}]"
    boards = [board_yaml(name, feed="matches") for name in ("kills", "wins")]
    (tmp_path / "leaderboards.yaml").write_text(project_yaml(*boards, feeds=feed))
    refused = run("players", "kills", "erase", "ann", "--yes", cwd=tmp_path)
    said = (
        "kills counts the activities of the feed matches, which wins counts too. To forget a person all of them must: "
        "add --everywhere. To take a player out of the ranks of this board alone, use hide.\n"
    )
    assert refused == Result(2, "", said)


def hostile() -> Managed:
    """A board on which somebody plays whose name and types could control a terminal."""
    world = World(DAILY)
    made = [
        item("eve", at=NOW, number=1, name="\u202eEve\u0600"),
        item("eve", at=NOW + 1, number=2, type="bad\x1b[31m"),
        {**item("eve", at=NOW, number=3), "activity_id": {"S": "no\x07id"}},
        item("eve", at=NOW + 2, number=4),
    ]
    for each in made[:-1]:
        world.activities.put(each)
    world.put(*made, item("ann", at=NOW, number=5))
    world.rebuild(NOW + 3)
    now = seal(world)
    return Managed(world, now + MINUTE)


def test_everything_that_is_kept_is_shown_and_no_text_of_a_player_reaches_the_terminal() -> None:
    managed = hostile()
    deciding.hide(managed.board, "eve", "a \x1b[2J reason")
    managed.rebuild()
    deciding.rename(managed.board, "eve", "Player 7", None)
    managed.rebuild()
    kept = show_player(managed.board, "eve", 10)
    lines = "\n".join(describe_player(managed.board, kept))
    assert lines.isascii()
    assert lines.replace("\n", "").isprintable()
    for expected in (
        'names: "\\u202eEve\\u0600"',
        'shown as "Player 7"',
        "hidden since 2026-11-25T",
        "2026-11-24: score 20, at 2026-11-24T00:00:00.002Z, in no rank, final by revision 1; rank before: 1",
        "all-time: score 20, at 2026-11-24T00:00:00.002Z, in no rank",
        '"bad\\x1b[31m" rejected, unknown_type: ',
        '"no\\x07id" "kill" rejected, bad_activity_id: ',
        "counted in 2026-11-24, all-time, its item is gone",
        'players hide by arn:aws:iam::1:user/op, done: "a \\x1b[2J reason"',
    ):
        assert expected in lines
    document = describe_player_as_json(managed.board, kept)
    assert [each["outcome"] for each in document["activities"]] == ["rejected", "counted", "rejected", "counted"]
    assert document["ranks"][0]["former_ranks"] == [1]
    assert [each["command"] for each in document["audit"]] == ["players rename", "players hide"]
    assert show_player(managed.board, "eve", 2).more


def test_of_a_player_who_is_not_there_nothing_is_shown() -> None:
    managed = hostile()
    kept = show_player(managed.board, "nobody", 10)
    assert not kept.is_known
    assert list(describe_player(managed.board, kept)) == [
        "nobody on kills",
        "\nno score in any window",
        "\nno activity is kept",
        "\nnothing in the audit",
    ]
    managed.erase("nobody")
    managed.now += DAY
    kept = show_player(managed.board, "nobody", 10)
    assert not kept.is_known
    assert "  erased: nothing that was made until 2026-11-2" in "\n".join(describe_player(managed.board, kept))


def test_a_run_that_a_board_keeps_is_told_from_others() -> None:
    world = World(board(decimals=0, aggregate="best", windows=(WindowKind("all_time"),)))
    managed = Managed(world)
    made = [item("ann", type="boss", at=NOW, number=n, mode="ranked", damage=n) for n in (5, 9)]
    for each in made:
        world.activities.put(each)
    world.put(*made)
    shown = [(each.outcome, each.windows) for each in show_player(managed.board, "ann", 10).activities]
    assert sorted(shown) == [("", ()), ("kept", ("all-time",))]

"""What people do to a board is written down before it begins, whatever becomes of it, and forgets who is erased."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from generator.cli.operations import audit
from generator.errors import OperationError
from generator.operations.audit.forgetting import forget_player, hash_player
from generator.operations.audit.reading import RecordedDeed, list_deeds
from generator.operations.audit.trail import KEPT_DAYS, PARTITION, Trail, open_trail
from runtime.domain.instants import DAY, rfc3339
from tests.hostile.texts import HOSTILE
from tests.operations.game import BOARDS, Game
from tests.runtime.boards import NOW, board
from tests.support.cli import run
from tests.support.memory_aws import Call
from tests.support.memory_aws.errors import error
from tests.support.memory_aws.interceptors import only
from tests.support.paths import REPOSITORY


@pytest.fixture
def game() -> Game:
    """A board that runs."""
    return Game(BOARDS["keeps totals"])


@pytest.fixture
def trail(game: Game) -> Trail:
    """Its trail, on which Ann works."""
    return open_trail(replace(game.running, now=lambda: game.now, who=lambda: "ann"))


def deeds(game: Game, *players: str, since: int | None = None) -> list[RecordedDeed]:
    """What is written down."""
    return list(list_deeds(game.running.marks, since, players))


def test_a_deed_is_written_before_its_change_begins_and_completed_after(game: Game, trail: Trail) -> None:
    with trail.deed("redrive", {"from": "rejected", "reason": None}, "new client", player="p1", window="w1") as deed:
        (begun,) = deeds(game)
        assert (begun.state, begun.ended, begun.outcome) == ("begun", None, {})
        game.now += 1500
        deed.outcome({"sent": 2})
    (done,) = deeds(game)
    assert replace(done, id="") == RecordedDeed(
        *("", rfc3339(NOW), rfc3339(NOW + 1500), "done", "ann", "redrive", {"from": "rejected", "reason": None}),
        *("new client", "p1", "w1", {"sent": 2}, None),
    )
    (item,) = [each for each in game.world.aws.tables["marks"].values() if each["player_id"]["S"] == PARTITION]
    assert int(item["expires_at"]["N"]) == (NOW + KEPT_DAYS * DAY) // 1000


@pytest.mark.parametrize(("raised", "said"), [(KeyboardInterrupt(), "interrupted"), (OperationError("no"), "no")])
def test_a_deed_that_fails_says_so_and_fails(game: Game, trail: Trail, raised: BaseException, said: str) -> None:
    def fail() -> None:
        with trail.deed("redrive", {}) as deed:
            deed.outcome({"sent": 1})
            raise raised

    with pytest.raises(type(raised)):
        fail()
    (failed,) = deeds(game)
    assert (failed.state, failed.problem, failed.outcome) == ("failed", said, {"sent": 1})


def test_nothing_is_changed_where_nothing_can_be_written_down(game: Game, trail: Trail) -> None:
    def refuse(call: Call) -> None:
        raise error("AccessDeniedException", "PutItem")

    game.aws.before = only(refuse, "put_item")
    with pytest.raises(OperationError, match="AccessDenied"), trail.deed("redrive", {}):
        pytest.fail("the change began")


def test_who_was_killed_has_left_a_trace(game: Game, trail: Trail) -> None:
    class Killed(BaseException):
        """Stands for the death of the program."""

    def die(call: Call) -> None:
        raise Killed

    game.aws.before = only(die, "update_item")
    with pytest.raises(Killed), trail.deed("redrive", {}):
        pass
    game.aws.unhook()
    assert [each.state for each in deeds(game)] == ["begun"]
    text = audit.describe_deed(deeds(game)[0])
    assert text.endswith("by ann: begun, and not ended: it is under way, or was killed")


def test_the_newest_are_listed_first_over_pages_and_within_a_time(game: Game, trail: Trail) -> None:
    for number in range(8):
        with trail.deed("redrive", {"n": number}, player=f"p{number % 2}"):
            game.now += DAY
    assert [each.arguments["n"] for each in deeds(game)] == [7, 6, 5, 4, 3, 2, 1, 0]
    assert [each.arguments["n"] for each in deeds(game, since=NOW + 6 * DAY)] == [7, 6]
    assert [each.arguments["n"] for each in deeds(game, "p1", since=NOW + 4 * DAY)] == [7, 5]


def test_of_an_erased_player_nothing_is_left_and_the_deeds_are_found(game: Game, trail: Trail) -> None:
    with trail.deed("hide", {"player": "p-10", "name": "Zoë"}, "p-10, that is Zoë, cheats", player="p-10"):
        pass
    with trail.deed("hide", {"player": "p-101"}, "p-101 cheats", player="p-101"):
        pass
    game.now += 1
    with trail.deed("erase", {"player": "p-10"}, player="p-10"):
        assert forget_player(game.running.marks, "p-10", ["Zoë"]) == 2
    assert forget_player(game.running.marks, "p-10", ["Zoë"]) == 0, "it is done"
    texts = json.dumps([*game.world.aws.tables["marks"].values()], ensure_ascii=False)
    assert "Zoë" not in texts
    assert texts.count("p-10") == texts.count("p-101") == 3
    hashed = hash_player("p-10")
    erase, hide = deeds(game, "p-10", hashed)
    assert (erase.state, erase.player, erase.arguments) == ("done", hashed, {"player": hashed})
    assert hide.reason == f"{hashed}, that is {hashed}, cheats"


def test_what_anybody_wrote_is_text_on_a_terminal(game: Game, trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (*HOSTILE, "\udcff"):
        with (
            pytest.raises(OperationError),
            replace(trail, who=lambda text=text: text).deed(  # type: ignore[misc]
                "redrive", {"from": text}, text, player=text or None
            ),
        ):
            raise OperationError(text)
    monkeypatch.setattr(audit, "find_bundle", lambda *_: (None, board()))
    monkeypatch.setattr(audit, "find_running", lambda *_: game.running)
    done = run("audit", "weekly-kills", cwd=REPOSITORY)
    assert done.code == 0, done.stderr
    assert done.stdout.replace("\n", "").isprintable()
    assert done.stdout.count("\n    by ") == len(HOSTILE) + 1
    document: dict[str, Any] = json.loads(run("audit", "weekly-kills", "--json", "--limit", "3", cwd=REPOSITORY).stdout)
    assert (len(document["deeds"]), document["more"]) == (3, True)


def test_a_deed_is_told_in_three_lines() -> None:
    deed = RecordedDeed(
        *("", "2026-11-27T14:03:05.000Z", "", "done", "arn:aws:iam::1:user/ann", "redrive"),
        *({"from": "rejected", "reason": None, "dry-run": False, "all": True}, 'the "new" client', "p1", None),
        *({"put_back": 2, "gone": 0}, None),
    )
    assert audit.describe_deed(deed) == (
        "2026-11-27T14:03:05.000Z redrive --from rejected --all, player p1\n"
        "    by arn:aws:iam::1:user/ann: done, 2 put back\n"
        '    why: the "new" client'
    )

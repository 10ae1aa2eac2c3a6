"""What becomes of what was counted while the YAML changes what counts, as lives of a board.

Each was seen to change scores unseen, to stop readers, or to grow for ever. Whatever the AWS is, what is stored holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from runtime.config import BoardConfig, Column, Points, Rule, WindowKind
from runtime.domain.instants import DAY, HOUR, MINUTE
from runtime.dynamodb import outbox
from runtime.dynamodb.window_store import IdentityError
from tests.runtime.boards import NOW, board, change_board, item
from tests.runtime.daily import probes
from tests.runtime.moved_edges import season
from tests.runtime.world import World, scores

ALL_TIME = (WindowKind("all_time"),)
WHOLE = board(decimals=0, windows=ALL_TIME, shards=1)
HALF = (Rule("kill", (Points(Decimal("0.5")),)),)
MEANINGS: dict[str, BoardConfig] = {
    # What the generator makes of the first `points: 0.5` where `decimals` is left out.
    "decimals": change_board(WHOLE, decimals=1, rules=HALF),
    "aggregate": change_board(WHOLE, aggregate="best"),
    "order": replace(WHOLE, columns=(replace(WHOLE.columns[0], order="ascending"),)),
    "column": replace(WHOLE, columns=(Column("kills", "descending", "sum", 0),)),
}
"""What the board may become so that its scores would mean something else, by what is edited."""


def ranking(world: World, now: int, window: str = "") -> list[tuple[int, str, float]]:
    """The ranks that readers see: (rank, player, score)."""
    query = {"window": window} if window else {}
    entries = world.page(now, **query)["entries"]
    return [(entry["rank"], entry["player_id"], entry["score"]) for entry in entries]


def change_what_scores_mean(world: World, _: pytest.MonkeyPatch) -> None:
    """Nothing is written, readers get the last ranks with a notice, and all goes on once the old value is back."""
    world.deploy(WHOLE)
    world.play("ann", "ann", "bob")
    world.rebuild(NOW + 1)
    expected = [(1, "ann", 20), (2, "bob", 10)]
    for number, changed in enumerate(MEANINGS.values(), 1):
        now = NOW + number * MINUTE
        world.deploy(changed)
        late = item("bob", at=now, number=100 + number)
        assert world.put(late, written=now).failed
        with pytest.raises(IdentityError):
            world.rebuild(now)
        assert ranking(world, now) == expected
        assert world.page(now)["notice"].startswith("Ranks stand still since 2026-11-24T00:00:00.001Z")
        world.deploy(WHOLE)
        assert ranking(world, now) == expected
        assert "notice" not in world.page(now)
    assert not world.put(late, written=now).failed
    world.rebuild(now + MINUTE)
    assert ranking(world, now + MINUTE) == [(1, "ann", 20), (2, "bob", 20)]


def rename_a_season(world: World, _: pytest.MonkeyPatch) -> None:
    """A running season goes on under its own name, and the new one has what comes after its end, if anything."""
    world.deploy(season("2026-11-26"))
    world.play("ann")
    world.rebuild(NOW + 1)
    for name, end in (("fall", "2026-11-26"), ("harvest", "2026-12-26")):
        world.deploy(season(end, name))
        world.play("bob", at=NOW + HOUR)
        world.rebuild(NOW + HOUR)
        assert world.page(NOW + HOUR, window="season")["window"]["id"] == "autumn"
        assert [each["id"] for each in world.api.windows(NOW + HOUR).body["windows"]] == ["autumn"]
    assert ranking(world, NOW + HOUR, "autumn") == [(1, "bob", 20), (2, "ann", 10)]
    over = NOW + 2 * DAY
    world.play("cid", at=over)
    world.rebuild(over)
    assert ranking(world, over, "season") == ranking(world, over, "harvest") == [(1, "cid", 10)]
    assert ranking(world, over, "autumn") == [(1, "bob", 20), (2, "ann", 10)]
    world.deploy(season("2026-11-26", "fall"))
    assert world.put(item("dan", at=over, number=99), written=over).missed == {}, "harvest is stored by now"


def take_milestones_out_and_put_them_back(world: World, _: pytest.MonkeyPatch) -> None:
    """Each is told once. Whoever is past one of which nothing was told reaches it with the next activity."""
    told = replace(WHOLE, milestones=(20, 50))
    for config, players in (
        (told, "aab"),
        (replace(told, milestones=()), "aab"),
        (told, "ab"),
        (replace(told, milestones=(20, 30, 50, 60)), "aab"),
    ):
        world.deploy(config)
        world.play(*players)
        outbox.send(world.table, world.event_bus, "arcade")
    found = [(detail["player_id"], detail["milestone"], detail["score"]) for _, detail in world.aws.events.sent]
    # When they come to be: b is past 20, and past 30; a is past 30 too, but has been told of 50.
    assert sorted(found) == [("a", 20, 20), ("a", 50, 50), ("a", 60, 60), ("b", 20, 30), ("b", 30, 40)]
    assert len({detail["id"] for _, detail in world.aws.events.sent}) == len(found)


def play_for_nothing(world: World, _: pytest.MonkeyPatch) -> None:
    """Of two players at 10 the first there stays first, though he plays a match that is worth nothing."""
    rules = (Rule("match", (Points(Decimal(0), "worth"),)),)
    world.deploy(replace(WHOLE, rules=rules, ties="first"))
    for number, (player, worth) in enumerate((("ann", 10), ("bob", 10), ("ann", 0))):
        image = item(player, at=NOW + number * MINUTE, number=number, type="match", worth=worth)
        assert not world.put(image, written=NOW + number * MINUTE).failed
    world.rebuild(NOW + HOUR)
    assert ranking(world, NOW + HOUR) == [(1, "ann", 10), (2, "bob", 10)]


def live_for_three_months(world: World, _: pytest.MonkeyPatch) -> None:
    """An hourly window that keeps one: nothing is stored but the scores of the running hour and of the one before."""
    hour = WindowKind("hour", grace_seconds=0, keep=1)
    world.deploy(board(decimals=0, windows=(hour,), drain_seconds=60, shards=1))
    delivered = 0
    for begin in (NOW, NOW + 92 * DAY):
        for minute in (0, 61, 64, 70, 121, 124, 130, 133):
            now = begin + minute * MINUTE
            if minute % 60 <= 1:
                world.play("ann", "bob", at=now)
            world.rebuild(now)
            sent = probes(world)
            world.put(*sent[delivered:], written=now)
            delivered = len(sent)
    left = {(f"2027-02-24T0{number}", player) for number in (1, 2) for player in ("ann", "bob")}
    assert scores(world.aws).keys() == left
    assert all(each.window.id.startswith("2027") for each in world.window_store.read_all())


EDITS: dict[str, Callable[[World, pytest.MonkeyPatch], None]] = {
    each.__name__: each
    for each in (
        change_what_scores_mean,
        rename_a_season,
        take_milestones_out_and_put_them_back,
        play_for_nothing,
        live_for_three_months,
    )
}
"""The lives, by their names."""

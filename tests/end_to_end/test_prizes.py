"""An hour of a board ends and is sealed: its final ranks, its event, and the prizes that the event's consumer gives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from generator.local.stack import Stack
from runtime.config import WindowKind
from runtime.domain.edges.timeline import Timeline
from runtime.domain.instants import MINUTE
from tests.end_to_end.deployed import Listener, OperatedGame, deploy_boards, wait_until
from tests.end_to_end.game import activity, get
from tests.end_to_end.prizes import PAGE, PrizeConsumer, make_message
from tests.end_to_end.refused import rebuilt_score
from tests.runtime.boards import NOW
from tests.support.markdown import fenced
from tests.support.projects import board_yaml, boards_of, head

YAML = f"{head(project='ops')}boards:\n" + board_yaml("hourly", window="{every: hour, grace: 30m}")


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The running stack of the board, whose clock shows that an hour began a minute ago: none ends meanwhile."""
    with deploy_boards(boards_of(YAML), begins=NOW + MINUTE) as stack:
        yield stack


def is_sealed(game: OperatedGame, window: str) -> bool:
    """Whether the window before the current one is sealed, after a rebuild a minute later."""
    game.stack.drain(game.name)
    clock = game.stack.aws.clock
    clock.move(clock.now() + MINUTE)
    game.rebuild()
    found = get(f"{game.api_url}/v1/windows")[1]["windows"][1]
    return bool(found["id"] == window and found["sealed"])


def test_an_hour_is_sealed_and_an_event_says_so(stack: Stack) -> None:
    """The hour before this one. Its grace ends when the clock is moved past it, and not while others still write."""
    game = OperatedGame(stack, "hourly")
    now = stack.aws.clock.now()
    hour = Timeline(WindowKind("hour")).previous(now)
    assert hour
    assert hour.ends_at
    listener = Listener(game)
    consumer = PrizeConsumer(stack, "ops-hourly")
    consumer.deploy()
    game.put_all([activity(player, "kill", moment=hour.ends_at / 1000 - 5) for player in ("ann", "bob", "bob")])
    game.put(activity("cleo", "kill", moment=now / 1000))
    stack.drain("hourly")
    game.rebuild()
    before = get(f"{game.api_url}/v1/leaderboard?window={hour.id}")[1]
    assert (before["window"]["sealed"], before["players"]) == (False, 2)

    stack.aws.clock.move(hour.ends_at + 30 * MINUTE)
    wait_until(lambda: is_sealed(game, hour.id), 240)
    game.put(activity("late", "kill", moment=hour.ends_at / 1000 - 4))
    stack.drain("hourly")
    game.rebuild()
    after = get(f"{game.api_url}/v1/leaderboard?window=hour:previous")[1]
    assert [(each["rank"], each["player_id"], each["score"]) for each in after["entries"]] == [
        (1, "bob", 20),
        (2, "ann", 10),
    ]
    assert after["window"]["sealed"]
    assert rebuilt_score(game, "cleo") == 10
    (event,) = [each for each in listener.receive() if each["detail-type"] == "leaderboard.window_closed"]
    assert event["source"] == "ops-hourly"
    assert event["detail"]["id"] == f"window/hourly/{hour.id}"
    assert [each["player_id"] for each in event["detail"]["top"]] == ["bob", "ann"]
    # The page about events shows such an event.
    shown = json.loads(fenced(PAGE, "json")[1])
    assert (event.keys(), event["detail"].keys()) == (shown.keys(), shown["detail"].keys())
    assert event["detail"]["top"][0].keys() == shown["detail"]["top"][0].keys()
    # Its consumer has handed out the prizes, and does not do so again.
    prizes = {"bob": 500, "ann": 250}
    wait_until(lambda: consumer.read_coins() == prizes)
    for _ in range(2):
        consumer.send_again(event["detail"])
    wait_until(lambda: consumer.read_calls() >= 2 and consumer.is_idle())
    assert consumer.read_coins() == prizes


FAILED = {"batchItemFailures": [{"itemIdentifier": "0"}]}


def closed(*players: str) -> dict[str, Any]:
    """The detail of a window that closed, with its first players."""
    top: list[dict[str, Any]] = [
        {"rank": rank, "player_id": player, "name": None, "columns": {}} for rank, player in enumerate(players, 1)
    ]
    window = {"id": "2026-W10"}
    return {"id": "window/board/2026-W10", "board": "board", "window": window, "players": len(players), "top": top}


def test_a_prize_is_given_once_however_often_the_event_comes(stack: Stack) -> None:
    """Twice at the same time, after the function died in the middle, and for another board's window of that name."""
    consumer = PrizeConsumer(stack, "ops-other")
    prizes = consumer.load()
    with pytest.MonkeyPatch.context() as patch:
        for name, table in consumer.tables.items():
            patch.setenv(name, table)
        event = {"Records": [make_message("ops-a", closed("ann", "bob", "cid", "dan"), 0)]}
        give = prizes.give

        def die_after_the_first(prize_id: str, player: str, coins: int) -> None:
            if player != "ann":
                raise SystemExit
            give(prize_id, player, coins)

        patch.setattr(prizes, "give", die_after_the_first)
        with pytest.raises(SystemExit):
            prizes.handler(event, None)
        assert consumer.read_coins() == {"ann": 500}
        patch.setattr(prizes, "give", give)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: prizes.handler(event, None), range(8)))
        # What met another transaction is named, and delivered again.
        assert all(answer in ({"batchItemFailures": []}, FAILED) for answer in answers)
        assert prizes.handler(event, None) == {"batchItemFailures": []}
        assert consumer.read_coins() == {"ann": 500, "bob": 250, "cid": 100}
        broken: dict[str, Any] = {"messageId": "1", "body": "{}"}
        both = {"Records": [broken, make_message("ops-b", closed("ann"), 2)]}
        assert prizes.handler(both, None) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
        assert consumer.read_coins()["ann"] == 1000

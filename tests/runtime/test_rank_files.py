"""How a request reads a large snapshot: many of its files at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from runtime.s3.ranks import sizes
from tests.runtime.boards import NOW
from tests.runtime.world import World
from tests.support.memory_aws import Call


def test_friends_are_looked_up_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One after the other, fifty friends on a board of millions would be a hundred reads, which take seconds."""
    monkeypatch.setattr(sizes, "BLOCK", 2)
    world = World()
    players = [f"p{number:02}" for number in range(40)]
    world.play(*players)
    world.rebuild()
    world.deploy(world.config)
    together, numbers = threading.Barrier(4), count()

    def get_together(call: Call, carry_out: Callable[[], Any]) -> Any:
        is_bucket = call.operation == "get_object" and "/players/" in call.request["Key"]
        # The number is taken at once: another thread may read a bucket before this one goes on.
        if is_bucket and next(numbers) < together.parties:
            together.wait(timeout=60)
        return carry_out()

    world.aws.intercept = get_together
    answer = world.api.friends({"window": "week", "ids": ",".join(reversed(players))}, NOW)
    assert [entry["player_id"] for entry in answer.body["entries"]] == players

"""The lines of players who have changed, where the table gives less than is asked for."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from runtime.lifecycle.changed_players import make_changes
from runtime.lifecycle.line_reading import THROTTLED
from tests.runtime.any_window import AnyWindow
from tests.support.memory_aws import Call
from tests.support.memory_aws.errors import error


def test_days_of_a_table_that_gives_less_are_read_more_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """All days of many players are more at once than a new table gives, and what waits grows with each rebuild."""
    made = next(each for each in map(AnyWindow, range(1000)) if len(each.parts) > 1 and len(each.counted) > 10)
    changed = {made.parts[0].window.id: dict.fromkeys(made.players)}
    expected = make_changes(made.board, made.table, made.parts, changed, made.decisions)
    assert sorted(filter(None, expected.values())) == made.lines()
    chance, pauses = Random(1), list[float]()
    monkeypatch.setattr("runtime.dynamodb.table.time", SimpleNamespace(sleep=pauses.append))

    def throttle(call: Call, carry_out: Callable[[], Any]) -> Any:
        draw = chance.random()
        if draw < 0.5:
            raise error(chance.choice(THROTTLED), call.operation)
        left = call.request["RequestItems"] if draw < 0.97 else {}
        return {"Responses": {}, "UnprocessedKeys": left} if left else carry_out()

    made.aws.intercept = throttle
    assert make_changes(made.board, made.table, made.parts, changed, made.decisions) == expected
    assert pauses

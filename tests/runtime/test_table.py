"""One DynamoDB table: keys that DynamoDB did not get to are asked for again, later and not for ever."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.dynamodb.table import GET_ATTEMPTS, BusyError, Table
from tests.runtime.fakes import FakeDynamoDB

KEYS = [("week", f"p{number}") for number in range(4)]


class Throttled(FakeDynamoDB):
    """Answers BatchGetItem for one key at a time, and for none from the request number `stops_at` on."""

    def __init__(self, stops_at: int) -> None:
        super().__init__(aggregates=("partition", "player_id"))
        self.left = stops_at
        self.requests: list[int] = []

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        wanted = RequestItems["aggregates"]
        keys = wanted["Keys"]
        self.requests.append(len(keys))
        done, rest = (keys[:1], keys[1:]) if self.left else ([], keys)
        self.left -= bool(self.left)
        found = super().batch_get_item(RequestItems={"aggregates": {**wanted, "Keys": done or keys}})
        unprocessed = {"aggregates": {**wanted, "Keys": rest}} if rest else {}
        return {"Responses": found["Responses"] if done else {}, "UnprocessedKeys": unprocessed}


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, in seconds: each as long as it may become."""
    pauses: list[float] = []
    monkeypatch.setattr("runtime.dynamodb.table.random.uniform", lambda low, high: high)
    monkeypatch.setattr("runtime.dynamodb.table.time.sleep", pauses.append)
    return pauses


def test_unprocessed_keys_are_asked_for_again_after_growing_pauses(slept: list[float]) -> None:
    client: Any = Throttled(stops_at=4)
    table = Table(client, "aggregates", ("partition", "player_id"))
    for key in KEYS:
        table.put(table.key_attributes(key))
    assert list(table.get_all(KEYS)) == KEYS
    assert client.requests == [4, 3, 2, 1]
    assert slept == [0.02, 0.04, 0.08]


def test_a_table_that_stays_busy_is_given_up(slept: list[float]) -> None:
    client: Any = Throttled(stops_at=1)
    with pytest.raises(BusyError, match="3 of 4 keys"):
        Table(client, "aggregates", ("partition", "player_id")).get_all(KEYS)
    assert client.requests == [4] + [3] * (GET_ATTEMPTS - 1)
    assert sum(slept) < 2.6

"""One DynamoDB table: keys that DynamoDB did not get to are asked for again, later and not for ever."""

from __future__ import annotations

from itertools import chain, repeat
from types import SimpleNamespace

import pytest

from runtime.dynamodb.table import GET_ATTEMPTS, BusyError, Table
from tests.support.memory_aws import HookedAws

KEYS = [("week", f"p{number}") for number in range(4)]


class Throttled(HookedAws):
    """Answers BatchGetItem for one key at a time, and for none from the request number `stops_at` on."""

    def __init__(self, stops_at: int) -> None:
        super().__init__()
        done = chain(repeat(1, stops_at), repeat(0))
        self.dynamodb.process = lambda keys: next(done)
        self.table = Table(self.client("dynamodb"), "aggregates", ("partition", "player_id"))

    def requests(self) -> list[int]:
        """How many keys each BatchGetItem asked for."""
        asked = [call.request["RequestItems"] for call in self.calls if call.operation == "batch_get_item"]
        return [len(items["aggregates"]["Keys"]) for items in asked]


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, in seconds: each as long as it may become."""
    pauses: list[float] = []
    monkeypatch.setattr("runtime.dynamodb.table.random.uniform", lambda low, high: high)
    monkeypatch.setattr("runtime.dynamodb.table.time", SimpleNamespace(sleep=pauses.append))
    return pauses


def test_unprocessed_keys_are_asked_for_again_after_growing_pauses(slept: list[float]) -> None:
    aws = Throttled(stops_at=4)
    for key in KEYS:
        aws.table.put(aws.table.key_attributes(key))
    assert list(aws.table.get_all(KEYS)) == KEYS
    assert aws.requests() == [4, 3, 2, 1]
    assert slept == [0.02, 0.04, 0.08]


def test_a_table_that_stays_busy_is_given_up(slept: list[float]) -> None:
    aws = Throttled(stops_at=1)
    with pytest.raises(BusyError, match="3 of 4 keys"):
        aws.table.get_all(KEYS)
    assert aws.requests() == [4] + [3] * (GET_ATTEMPTS - 1)
    assert sum(slept) < 2.6

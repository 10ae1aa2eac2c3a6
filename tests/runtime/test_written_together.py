"""Several players are written by one transaction, and what is refused for one of them holds up no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.config import Limits
from runtime.dynamodb.aggregates import CALLS_OF_UNITS
from runtime.processor import BatchResult, process
from tests.runtime.boards import BOARD, NOW, board, item, message
from tests.runtime.world import process_messages, processor_of, scores
from tests.support.effort import examples
from tests.support.memory_aws import Call, HookedAws
from tests.support.memory_aws.errors import cancelled, error
from tests.support.memory_aws.interceptors import only

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.dynamodb.table.time", SimpleNamespace(sleep=lambda seconds: None))


def kills(*players: str, number: int = 0) -> list[dict[str, Any]]:
    return [message(item(player, number=number), player) for player in players]


def played() -> HookedAws:
    """A board whose windows are open, and in which some players have played."""
    aws = HookedAws()
    assert not process_messages(aws, kills("ann", "bob", "cat")).failed
    aws.calls.clear()
    return aws


def calls_about(aws: HookedAws) -> list[tuple[str, list[str]]]:
    """Each read of aggregates and each transaction, with the players that it is about."""
    found = []
    for call in aws.calls:
        if call.operation == "batch_get_item":
            keys = call.request["RequestItems"]["aggregates"]["Keys"]
            found.append(("read", sorted({key["player_id"]["S"] for key in keys})))
        if call.operation == "transact_write_items":
            puts = [each["Put"]["Item"] for each in call.request["TransactItems"]]
            found.append(("write", sorted({put["player_id"]["S"] for put in puts})))
    return found


def points(aws: HookedAws) -> dict[str, int]:
    """What each player has in the window of all time."""
    return {player: score for (window, player), score in scores(aws).items() if window == "all-time"}


def refuse_once(player: str, code: str) -> Callable[[Call], None]:
    """Refuse the first transaction with an aggregate of a player, because of that aggregate."""
    left = [True]

    def refuse(call: Call) -> None:
        writes = call.request["TransactItems"]
        codes = [code if each["Put"]["Item"].get("columns") and _is_of(each, player) else "None" for each in writes]
        if left and set(codes) != {"None"}:
            left.clear()
            raise cancelled(writes, *codes)

    return only(refuse, "transact_write_items")


def _is_of(write: dict[str, Any], player: str) -> bool:
    return bool(write["Put"]["Item"]["player_id"]["S"] == player)


def test_players_are_read_and_written_together() -> None:
    aws = played()
    result = process_messages(aws, kills("ann", "bob", "cat", "dan", number=1))
    assert (+result.counts, result.failed) == (Counter(Counted=4), set())
    assert calls_about(aws) == [(kind, ["ann", "bob", "cat", "dan"]) for kind in ("read", "write")]
    assert points(aws) == {"ann": 2000, "bob": 2000, "cat": 2000, "dan": 1000}


def test_who_conflicts_is_written_alone_and_the_others_together() -> None:
    aws = played()
    aws.before = refuse_once("bob", "TransactionConflict")
    result = process_messages(aws, kills("ann", "bob", "cat", number=1))
    assert (+result.counts, result.failed) == (Counter(Counted=3), set())
    assert calls_about(aws) == [
        (kind, players) for players in (["ann", "bob", "cat"], ["ann", "cat"], ["bob"]) for kind in ("read", "write")
    ]
    assert points(aws) == {"ann": 2000, "bob": 2000, "cat": 2000}


def test_who_was_written_before_is_a_duplicate_and_the_others_count() -> None:
    aws = played()
    result = process_messages(aws, [*kills("ann"), *kills("ann", "bob", number=1), *kills("cat")])
    assert (+result.counts, result.failed) == (Counter(Counted=2, Duplicate=2), set())
    assert points(aws) == {"ann": 2000, "bob": 2000, "cat": 1000}
    # "cat" has nothing left to write.
    assert calls_about(aws)[-2:] == [("read", ["ann"]), ("write", ["ann"])]


def test_what_dynamodb_does_not_take_of_one_player_fails_alone() -> None:
    aws = played()

    def refuse(call: Call) -> None:
        if any(_is_of(each, "bob") for each in call.request["TransactItems"]):
            raise error("ValidationException", call.operation)

    aws.before = only(refuse, "transact_write_items")
    result = process_messages(aws, kills("ann", "bob", "cat", number=1))
    assert (+result.counts, result.failed) == (Counter(Counted=2), {"bob"})
    aws.before = refuse_once("bob", "ValidationError")
    result = process_messages(aws, kills("ann", "bob", "cat", number=2))
    assert (+result.counts, result.failed) == (Counter(Counted=3), set())


def test_where_aws_is_busy_a_transaction_is_not_tried_for_each_player() -> None:
    aws = played()

    def refuse(call: Call) -> None:
        raise error("ThrottlingException", call.operation)

    aws.before = only(refuse, "transact_write_items")
    assert process_messages(aws, kills("ann", "bob", "cat", number=1)).failed == {"ann", "bob", "cat"}
    assert calls_about(aws) == [(kind, ["ann", "bob", "cat"]) for kind in ("read", "write")]
    aws.unhook()
    assert not process_messages(aws, kills("ann", "bob", "cat", number=1)).failed
    assert points(aws) == {"ann": 2000, "bob": 2000, "cat": 2000}


def test_the_more_players_were_written_since_a_refusal_the_more_are_written_together() -> None:
    aws = played()
    stores = processor_of(aws, BOARD)
    players = [f"player-{number}" for number in range(60)]

    def batch(number: int) -> int:
        """How many transactions a batch takes."""
        aws.calls.clear()
        result: BatchResult = process(kills(*players, number=number), BOARD, *stores, NOW)
        assert result.counts["Counted"] == 60
        return len(aws.transactions())

    # A player takes a mark and two aggregates: 33 fit into a transaction.
    assert [batch(number) for number in range(2)] == [2, 2]
    aws.before = refuse_once("player-7", "TransactionConflict")
    assert batch(2) == 2 + 2
    transactions = [batch(number) for number in range(3, 100)]
    # After 150 x 2 x 2 players two are written together, after 150 x 3 x 3 three.
    assert transactions[:10] == [60] * 10
    assert transactions[10:23] == [30] * 13
    assert transactions[23:40] == [20] * 17
    assert transactions[-1] == 10


@examples(25)
@given(st.integers(0, 2**32), st.integers(1, 50))
def test_together_and_alone_come_to_the_same(seed: int, most: int) -> None:
    """Also where activities are rejected by what else the player has done, and where a transaction must be cut."""
    config = board(limits=Limits(activities_per_minute=3), milestones=(1000, 2000, 3000))
    ends = []
    for together in (1, most):
        chance, aws = Random(seed), HookedAws()
        stores = processor_of(aws, config)
        stores[1]._unrefused = CALLS_OF_UNITS * together**2
        for count in (chance.randint(1, 90), chance.randint(1, 90)):
            kinds = [item(f"p{chance.randrange(30)}", number=chance.randrange(300)) for _ in range(count)]
            jumps = [{**each, "type": {"S": chance.choice(["kill", "kill", "jump"])}} for each in kinds]
            batch = [message(each, str(number)) for number, each in enumerate(jumps)]
            result = process(batch, config, *stores, NOW)
            assert not result.failed
        marks = {key: row["outcome"] for key, row in aws.tables["marks"].items() if "outcome" in row}
        ends.append((scores(aws), marks, result.counts, result.reasons))
        assert max(aws.transactions()) <= 100
    assert ends[0] == ends[1]

"""Every kind of aggregate under repetition, reordering and death, compared to a list of activities."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from runtime.config import BoardConfig, Limits, WindowKind
from runtime.dynamodb import outbox
from runtime.dynamodb.table import Table
from tests.runtime.boards import NOW, board, item, message
from tests.runtime.world import process_messages, scores
from tests.support.effort import examples
from tests.support.memory_aws import Call, HookedAws
from tests.support.memory_aws.errors import error
from tests.support.memory_aws.interceptors import only

MINUTE = 60_000
ALL_TIME = WindowKind("all_time")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.dynamodb.table.time", SimpleNamespace(sleep=lambda seconds: None))


def deliver(aws: HookedAws, config: BoardConfig, items: list[dict[str, Any]], chance: random.Random) -> None:
    """Deliver every activity at least once, in random batches, until all are acknowledged.

    Any write may die before or after it takes effect.
    """
    deaths = chance.choice([0.0, 0.1, 0.3])

    def die(call: Call) -> None:
        if chance.random() < deaths:
            raise error("InternalServerError", call.operation)

    aws.before = aws.after = die
    waiting = [message(each, f"{n}.{copy}") for n, each in enumerate(items) for copy in range(chance.choice([1, 1, 2]))]
    for _ in range(500):
        if not waiting:
            break
        chance.shuffle(waiting)
        batch, waiting = waiting[:7], waiting[7:]
        try:
            failed = process_messages(aws, batch, config).failed
        except ClientError:
            failed = {each["messageId"] for each in batch}
        waiting += [each for each in batch if each["messageId"] in failed]
    else:
        raise AssertionError("messages are never acknowledged")
    aws.unhook()


def bosses(chance: random.Random, count: int) -> list[dict[str, Any]]:
    """Make activities worth damage / 100 + 50, with so few times and damages that many are equal."""
    return [
        item(
            f"p{chance.randrange(3)}",
            at=NOW - chance.randrange(3) * MINUTE,
            number=number,
            type="boss",
            mode="ranked",
            damage=chance.randrange(4) * 100,
        )
        for number in range(count)
    ]


@examples(40)
@given(st.integers(0, 2**32), st.sampled_from(["best", "last"]), st.sampled_from([(), (5_100_000,)]))
def test_the_run_that_is_kept_does_not_depend_on_deliveries(
    seed: int, aggregate: str, milestones: tuple[int, ...]
) -> None:
    """Without milestones by one write, with milestones by a transaction: the same run is kept."""
    chance = random.Random(seed)
    config = board(aggregate=aggregate, milestones=milestones)
    assert config.keeps_one_run == (not milestones)
    items = bosses(chance, 20)
    aws = HookedAws()
    deliver(aws, config, items, chance)

    def order(each: dict[str, Any]) -> Any:
        at, identity = int(each["activity_id"]["S"].replace("-", "")[:12], 16), each["activity_id"]["S"]
        # The best: most points, then the earliest; the last: the latest, then the higher id.
        return (int(each["damage"]["N"]), -at) if aggregate == "best" else (at, identity)

    kept: dict[str, dict[str, Any]] = {}
    for each in items:
        player = each["player_id"]["S"]
        kept[player] = max(kept.get(player, each), each, key=order)
    # 0.50 by one rule, 50 + damage / 100 by the other, in hundredths.
    worth = {player: 5050 + int(each["damage"]["N"]) for player, each in kept.items()}
    assert {player: score for (window, player), score in scores(aws).items() if window == "all-time"} == worth
    ats = {
        player: int(row["at"]["N"])
        for (partition, player), row in aws.tables["aggregates"].items()
        if partition.startswith("all-time#")
    }
    assert ats == {player: int(each["activity_id"]["S"].replace("-", "")[:12], 16) for player, each in kept.items()}


@examples(40)
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_a_minute_counts_activities_up_to_the_limit(seed: int, limit: int) -> None:
    chance = random.Random(seed)
    config = board(limits=Limits(activities_per_minute=limit), windows=(WindowKind("day"), WindowKind("all_time")))
    items = [item(f"p{chance.randrange(2)}", at=NOW + chance.randrange(3) * MINUTE, number=n) for n in range(25)]
    aws = HookedAws()
    deliver(aws, config, items, chance)
    written: dict[tuple[str, str], int] = defaultdict(int)
    for each in items:
        written[each["player_id"]["S"], each["activity_id"]["S"][:13]] += 1
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for (player, _), count in written.items():
        for window in ("2026-11-24", "all-time"):
            expected[window, player] += 1000 * min(count, limit)
    assert scores(aws) == expected
    rejected = [row for (key, _), row in aws.tables["marks"].items() if key.startswith("#rejected#")]
    assert len(rejected) == sum(max(0, count - limit) for count in written.values())


def test_two_processors_at_once_do_not_pass_a_limit_though_reads_tear() -> None:
    """What a transaction writes is read item by item while it is carried out: here its aggregates, but not the rest."""
    config = board(limits=Limits(activities_per_minute=1))
    aws = HookedAws()
    reads: list[str] = []

    def tear(call: Call, carry_out: Callable[[], Any]) -> Any:
        table = next(iter(call.request.get("RequestItems", ())), call.request.get("TableName", ""))
        if call.operation not in ("query", "batch_get_item") or table in reads:
            return carry_out()
        reads.append(table)
        if table == "marks":
            return {"Items": [], "Count": 0, "Responses": {}, "UnprocessedKeys": {}}
        aws.intercept = aws.call_hooks
        assert process_messages(aws, [message(item())], config).counts["Counted"] == 1
        aws.intercept = tear
        return carry_out()

    aws.intercept = tear
    assert process_messages(aws, [message(item(number=1))], config).reasons == {"over_limit": 1}
    assert reads == ["aggregates", "marks"]
    assert scores(aws)["all-time", "ann"] == 1000


def test_one_activity_may_reach_every_milestone_in_every_window() -> None:
    kinds = ("all_time", "hour", "day", "week", "month")
    config = board(milestones=tuple(range(10, 1010, 10)), windows=tuple(map(WindowKind, kinds)))  # type: ignore[arg-type]
    aws = HookedAws()
    assert not process_messages(aws, [message(item())], config).failed
    assert not process_messages(aws, [message(item(number=1))], config).failed
    # The first opens the windows, with the version of the board's edges.
    assert aws.transactions() == [5 + 1, 1 + 5 + 5, 1 + 5]
    table = Table(aws.client("dynamodb"), "aggregates", ("partition", "player_id"))
    assert outbox.send(table, aws.client("events"), "arcade") == 500
    ids = [detail["id"] for _, detail in aws.events.sent]
    assert len(set(ids)) == 500
    assert "milestone/weekly-kills/all-time/ann/10.0" in ids
    assert outbox.send(table, aws.client("events"), "arcade") == 0


def test_a_batch_may_hold_a_hundred_hours_of_one_player() -> None:
    """After an outage the queue holds activities that were written in a hundred different hours."""
    config = board(windows=(WindowKind("hour"), WindowKind("all_time")))
    aws = HookedAws()
    messages = [
        message(item(at=NOW + hour * 60 * MINUTE, number=hour), str(hour), NOW + hour * 60 * MINUTE)
        for hour in range(100)
    ]
    assert not process_messages(aws, messages, config).failed
    assert scores(aws)["all-time", "ann"] == 100 * 1000
    assert max(aws.transactions()) <= 100


def test_events_of_one_write_are_all_sent_again_when_one_was_refused() -> None:
    config = board(milestones=tuple(range(100, 1300, 100)))
    aws = HookedAws()
    process_messages(aws, [message(item())], config)
    table = Table(aws.client("dynamodb"), "aggregates", ("partition", "player_id"))
    answers = iter([False, True, False])

    def refuse_some(call: Call) -> None:
        aws.events.refuse = next(answers, False)

    aws.before = only(refuse_some, "put_events")
    with pytest.raises(RuntimeError, match="EventBridge refused 10 events"):
        outbox.send(table, aws.client("events"), "arcade")
    sent = [detail["id"] for _, detail in aws.events.sent]
    outbox.send(table, aws.client("events"), "arcade")
    again = [detail["id"] for _, detail in aws.events.sent][len(sent) :]
    assert set(sent) | set(again) == {
        f"milestone/weekly-kills/{window}/ann/{score}.0"
        for window in ("2026-W48", "all-time")
        for score in range(1, 11)
    }
    assert not [key for key in aws.tables["aggregates"] if key[0].startswith("#outbox")]


def test_milestones_may_change_while_a_board_is_played() -> None:
    """A new milestone sends one event when a later score reaches it, and none if the player passed it long ago."""
    aws = HookedAws()
    for number, milestones in enumerate([(500, 5000), (2000,), (100, 500, 2000, 3000), (500, 2000)]):
        assert not process_messages(
            aws, [message(item(number=number))], board(milestones=milestones, windows=(ALL_TIME,))
        ).failed
    table = Table(aws.client("dynamodb"), "aggregates", ("partition", "player_id"))
    outbox.send(table, aws.client("events"), "arcade")
    sent = sorted((detail["milestone"], detail["score"]) for _, detail in aws.events.sent)
    assert sent == [(5, 10), (20, 20), (30, 30)]

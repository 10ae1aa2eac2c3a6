"""The processor under repetition, reordering, conflicts and death: every activity counts once, in each window."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from runtime.config import Column, WindowKind
from runtime.domain.instants import DAY
from runtime.domain.windows import Window, window_at
from tests.runtime.boards import BOARD, NOW, board, item, message, stream_record
from tests.runtime.world import process_messages, scores
from tests.support.memory_aws import Call, HookedAws
from tests.support.memory_aws.errors import cancelled, error
from tests.support.memory_aws.interceptors import only

THIS_WEEK = window_at(BOARD.windows[0], NOW)
assert isinstance(THIS_WEEK, Window)
WEEK = THIS_WEEK.id


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.dynamodb.table.time", SimpleNamespace(sleep=lambda seconds: None))


def test_an_activity_counts_once_in_each_window_however_often_it_is_delivered() -> None:
    aws = HookedAws()
    for _ in range(5):
        assert not process_messages(aws, [message(item(), f"m{n}") for n in range(3)]).failed
    assert scores(aws) == {(WEEK, "ann"): 1000, ("all-time", "ann"): 1000}


def test_the_first_content_of_an_id_counts() -> None:
    aws = HookedAws()
    process_messages(aws, [message(item())])
    batch = process_messages(aws, [message(item(type="boss", mode="ranked", damage=1))])
    assert batch.counts["Duplicate"] == 1
    assert scores(aws)[WEEK, "ann"] == 1000


def test_many_activities_of_one_player_are_split_over_transactions() -> None:
    aws = HookedAws()
    batch = process_messages(aws, [message(item(number=n), str(n)) for n in range(250)])
    assert +batch.counts == Counter(Counted=250)
    assert scores(aws)[WEEK, "ann"] == 250_000
    assert max(aws.transactions()) <= 100


def test_a_rejection_is_kept_and_decided_once() -> None:
    aws = HookedAws()
    for _ in range(2):
        batch = process_messages(aws, [message(item(type="jump"), "a"), message(item("bob"), "b")])
    assert not batch.failed
    kept = [row for (key, _), row in aws.tables["marks"].items() if key.startswith("#rejected#2026-11-24#")]
    assert [(row["reason"]["S"], row["by"]["S"]) for row in kept] == [("unknown_type", "ann")]
    assert scores(aws) == {(WEEK, "bob"): 1000, ("all-time", "bob"): 1000}


def test_rejections_of_impossible_players_do_not_collide() -> None:
    aws = HookedAws()
    batch = process_messages(
        aws, [message(item(player, number=n), str(n)) for n, player in enumerate(["#windows", "#", "a b"])]
    )
    assert batch.reasons == {"bad_player_id": 3}
    assert scores(aws) == {}


def test_an_activity_over_the_bound_is_rejected_whole_and_later_ones_count() -> None:
    aws = HookedAws()
    big: dict[str, Any] = {"type": "boss", "mode": "ranked", "damage": 9 * 10**14}
    batch = process_messages(
        aws, [message(item(number=1, **big), "1"), message(item(number=2, **big), "2"), message(item(), "3")]
    )
    assert batch.reasons == {"over_bound": 1}
    assert scores(aws)[WEEK, "ann"] == scores(aws)["all-time", "ann"] == 9 * 10**14 + 5050 + 1000


@pytest.mark.parametrize(("late_by", "windows"), [(-1000, {WEEK, "all-time"}), (0, {"all-time"})])
def test_lateness_is_judged_window_by_window(late_by: int, windows: set[str]) -> None:
    aws = HookedAws()
    assert THIS_WEEK is not None
    end = THIS_WEEK.ends_at
    assert end is not None
    written = end + 600_000 + late_by
    batch = process_messages(aws, [message(item(at=end - 1), written=written)], now=end + 3_600_000)
    assert batch.counts["Counted"] == 1
    assert {window for window, _ in scores(aws)} == windows


def test_late_for_every_window_is_a_rejection() -> None:
    aws = HookedAws()
    only = board(windows=(WindowKind("day"),))
    batch = process_messages(aws, [message(item(at=NOW - 2 * DAY))], only)
    assert batch.reasons == {"late": 1}


def test_what_is_no_activity_fails_alone() -> None:
    aws = HookedAws()
    image = item(number=1)
    far = "ffffffff-ffff-7000-8000-000000000000"
    bodies = [
        "{",
        "[]",
        "[" * 5000,
        json.dumps(stream_record(image | {"x": {"N": "abc"}})),
        json.dumps(stream_record(image)).replace(str(NOW // 1000), "1e400"),
        json.dumps(stream_record(image | {"player_id": {"S": 5}})),
        json.dumps(stream_record(image | {"activity_id": {"S": far}}, 281474976710000)),
    ]
    odd = [{"messageId": f"odd{number}", "body": body} for number, body in enumerate(bodies)]
    batch = process_messages(aws, [*odd, message(item())])
    assert batch.failed == {each["messageId"] for each in odd}
    assert batch.counts["Counted"] == 1


def test_conflicts_are_tried_again() -> None:
    aws = HookedAws()
    conflicts = iter([True] * 4)

    def conflict(call: Call) -> None:
        if next(conflicts, False):
            raise cancelled(call.request["TransactItems"], "None", "TransactionConflict")

    aws.before = only(conflict, "transact_write_items")
    assert not process_messages(aws, [message(item())]).failed
    assert scores(aws)[WEEK, "ann"] == 1000


def test_one_players_failure_holds_up_nobody_else() -> None:
    aws = HookedAws()
    # The windows are open: one that cannot be opened fails a whole batch.
    process_messages(aws, [message(item("eve"))])

    def fail(call: Call) -> None:
        if any(each["Put"]["Item"]["player_id"] == {"S": "ann"} for each in call.request["TransactItems"]):
            raise error("ValidationException", call.operation)

    aws.before = only(fail, "transact_write_items")
    batch = process_messages(aws, [message(item("ann"), "a"), message(item("bob"), "b")])
    assert batch.failed == {"a"}
    assert len(scores(aws)) == 4


def test_two_processors_that_read_the_same_state_both_count() -> None:
    aws = HookedAws()
    process_messages(aws, [message(item(number=0))])
    raced = iter([True])

    def race(call: Call) -> None:
        if next(raced, False):
            process_messages(aws, [message(item(number=1))])

    aws.before = only(race, "transact_write_items")
    process_messages(aws, [message(item(number=2))])
    assert scores(aws)[WEEK, "ann"] == 3000


@pytest.mark.usefixtures("one_thread")
def test_the_windows_of_a_player_may_be_read_at_different_moments() -> None:
    """A read of several items sees a transaction of another processor in some of them only."""
    aws = HookedAws()
    process_messages(aws, [message(item(number=0))])
    raced = iter([True])

    def race() -> None:
        if next(raced, False):
            process_messages(aws, [message(item(number=1))])

    aws.dynamodb.between_reads = race
    process_messages(aws, [message(item(number=2))])
    assert next(raced, None) is None
    assert scores(aws) == {(WEEK, "ann"): 3000, ("all-time", "ann"): 3000}


def test_another_meaning_of_the_numbers_is_refused() -> None:
    aws = HookedAws()
    process_messages(aws, [message(item())])
    for other in (
        board(decimals=3),
        board(columns=(Column("score", "ascending", decimals=2),)),
        board(columns=(Column("score", "descending", "best", 2),)),
    ):
        before = {name: dict(rows) for name, rows in aws.tables.items()}
        batch = process_messages(aws, [message(item(number=7), "m")], other)
        assert batch.failed == {"m"}
        assert aws.tables == before
    assert not process_messages(
        aws, [message(item(number=7))], board(windows=(WindowKind("week", "Europe/Paris", 240), WindowKind("day")))
    ).failed


@given(st.integers(0, 2**32), st.integers(1, 60), st.sampled_from([0.0, 0.1, 0.3]))
def test_any_deliveries_with_any_deaths_add_up(seed: int, count: int, deaths: float) -> None:
    """The sums are those of a list, although activities are delivered in random batches until they are acknowledged,
    writes die before or after they take effect, and other processors interfere."""
    chance = random.Random(seed)
    aws = HookedAws()

    def die(call: Call) -> None:
        if chance.random() < deaths:
            conflict = cancelled(call.request["TransactItems"], "TransactionConflict")
            raise chance.choice([error("InternalServerError", call.operation), conflict])

    def lose(call: Call) -> None:
        if chance.random() < deaths:
            raise error("RequestTimeout", call.operation)

    aws.before, aws.after = only(die, "transact_write_items"), lose
    kinds: list[dict[str, Any]] = [
        {},
        {"type": "boss", "mode": "x"},
        {"type": "boss", "mode": "ranked", "damage": 7},
        {"type": "jump"},
    ]
    items = [item(f"p{chance.randrange(4)}", number=n, **chance.choice(kinds)) for n in range(count)]
    waiting = [message(each, f"{n}.{copy}") for n, each in enumerate(items) for copy in range(chance.choice([1, 1, 2]))]
    rounds = 0
    while waiting:
        rounds += 1
        if rounds > 500:
            raise AssertionError("messages are never acknowledged")
        chance.shuffle(waiting)
        batch, waiting = waiting[:20], waiting[20:]
        try:
            failed = process_messages(aws, batch).failed
        except ClientError:
            failed = {each["messageId"] for each in batch}
        # An acknowledgement can be lost too: then the message comes again although its effect is written.
        waiting += [each for each in batch if each["messageId"] in failed or chance.random() < deaths / 3]
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for each in items:
        worth = {"kill": 1000, "jump": 0}.get(each["type"]["S"], 5057 if "damage" in each else 50)
        for window in (WEEK, "all-time"):
            if worth:
                expected[window, each["player_id"]["S"]] += worth
    assert scores(aws) == expected

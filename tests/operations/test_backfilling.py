"""Activities of the past are counted once, whatever dies and however often a file is loaded."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.operations.backfilling import loading
from generator.operations.backfilling.loading import LoadCounts
from generator.operations.redrives.undecided import find_undecided
from runtime.config import WindowKind
from runtime.domain.instants import DAY
from runtime.dynamodb.decisions import DecisionStore
from tests.operations.managed import Managed
from tests.operations.past import Entry, Past, kill, write_lines
from tests.runtime.boards import NOW, board, item
from tests.support.effort import examples
from tests.support.executors import use_one_thread
from tests.support.memory_aws import Call

PLAYERS = ("ann", "bob", "cid")
ROWS = [kill(player, days, spot=number) for number, days in enumerate((1, 40, 360)) for player in PLAYERS]
ONCE = dict.fromkeys(PLAYERS, 30)


class Death(BaseException):
    """Stands for the death of the program at this point."""


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    use_one_thread(monkeypatch)


def test_a_file_counts_once_however_often_it_is_loaded(tmp_path: Path) -> None:
    past, path = Past(), write_lines(tmp_path / "a.jsonl", ROWS)
    assert past.load(path) == LoadCounts(written=9)
    past.settle()
    assert past.load(path) == LoadCounts(there=9)
    past.settle()
    assert past.totals() == ONCE
    assert not past.rejected(past.now)


@pytest.mark.parametrize("kind", ["sum", "best"])
def test_a_file_counts_once_when_its_items_have_expired(tmp_path: Path, kind: str) -> None:
    """Each item goes after 40 days, and what is loaded again then is new to the stream."""
    past, path = Past(board(aggregate=kind, decimals=0)), write_lines(tmp_path / "a.jsonl", ROWS)
    past.load(path)
    past.settle()
    before = past.totals()
    for _ in range(14):
        past.now += 41 * DAY
        past.aws.expire(past.now)
        past.load(path)
        past.settle()
        assert past.totals() == before
    assert not list(past.aws.tables["activities"].items()), "all of it is over 365 days old by now"
    past.now += 100 * DAY
    past.aws.expire(past.now)
    assert [key for key, _ in past.aws.tables["marks"].items()] == [], "neither marks nor grants are kept for ever"


def test_what_a_game_server_writes_is_too_old_whatever_it_claims(tmp_path: Path) -> None:
    past, path = Past(), write_lines(tmp_path / "a.jsonl", ROWS)
    past.load(path)
    claim = next(iter(past.aws.tables["activities"].items()))[1]["#backfill"]["S"]
    forged: list[dict[str, Any]] = [
        {**item("eve", at=NOW - 31 * DAY, number=number), **more}
        for number, more in enumerate(
            ({}, {"#backfill": {"S": claim}}, {"#backfill": {"S": "x"}}, {"#backfill": {"N": "1"}})
        )
    ]
    for each in forged:
        past.world.activities.put(each)
    past.settle()
    assert "eve" not in past.totals()
    assert [each.reason for each in past.rejected(past.now)] == ["too_old"] * 4
    assert past.totals() == ONCE


def test_a_grant_ends(tmp_path: Path) -> None:
    """What is written after it has ended is too old, and what was written before is not, whenever it comes through."""
    past, path = Past(), write_lines(tmp_path / "a.jsonl", ROWS)
    past.load(path)
    past.now += 25 * DAY
    past.settle()
    assert past.totals() == ONCE
    again = Past()
    again.load(path)
    images = [row for _, row in again.aws.tables["activities"].items()]
    again.world.put(*images, written=NOW + 2 * DAY)
    assert again.totals() == dict.fromkeys(PLAYERS, 10), "those of yesterday need no grant"
    assert [each.reason for each in again.rejected(NOW + 2 * DAY)] == ["too_old"] * 6


def test_a_load_of_days_renews_its_grant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    past, path = Past(), write_lines(tmp_path / "a.jsonl", [kill("ann", 40, n=number) for number in range(10)])
    monkeypatch.setattr(loading, "PER_LOOK", 1)
    put = past.running.activities.put

    def pass_and_put(*request: Any) -> bool:
        past.now += 7 * 3_600_000
        return put(*request)

    monkeypatch.setattr(past.running.activities, "put", pass_and_put)
    past.load(path)
    past.settle()
    assert past.totals() == {"ann": 100}
    grants = [row for (partition, _), row in past.aws.tables["marks"].items() if partition == "#grants"]
    assert len(grants) == 5


def test_nothing_of_an_erased_player_comes_back(tmp_path: Path) -> None:
    past, path = Past(), write_lines(tmp_path / "a.jsonl", ROWS)
    DecisionStore(past.world.table).end_erasing("bob", past.now)
    past.now += 1000
    survey = past.survey(path)
    assert (survey.counting, survey.left_out) == (6, {"erased": 3})
    past.load(path)
    past.settle()
    assert past.totals().keys() == {"ann", "cid"}
    past.now += 380 * DAY
    assert past.survey(path).counting == 0, "a tombstone is kept for longer than anything may be loaded"


def test_nothing_is_written_of_a_player_who_is_erased_meanwhile(tmp_path: Path) -> None:
    past, path = Past(), write_lines(tmp_path / "a.jsonl", [*ROWS, *[kill("ann", 50 + day) for day in range(9)]])
    operator, puts = Managed(past.world, past.now), 0

    def erase(call: Call, carry_out: Callable[[], Any]) -> Any:
        nonlocal puts
        puts += call.operation == "put_item" and call.request["TableName"] == "activities"
        if puts == 4 and call.operation == "get_item":
            past.aws.intercept = past.aws.call_hooks
            operator.erase("ann")
        return carry_out()

    past.aws.intercept = erase
    assert past.load(path, rate=8).written == 8, "six of the others, and two of ann that were deleted"
    past.settle()
    assert operator.find_traces("ann") == []
    assert past.totals() == {"bob": 30, "cid": 30}


def test_windows_that_have_ended_take_nothing(tmp_path: Path) -> None:
    windows = (WindowKind("month", grace_seconds=600), WindowKind("rolling", days=60), WindowKind("all_time"))
    past = Past(board(decimals=0, windows=windows))
    path = write_lines(tmp_path / "a.jsonl", [kill("ann", days) for days in (1, 22, 25, 45, 70, 300, 370)])
    survey = past.survey(path)
    assert survey.windows == {"all-time": 6, "2026-11": 2, "rolling-60d": 4}
    assert (survey.counting, survey.left_out) == (6, {"too_old": 1})
    past.load(path)
    past.settle()
    assert past.totals() == {"ann": 60}
    assert past.totals("2026-11") == {"ann": 20}
    assert past.totals("2026-10") == {}
    only_weeks = Past(board(decimals=0, windows=(WindowKind("week", grace_seconds=600),)))
    assert only_weeks.survey(path).left_out == {"late": 5, "too_old": 1}


def test_the_pipes_redrive_finds_what_was_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    past = Past()
    past.load(write_lines(tmp_path / "a.jsonl", ROWS))
    monkeypatch.setattr(past.running.activities.client, "get_paginator", lambda _name: Pages(past), raising=False)
    found = [record for page in find_undecided(past.running, [NOW // 1000]) for record in page]
    assert len(found) == len(ROWS)


class Pages:
    """The whole table as one page."""

    def __init__(self, past: Past) -> None:
        self.items = [row for _, row in past.aws.tables["activities"].items()]

    def paginate(self, **_request: Any) -> list[dict[str, Any]]:
        """The page."""
        return [{"Items": self.items}]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_load_that_dies_at_any_call_is_completed_by_the_next(tmp_path: Path, when: str) -> None:
    path, number = write_lines(tmp_path / "a.jsonl", ROWS), 0
    while True:
        past, number = Past(), number + 1
        died = die_at(past, number, when, partial(past.load, path))
        past.settle()
        assert past.load(path).done == len(ROWS)
        past.settle()
        assert past.totals() == ONCE
        if not died:
            break
    assert number > 12, "each call of the load was one to die at"


def die_at(past: Past, number: int, when: str, work: Callable[[], object]) -> bool:
    """Do a work, and die before or after a call. False where there are fewer calls."""
    made = 0

    def intercept(call: Call, carry_out: Callable[[], Any]) -> Any:
        nonlocal made
        made += 1
        if made == number and when == "before":
            raise Death
        answer = carry_out()
        if made == number:
            raise Death
        return answer

    past.aws.intercept = intercept
    try:
        work()
    except Death:
        return True
    finally:
        past.aws.intercept = past.aws.call_hooks
    return False


def test_two_loads_at_once_write_each_activity_once(tmp_path: Path) -> None:
    past, path = Past(), write_lines(tmp_path / "a.jsonl", ROWS)
    others: list[LoadCounts] = []

    def overtake(call: Call) -> None:
        if call.operation == "put_item" and call.request["TableName"] == "activities":
            past.aws.unhook()
            others.append(past.load(path))

    past.aws.before = overtake
    assert past.load(path) == LoadCounts(there=9)
    assert others == [LoadCounts(written=9)]
    past.settle()
    assert past.totals() == ONCE


DAYS = st.integers(0, 400)
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {"player": st.sampled_from(PLAYERS), "days": DAYS, "type": st.sampled_from(["kill", "boss", "chat"])},
        optional={"mode": st.sampled_from(["ranked", "fun"]), "damage": st.integers(0, 9)},
    ),
    max_size=30,
)


@given(ENTRIES, st.randoms(use_true_random=False), st.integers(1, 40))
@examples(60)
def test_any_file_counts_as_the_naive_model_says(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Entry], order: random.Random, rate: int
) -> None:
    folder = tmp_path_factory.mktemp("past")
    rows = [make_row(each) for each in entries]
    past = Past()
    dies_at = order.randrange(1, 60)
    die_at(past, dies_at, order.choice(["before", "after"]), lambda: past.load(write_lines(folder / "a.jsonl", rows)))
    past.settle()
    order.shuffle(rows)
    path = write_lines(folder / "b.jsonl", rows)
    for _ in range(2):
        past.load(path, rate)
        past.settle()
    expected: Counter[str] = Counter()
    for each in entries:
        if each["days"] < 365 and each["type"] != "chat":
            expected[each["player"]] += naive_points(each)
    assert {player: score for player, score in past.totals().items() if score} == +expected


def make_row(entry: Entry) -> Entry:
    """The row of a file."""
    more: Entry = {name: entry[name] for name in ("type", "mode", "damage") if name in entry}
    return {**kill(entry["player"], entry["days"]), "damage": 0, **more}


def naive_points(entry: Entry) -> int:
    """What the rules give: a boss 50 with a part of a point, and half a point, each rounded half to even."""
    if entry["type"] == "kill":
        return 10
    return 50 if entry.get("mode") == "ranked" else 0

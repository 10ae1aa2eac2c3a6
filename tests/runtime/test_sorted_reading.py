"""Sorted reading of windows, in this process and in workers, compared with a naive model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from runtime.dynamodb.decisions import Decisions
from runtime.lifecycle import line_reading, sorted_reading
from runtime.lifecycle.line_reading import choose_attributes, choose_maker, count_units
from runtime.lifecycle.sorted_reading import TooManyError, count_workers, read_sorted
from runtime.sorting.processes import WorkerError
from tests.runtime.any_window import AnyWindow
from tests.support.effort import examples, seeds
from tests.support.http_dynamodb import serve_dynamodb
from tests.support.memory_aws import Call
from tests.support.memory_aws.errors import error


def read(made: AnyWindow, workers: int = 0, run_bytes: int = 1000) -> list[bytes]:
    with read_sorted(made.board, made.table, made.parts, made.decisions, workers, run_bytes) as lines:
        return list(lines)


@examples(150)
@given(st.integers(0, 2**32), st.integers(1, 2000), st.integers(1, 7))
def test_lines_are_those_of_each_player_alone_in_order(seed: int, run_bytes: int, page_items: int) -> None:
    made = AnyWindow(seed)
    made.aws.dynamodb.page_items = page_items
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(line_reading, "LEAST_PAGE", 2)
        patching.setattr(line_reading, "ITEMS_AT_ONCE", 12)
        assert read(made, run_bytes=run_bytes) == made.lines()


@examples(100)
@given(st.integers(0, 2**32))
def test_the_short_way_makes_the_same_lines(seed: int) -> None:
    made = AnyWindow(seed)
    part = made.parts[0]
    items = [item for (partition, _), item in made.aws.tables["aggregates"].items() if partition.startswith("day-0#")]
    wanted = {"partition", *choose_attributes(made.board, [part])}
    shown = [{name: value for name, value in item.items() if name in wanted} for item in items]
    slowly = line_reading._make_lines(made.board, made.decisions, [(part, items)])
    assert choose_maker(made.board, [part], made.decisions)([(part, shown)]) == slowly


@seeds(3)
def test_workers_read_what_this_process_reads(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made = next(each for each in map(AnyWindow, range(seed * 1000, seed * 1000 + 1000)) if count_units(each.parts) > 1)
    with serve_dynamodb(made.aws) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        assert read(made, workers=1 + seed) == made.lines()
    assert made.counted


@pytest.mark.parametrize("workers", [0, 2])
def test_more_players_than_one_function_ranks_are_not_read_to_the_end(
    workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = next(each for each in map(AnyWindow, range(1000)) if count_units(each.parts) > 1 and len(each.lines()) > 3)
    players = len(made.lines())
    with serve_dynamodb(made.aws) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        given = made.board, made.table, made.parts, made.decisions, workers
        with pytest.raises(TooManyError), read_sorted(*given, most=players - 1):
            pass
        # Each worker has its share of them, and shards differ.
        with read_sorted(*given, most=players * 4) as lines:
            assert list(lines) == made.lines()


def test_what_fails_in_a_worker_fails_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    made = next(each for each in map(AnyWindow, range(1000)) if count_units(each.parts) > 1)

    def refuse(call: Call, carry_out: Callable[[], Any]) -> None:
        raise error("AccessDeniedException", call.operation)

    with serve_dynamodb(made.aws) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        made.aws.intercept = refuse
        with pytest.raises(WorkerError, match="AccessDeniedException"):
            read(made, workers=4)


def test_a_page_that_fails_fails_the_reading() -> None:
    made = next(each for each in map(AnyWindow, range(1000)) if len(each.counted) > 10)
    chance = Random(1)

    def refuse(call: Call, carry_out: Callable[[], Any]) -> Any:
        if chance.random() < 0.2:
            raise error("InternalServerError", call.operation)
        return carry_out()

    made.aws.intercept = refuse
    with pytest.raises(Exception, match="InternalServerError"):
        read(made)


def test_a_table_that_gives_less_is_read_more_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    made = next(each for each in map(AnyWindow, range(1000)) if len(each.counted) > 10)
    chance, pauses = Random(1), list[float]()
    monkeypatch.setattr("runtime.dynamodb.table.time", SimpleNamespace(sleep=pauses.append))

    def throttle(call: Call, carry_out: Callable[[], Any]) -> Any:
        if chance.random() < 0.7:
            raise error(chance.choice(line_reading.THROTTLED), call.operation)
        return carry_out()

    made.aws.intercept = throttle
    assert read(made) == made.lines()
    assert len(pauses) > 5

    chance.random = lambda: 0.0  # type: ignore[method-assign]
    with pytest.raises(ClientError):
        read(made)
    assert max(pauses) <= 0.02 * 2**9


def test_no_parts_have_no_lines() -> None:
    made = AnyWindow(0)
    with read_sorted(made.board, made.table, [], Decisions()) as lines:
        assert list(lines) == []


def test_a_function_has_a_worker_for_each_of_its_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [count_workers(players) for players in (0, 1000, 10_000_000)] == [0, 0, 0]
    for memory, processors in (("512", 0), ("1769", 1), ("3538", 2), ("10240", 5)):
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory)
        # Where nobody knows how many players a window has, they may be many.
        assert [count_workers(players) for players in (0, 10_000_000)] == [processors, processors]
        assert count_workers(1000) == 0


def test_a_worker_is_this_module() -> None:
    assert Path(sorted_reading.__file__).stem == sorted_reading.__name__.rpartition(".")[2]

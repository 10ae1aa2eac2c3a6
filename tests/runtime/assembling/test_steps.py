"""Bases that are assembled, compared byte for byte with those that one function writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime import assembler, config
from runtime.config import Ties
from runtime.domain.windows import ALL_TIME
from runtime.lifecycle.assembling import reading, steps
from runtime.lifecycle.assembling.files import AssemblyFiles
from runtime.lifecycle.assembling.steps import OutdatedError
from runtime.s3.ranks import sizes
from tests.runtime.any_window import AnyWindow
from tests.runtime.assembling.assembled import Assembly, any_sizes, begin, write_at_once
from tests.runtime.boards import board
from tests.runtime.updated_ranks import COLUMNS, TOP, Changes, UpdatedWindow, apply, make_lines
from tests.support.effort import examples
from tests.support.executors import use_one_thread
from tests.support.lambda_context import CONTEXT
from tests.support.memory_aws import Call, HookedAws

TIES = st.sampled_from(["first", "shared", "dense"])
PLAYERS = [f"p{number}" for number in range(60)]
BOARD = board(columns=COLUMNS, top=TOP, attach=(), segments=())


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("BLOCK", 3), ("PER_PACK", 2), ("HELD_LINES", 5)):
        monkeypatch.setattr(sizes, name, size)
    use_one_thread(monkeypatch)


@examples(150)
@given(st.integers(0, 2**32), TIES, st.integers(1, 40), st.integers(0, 60))
def test_an_assembled_base_is_the_one_that_one_function_writes(seed: int, ties: Ties, part: int, players: int) -> None:
    """Any board and windows; it may have many more players than was thought, or fewer, or none."""
    chance, made = Random(seed), AnyWindow(seed)
    made.board = replace(made.board, ties=ties, segments=(), top=chance.choice([1, 4, 20]))
    with any_sizes(chance):
        assembly = begin(made.board, made.aws, made.parts, ties, part, players, made.decisions)
        ranks = assembly.run_all(chance)
    wanted, files = write_at_once(made.board, made.lines(), ties)
    assert ranks == replace(wanted, decided=made.decisions.fingerprint, recount="r1")
    assert assembly.files() == files


def changed_window(chance: Random, ties: Ties, scores: int) -> tuple[UpdatedWindow, Changes]:
    """A window whose players have some different scores, of which few may be many: groups of equals go over ranges."""
    window = UpdatedWindow(ties)

    def choose(players: int) -> Changes:
        chosen = chance.sample(PLAYERS, players)
        return {player: (chance.randrange(scores), chance.randrange(3), None) for player in chosen}

    return window, choose(chance.choice([0, 1, 7, 30, 60]))


@examples(200)
@given(st.integers(0, 2**32), TIES, st.integers(2, 70), st.sampled_from([1, 2, 5, 1000]))
def test_a_base_is_compacted_with_its_delta(seed: int, ties: Ties, part: int, scores: int) -> None:
    chance = Random(seed)
    window, changes = changed_window(chance, ties, scores)
    players = apply({}, changes)
    ranks = window.write(players)
    some = chance.sample(PLAYERS, 9)
    changes = {player: chance.choice([None, (chance.randrange(scores), 1, "N")]) for player in some}
    ranks = window.update(ranks, changes) if chance.random() < 0.8 else ranks
    now = apply(players, changes if ranks.delta else {})
    with any_sizes(chance):
        assembly = begin(BOARD, window.aws, (), ties, part, ranks.players, source=ranks)
        assembled = assembly.run_all(chance)
    wanted, files = write_at_once(BOARD, sorted(line for line in make_lines(now).values() if line), ties)
    assert assembled == replace(wanted, recount="r1")
    assert assembled.content == ranks.content
    assert assembly.files() == files


def any_assembly(seed: int, part: int = 5) -> tuple[AnyWindow, Assembly]:
    """An assembly of a window of which some parts are read."""
    for made in map(AnyWindow, range(seed, seed + 1000)):
        made.board = replace(made.board, segments=())
        assembly = begin(made.board, made.aws, made.parts, "shared", part, 25, made.decisions)
        if assembly.plan.reads > 2 and len(made.counted) > 15:
            return made, assembly
    raise AssertionError("no window is read in parts")


def test_what_is_read_is_read_once() -> None:
    """A call that is repeated may find other scores. The steps behind it would not agree on what there is."""
    made, assembly = any_assembly(0)
    wanted = write_at_once(made.board, made.lines(), "shared")[1]
    for number in assembly.parts("read"):
        assembly.run("read", number)
    made.aws.tables["aggregates"].clear()
    for step in steps.STEPS:
        for number in assembly.parts("read"):
            assembly.run("read", number)
        for number in assembly.parts(step):
            assembly.run(step, number)
    assert assembly.files() == wanted


def test_a_call_that_is_overtaken_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It found no scores any more, and comes to its end when others are at the next steps already."""
    made, assembly = any_assembly(0)
    wanted = write_at_once(made.board, made.lines(), "shared")[1]
    for step in ("read", "count"):
        for number in assembly.parts(step):
            assembly.run(step, number)
    with monkeypatch.context() as patching:
        patching.setattr(AssemblyFiles, "has", lambda *_: False)
        patching.setattr(reading, "_read_pages", lambda *_: iter([[b"0\t[null]"]]))
        assembly.run("read", 0)
    assembly.run_all()
    assert assembly.files() == wanted


def test_each_call_may_fail() -> None:
    """Each part is carried out until it has come to its end, and each request of it fails once."""
    made, assembly = any_assembly(0)
    wanted = write_at_once(made.board, made.lines(), "shared")[1]
    failures = 0
    for step in steps.STEPS:
        for number in assembly.parts(step):
            for fails in range(1000):
                if not fail_at(made.aws, fails, partial(assembly.run, step, number)):
                    break
                failures += 1
    assert failures > 50
    assert assembly.files() == wanted


def fail_at(aws: HookedAws, number: int, work: Callable[[], None]) -> bool:
    """Whether one of the requests of some work has failed, before or behind its effect."""
    left = number

    def fail(call: Call, carry_out: Callable[[], Any]) -> Any:
        nonlocal left
        left -= 1
        if left == -1:
            if number % 2:
                carry_out()
            raise RuntimeError("it ends here")
        return carry_out()

    before, aws.intercept = aws.intercept, fail
    try:
        work()
    except RuntimeError:
        return True
    finally:
        aws.intercept = before
    return False


def test_a_step_needs_what_it_was_planned_with() -> None:
    made, assembly = any_assembly(0)
    with pytest.raises(LookupError, match="read has not made its part"):
        assembly.run("count", 0)
    other = replace(assembly, board=replace(made.board, attach=("note",)))
    with pytest.raises(OutdatedError):
        other.run("read", 0)
    gone = replace(assembly, plan=replace(assembly.plan, id="1-a"))
    with pytest.raises(LookupError, match="the assembly is gone"):
        gone.run("read", 0)


def test_the_handler_carries_out_one_part(monkeypatch: pytest.MonkeyPatch) -> None:
    made, assembly = any_assembly(0)
    for name, value in {"AGGREGATES_TABLE": "aggregates", "BUCKET": "bucket", "KEY_ARN": "key"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(config, "load_board", lambda: assembly.board)
    for service in ("dynamodb", "s3"):
        monkeypatch.setattr(f"runtime.aws.{service}", lambda service=service: made.aws.client(service))
    monkeypatch.setattr(assembler, "read_raw", lambda *_: None)
    monkeypatch.setattr("gc.set_threshold", lambda *_: None)
    assembler._stores.cache_clear()
    for step in steps.STEPS:
        for number in assembly.parts(step):
            event = {"assembly": assembly.plan.id, "step": step, "number": number}
            assert assembler.handler(event, CONTEXT) == {}
    assert assembly.done().window == ALL_TIME
    assembler._stores.cache_clear()

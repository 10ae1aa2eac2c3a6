"""Bases that are assembled, compared byte for byte with those that one function writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from runtime import assembler, config
from runtime.domain.windows import ALL_TIME
from runtime.lifecycle.assembling import reading, steps
from runtime.lifecycle.assembling.files import FAILED, UNFIT, AssemblyFiles, Ended
from runtime.lifecycle.assembling.steps import OutdatedError, run_step
from runtime.s3.bucket import Bucket
from tests.runtime.any_window import AnyWindow
from tests.runtime.assembling.any_assembly import assemble, compact, small_sizes
from tests.runtime.assembling.assembled import Assembly, begin, write_at_once
from tests.support.effort import examples
from tests.support.lambda_context import CONTEXT
from tests.support.memory_aws import Call, HookedAws


@pytest.fixture(autouse=True)
def _small_sizes() -> Iterator[None]:
    with small_sizes():
        yield


@examples(150)
@given(st.integers(0, 2**32))
def test_an_assembled_base_is_the_one_that_one_function_writes(seed: int) -> None:
    assemble(seed)


@examples(150)
@given(st.integers(0, 2**32))
def test_a_base_is_compacted_with_its_delta(seed: int) -> None:
    compact(seed)


def read_in_parts(seed: int, part: int = 5) -> tuple[AnyWindow, Assembly]:
    """An assembly of a window of which some parts are read."""
    for made in map(AnyWindow, range(seed, seed + 1000)):
        made.board = replace(made.board, segments=())
        assembly = begin(made.board, made.aws, made.parts, "shared", part, 25, made.decisions)
        if assembly.plan.reads > 2 and len(made.counted) > 15:
            return made, assembly
    raise AssertionError("no window is read in parts")


def test_what_is_read_is_read_once() -> None:
    """A call that is repeated may find other scores. The steps behind it would not agree on what there is."""
    made, assembly = read_in_parts(0)
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


def test_the_runs_of_a_part_follow_one_another() -> None:
    """A call that reads a range of keys finds it in a run of each part, or in two. It reads nothing of the others."""
    made, assembly = read_in_parts(0)
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(reading, "RUN_BYTES", 1)
        patching.setattr(reading, "PAGE", 1)
        assembly.run_parts("read")
    stored = [AssemblyFiles(assembly.bucket, assembly.plan.id).read("read", each) for each in assembly.parts("read")]
    assert max(map(len, stored)) > 4
    assert sum(map(len, stored)) == len(made.lines())
    for told in stored:
        lasts = [run["last"] for run in told]
        assert sorted(lasts) == lasts
    made.aws.calls.clear()
    number = assembly.parts("count")[-1]
    assembly.run("count", number)
    counted = AssemblyFiles(assembly.bucket, assembly.plan.id).read("count", number)["lines"]
    read = [call for call in made.aws.calls if call.operation == "get_object" and "Range" in call.request]
    assert 0 < len(read) <= counted + len(stored)


def test_a_call_that_is_overtaken_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It found no scores any more, and comes to its end when others are at the next steps already."""
    made, assembly = read_in_parts(0)
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


def test_no_part_is_carried_out_where_nobody_waits_or_under_another_key() -> None:
    made, assembly = read_in_parts(0)
    files = AssemblyFiles(Bucket(made.aws.client("s3"), "bucket"), assembly.plan.id)
    other = Bucket(made.aws.client("s3"), "bucket", "key")
    with pytest.raises(OutdatedError):
        run_step(assembly.board, made.table, other, assembly.plan.id, "read", 0)
    files.write_ended(Ended(7, UNFIT))
    files.write_ended(Ended(8, FAILED))
    assert files.read_ended() == Ended(7, UNFIT)
    left = assembly.files(), set(made.aws.bucket.objects)
    # The execution goes on to its end, and does not fail.
    for step in steps.STEPS:
        for number in assembly.parts(step):
            assembly.run(step, number)
    assert (assembly.files(), set(made.aws.bucket.objects)) == left


def test_each_call_may_fail() -> None:
    """Each part is carried out until it has come to its end, and each request of it fails once."""
    made, assembly = read_in_parts(0)
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
            with suppress(ClientError):
                # What the call was refused is told nobody.
                _ = carry_out() if number % 2 else None
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
    made, assembly = read_in_parts(0)
    with pytest.raises(LookupError, match="read has not made its part"):
        assembly.run("count", 0)
    other = replace(assembly, board=replace(made.board, attach=("note",)))
    with pytest.raises(OutdatedError):
        other.run("read", 0)
    gone = replace(assembly, plan=replace(assembly.plan, id="1-a"))
    before = set(made.aws.bucket.objects)
    gone.run("read", 0)
    assert set(made.aws.bucket.objects) == before


def test_the_handler_carries_out_one_part(monkeypatch: pytest.MonkeyPatch) -> None:
    made, assembly = read_in_parts(0)
    for name, value in {"AGGREGATES_TABLE": "aggregates", "BUCKET": "bucket", "KEY_ARN": "key"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(config, "load_board", lambda: assembly.board)
    for service in ("dynamodb", "s3"):
        monkeypatch.setattr(f"runtime.aws.{service}", lambda service=service: made.aws.client(service))
    monkeypatch.setattr(assembler, "read_raw", lambda *_: None)
    monkeypatch.setattr("gc.set_threshold", lambda *_: None)
    assembler._stores.cache_clear()
    files = AssemblyFiles(Bucket(made.aws.client("s3"), "bucket", "key"), assembly.plan.id)
    made.aws.bucket.objects.clear()
    assert files.write_plan(replace(assembly.plan, key="key"))
    for step in steps.STEPS:
        for number in assembly.parts(step):
            event = {"assembly": assembly.plan.id, "step": step, "number": number}
            assert assembler.handler(event, CONTEXT) == {}
    assert assembly.done().window == ALL_TIME
    assembler._stores.cache_clear()

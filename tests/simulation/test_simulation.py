"""The board holds what it promises, whatever fails, in every run of the simulation that is tried."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Any

import pytest

from runtime.dynamodb.table import Table
from tests.simulation import shrinking
from tests.simulation.running import run_seed
from tests.simulation.script import draw
from tests.support.effort import chunks_of_seeds
from tests.support.paths import REPOSITORY


@chunks_of_seeds(few=100, many=300)
def test_every_invariant_holds_whatever_fails(seeds: range) -> None:
    for seed in seeds:
        outcome = run_seed(seed)
        if outcome.broken is not None:
            pytest.fail(
                f"seed {seed} breaks the invariant {outcome.broken!r}: {outcome.detail}\n"
                f"what happened: python -m tests.simulation {seed}"
            )


def test_a_failing_seed_shrinks_to_a_shorter_run_that_fails_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    def put_again(table: Table, item: dict[str, Any]) -> dict[str, Any]:
        return {"Put": table.put_request(item)}

    monkeypatch.setattr(Table, "put_new_request", put_again)
    monkeypatch.setattr(shrinking, "MOST_RUNS", 60)
    # Seed 0 breaks at once: a shorter run of it is no shorter trace.
    failed = next(outcome for outcome in map(run_seed, range(1, 20)) if outcome.broken)
    cut, shorter = shrinking.shrink(failed)
    assert failed.broken == shorter.broken == "counted once"
    assert 0 < len(draw(failed.seed).actions) - len(cut.actions) < 20
    again = run_seed(failed.seed, cut, traced=True)
    assert (again.broken, again.detail) == (shorter.broken, shorter.detail)
    assert len(again.trace) < len(run_seed(failed.seed, traced=True).trace)


def test_a_seed_does_the_same_each_time() -> None:
    traces = [run_seed(seed, traced=True).trace for seed in (3, 3)]
    assert len(traces[0]) > 500
    assert traces[0] == traces[1]


def test_no_real_thread_takes_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would take its turns when the machine lets it, and could not wait on the simulated clock."""
    monkeypatch.setattr(threading.Thread, "start", lambda thread: pytest.fail(f"{thread.name} is real"))
    outcome = run_seed(12, traced=True)
    assert outcome.broken is None
    # In this one scores are cleared, which functions do in threads too.
    assert any("delete_item aggregates/rolling-" in line for line in outcome.trace)


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_a_seed_does_the_same_in_another_process(hash_seed: str) -> None:
    """The order of a set, which depends on the seed of Python's hashes, decides nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "5", "--trace"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert done.stdout.splitlines()[:-1] == list(run_seed(5, traced=True).trace)

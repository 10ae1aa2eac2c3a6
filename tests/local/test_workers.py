"""What the threads do that keep a local board moving."""

from __future__ import annotations

import threading

import pytest

from generator.errors import LocalError
from generator.local.workers import PIN_SECONDS, REBUILDER_SECONDS, Worker, make_sweep_worker
from runtime.domain.instants import rfc3339
from runtime.s3.snapshots import HISTORY
from tests.runtime.boards import NOW
from tests.runtime.world import World

MAX_AGE = 30
"""Seconds for which an answer may be cached."""
BETWEEN = 30_000
"""Milliseconds from one rebuild to the next."""


def test_what_an_hour_of_rebuilds_leaves_is_what_can_be_pinned_and_no_more() -> None:
    world, warnings = World(), list[str]()
    rebuilds = 3600 * 1000 // BETWEEN
    for number in range(rebuilds):
        world.play("ann", at=NOW + number * BETWEEN)
        world.rebuild(NOW + number * BETWEEN)
    newest = NOW + (rebuilds - 1) * BETWEEN
    make_sweep_worker(world.aws.client("s3"), "bucket", MAX_AGE, warnings.append).run_once()

    snapshots = [key for key in world.aws.bucket.objects if key.startswith(HISTORY)]
    kept = PIN_SECONDS + REBUILDER_SECONDS + MAX_AGE
    # Those that were replaced since, the one that was newest when that time began, and the newest.
    assert len(snapshots) == kept * 1000 // BETWEEN + 2
    # Each has a delta of its own for each of two windows, with two files. Each window has one base of four files, and
    # the pointer is one more.
    assert len(world.aws.bucket.objects) == len(snapshots) * (1 + 2 * 2) + 2 * 4 + 1
    # A reader pins the snapshot of an answer that was cached for as long as it may be.
    pinned = newest - (PIN_SECONDS + MAX_AGE) * 1000
    assert world.page(newest, as_of=rfc3339(pinned))["entries"]
    assert not warnings


def test_a_board_without_a_snapshot_has_nothing_to_sweep() -> None:
    make_sweep_worker(World().aws.client("s3"), "bucket", MAX_AGE, lambda text: None).run_once()


@pytest.mark.parametrize("failure", [LocalError("full"), OSError("full"), RuntimeError("full")])
def test_a_worker_goes_on_after_a_failure_and_says_it(failure: Exception) -> None:
    # A disk may be full when the boards are kept, and have room again half a minute later.
    runs, done, warnings = 0, threading.Event(), list[str]()

    def task() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise failure
        done.set()

    worker = Worker("keep", 0, task, warnings.append)
    worker.start()
    assert done.wait(60)
    worker.stop()
    worker.join(60)
    assert warnings == ["full"]

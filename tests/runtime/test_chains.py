"""Rebuilds that read what has changed make the ranks that one makes that reads everything."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from runtime.s3.ranks import sizes
from tests.runtime.chains import Chain
from tests.support.effort import seeds

LIVED: list[Chain] = []

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def _any_sizes(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Small pieces, and deltas that are compacted at once, now and then, or never."""
    chance = random.Random(request.node.name)
    monkeypatch.setattr(sizes, "BLOCK", chance.choice([2, 3, 500]))
    monkeypatch.setattr(sizes, "PER_PACK", 2)
    monkeypatch.setattr(sizes, "LEAST_COMPACTED", chance.choice([0, 4, 1000]))


@pytest.fixture(autouse=True)
def _nothing_was_wrong(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """No check finds that a chain was not what the table says."""
    yield
    assert "RanksHealed" not in capsys.readouterr().out


@seeds(24)
def test_whatever_becomes_of_stream_and_rebuilds_the_ranks_are_those_of_a_full_read(seed: int) -> None:
    chain = Chain(seed)
    chain.live(60)
    LIVED.append(chain)


def test_many_of_those_rebuilds_read_what_has_changed_and_write_deltas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "LEAST_COMPACTED", 1000)
    for seed in range(4):
        test_whatever_becomes_of_stream_and_rebuilds_the_ranks_are_those_of_a_full_read(seed)
    assert sum(chain.followed for chain in LIVED[-4:]) > 20
    assert sum(chain.with_delta for chain in LIVED[-4:]) > 20

"""Whatever becomes of assemblies, rebuilds and the stream, large windows get the ranks of a full read."""

from __future__ import annotations

import random

import pytest

from runtime.s3.ranks import sizes
from tests.runtime.assembled.chains import LargeChain
from tests.support.effort import seeds

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def _any_sizes(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Small pieces, and deltas that are compacted soon, or never."""
    chance = random.Random(request.node.name)
    monkeypatch.setattr(sizes, "BLOCK", chance.choice([2, 3, 500]))
    monkeypatch.setattr(sizes, "PER_PACK", 2)
    monkeypatch.setattr(sizes, "LEAST_COMPACTED", chance.choice([4, 12, 1000]))
    monkeypatch.setattr(sizes, "HELD_CHANGES", chance.choice([8, 24, 1000]))


@seeds(12)
def test_whatever_happens_large_windows_get_the_ranks_of_a_full_read(
    seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    chain = LargeChain(seed)
    chain.live(60)
    # No check has found that a chain was not what the table says.
    assert "RanksHealed" not in capsys.readouterr().out

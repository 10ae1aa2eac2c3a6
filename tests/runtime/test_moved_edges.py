"""Windows that run while the YAML or the zone database changes: what is stored holds, and every count is ranked."""

from __future__ import annotations

import pytest

from tests.runtime import moved_edges
from tests.runtime.world import World

pytestmark = pytest.mark.usefixtures("one_thread")


def test_a_season_keeps_its_end_under_a_newer_zone_database(monkeypatch: pytest.MonkeyPatch) -> None:
    moved_edges.see_a_newer_zone_database(World(), monkeypatch)


def test_a_month_is_judged_and_sealed_by_the_same_edges(monkeypatch: pytest.MonkeyPatch) -> None:
    moved_edges.seal_a_month_under_a_newer_zone_database(World(), monkeypatch)


def test_a_season_that_is_made_longer_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    moved_edges.make_a_season_longer(World(), monkeypatch)


def test_a_moved_reset_holds_from_the_next_window_on(monkeypatch: pytest.MonkeyPatch) -> None:
    moved_edges.move_a_reset(World(), monkeypatch)

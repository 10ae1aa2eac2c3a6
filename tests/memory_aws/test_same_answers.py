"""The AWS in memory and the embedded AWS give the same answers, errors, content and streams."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from generator.local.emulator.process import Emulator
from tests.memory_aws.life import Life
from tests.memory_aws.lives import LIVES
from tests.memory_aws.twin import twin_of
from tests.runtime import changed_rules, moved_edges
from tests.runtime.world import World
from tests.support.executors import use_one_thread


@pytest.mark.parametrize("name", LIVES)
def test_a_board_lives_the_same_life_on_both(
    name: str, emulator: Emulator, kms_keys: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    with twin_of(emulator, world.aws) as twin:
        world.aws.intercept = twin
        LIVES[name](Life(world, monkeypatch, kms_keys))
        twin.check_content()
    assert len(twin.compared) > 20


def test_a_board_is_edited_alike_on_both(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows that run keep their edges on the embedded AWS too, and what was counted means what it meant."""
    use_one_thread(monkeypatch)
    for edit in (moved_edges.EDITS | changed_rules.EDITS).values():
        world = World()
        with twin_of(emulator, world.aws) as twin, pytest.MonkeyPatch.context() as patch:
            world.aws.intercept = twin
            edit(world, patch)
            twin.check_content()
        assert len(twin.compared) > 20

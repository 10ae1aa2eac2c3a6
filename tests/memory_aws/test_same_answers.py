"""The AWS in memory and the embedded AWS give the same answers, errors, content and streams."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from generator.local.emulator.process import Emulator
from tests.memory_aws.life import Life
from tests.memory_aws.lives import LIVES
from tests.memory_aws.twin import twin_of
from tests.runtime.world import World


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

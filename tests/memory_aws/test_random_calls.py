"""Random calls have the same answers, errors and effects in memory and on the embedded AWS.

A seed that fails is run again by: pytest "tests/memory_aws/test_random_calls.py::test_random_calls_do_the_same[SEED]"
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from botocore.exceptions import ClientError

from generator.local.emulator.process import Emulator
from tests.memory_aws.life import Life
from tests.memory_aws.lives import LIVES
from tests.memory_aws.mutations import Mutator, make
from tests.memory_aws.twin import NoLongerAlikeError, twin_of
from tests.runtime.world import World
from tests.support.effort import seeds
from tests.support.memory_aws import Call, HookedAws
from tests.support.memory_aws.errors import UnknownRequestError


@pytest.fixture(scope="module")
def recorded(kms_keys: Mapping[str, str]) -> list[list[Call]]:
    """The calls of each life."""
    found = []
    for live in LIVES.values():
        with pytest.MonkeyPatch.context() as monkeypatch:
            world = World()
            live(Life(world, monkeypatch, kms_keys))
        found.append(world.aws.calls)
    return found


@seeds(8)
def test_random_calls_do_the_same(seed: int, emulator: Emulator, recorded: list[list[Call]]) -> None:
    aws = HookedAws()
    with twin_of(emulator, aws) as twin:
        aws.intercept = twin
        mutator = Mutator(recorded[seed % len(recorded)], aws, seed)
        refused = unknown = 0
        for call, is_paged in mutator.calls():
            try:
                make(aws.client, mutator, call, is_paged=is_paged)
            except ClientError:
                refused += 1
            except UnknownRequestError:
                unknown += 1
            except NoLongerAlikeError:
                break
        else:
            twin.check_content()
    assert len(twin.compared) - refused >= 5
    assert unknown <= 0.1 * len(twin.compared)

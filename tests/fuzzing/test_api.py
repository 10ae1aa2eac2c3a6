"""The API answers whatever is asked as its openapi.yaml describes it, and never with a failure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzzing import api_server
from tests.fuzzing.api_server import ACCESS, BOARD, DIRECT, PLAYERS, Served
from tests.fuzzing.asking import BEHIND_CLOUDFRONT, ask
from tests.rendering.openapi import document
from tests.support.effort import TIMES


@pytest.fixture(params=[ACCESS, DIRECT], ids=["behind CloudFront", "the function itself"])
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    with api_server.serve(request.param) as served:
        yield served
        assert served.warnings == []


@pytest.mark.long
def test_every_answer_is_as_described(served: Served, tmp_path: Path) -> None:
    is_direct = served.access is DIRECT
    asked = ask(
        served.url,
        document(BOARD),
        PLAYERS,
        tmp_path,
        examples=5 * TIMES,
        seed=TIMES,
        # What differs without CloudFront is what happens to a method.
        phases=("coverage",) if is_direct else ("examples", "coverage", "fuzzing", "stateful"),
        settings="" if is_direct else BEHIND_CLOUDFRONT,
    )
    assert asked > 200

"""The API answers whatever is asked as its openapi.yaml describes it, and never with a failure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzzing import api_server
from tests.fuzzing.api_server import BOARD, PLAYERS, Served
from tests.fuzzing.asking import ask
from tests.rendering.openapi import document
from tests.support.effort import TIMES


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with api_server.serve() as served:
        yield served
        assert served.warnings == []


@pytest.mark.long
def test_every_answer_is_as_described(served: Served, tmp_path: Path) -> None:
    phases = ("examples", "coverage", "fuzzing", *(("stateful",) if TIMES > 1 else ()))
    asked = ask(served.url, document(BOARD), PLAYERS, tmp_path, examples=5 * TIMES, seed=TIMES, phases=phases)
    assert asked > 200

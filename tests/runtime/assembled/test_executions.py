"""A Step Functions that is down delays assemblies, and nothing else; what it refuses for good is heard of."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from tests.runtime.assembled.large_board import Board, begun
from tests.support.memory_aws.errors import error

pytestmark = pytest.mark.usefixtures("one_thread")

DOWN = [
    EndpointConnectionError(endpoint_url="https://states.eu-central-1.amazonaws.com"),
    error("InternalFailure", "StartExecution"),
    error("ThrottlingException", "StartExecution"),
]


def refuse(made: Board, monkeypatch: pytest.MonkeyPatch, answer: Exception) -> None:
    def start_execution(**request: Any) -> None:
        raise answer

    monkeypatch.setattr(made.world.aws.step_functions, "start_execution", start_execution)


@pytest.mark.parametrize("answer", DOWN, ids=["unreachable", "failing", "throttled"])
def test_ranks_go_on_while_step_functions_is_down(answer: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    made = begun()
    made.next_day()
    before = made.begun
    with monkeypatch.context() as patch:
        refuse(made, patch, answer)
        for _ in range(3):
            made.play("a")
            made.rebuild()
    assert made.shown()["a"] == 40
    assert made.begun == before
    made.rebuild()
    assert made.begun == before + 1
    prefix = made.ranks()["prefix"]
    made.assemble()
    assert made.ranks()["prefix"] != prefix
    assert made.shown()["a"] == 40


def test_a_refusal_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    made = begun()
    made.next_day()
    refuse(made, monkeypatch, error("AccessDeniedException", "StartExecution"))
    with pytest.raises(ClientError, match="AccessDenied"):
        made.rebuild()

"""The dead letters of schedules go once a rebuild has done their work, and not before."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest

from generator.errors import FunctionError
from generator.operations.ranks.rebuilding import REBUILD_SECONDS
from generator.operations.redrives.receiving import Letter
from generator.operations.redrives.schedule import Failure, clear_schedule, count_failures
from generator.operations.running_board import RunningBoard
from tests.operations.game import BOARDS, Game


class Queue:
    """The schedules' dead-letter queue, of which a receive hides all that it has."""

    def __init__(self, *bodies: str) -> None:
        self.waiting = list(bodies)
        self.hidden = 0
        self.deleted: list[str] = []

    def receive_message(self, **request: Any) -> dict[str, Any]:
        assert request["VisibilityTimeout"] == REBUILD_SECONDS
        bodies, self.waiting = self.waiting, []
        why = {"ErrorMessage": {"StringValue": "IdentityError: other rules"}}
        return {
            "Messages": [
                {"MessageId": body, "Body": body, "ReceiptHandle": body, "MessageAttributes": why} for body in bodies
            ]
        }

    def get_queue_attributes(self, **request: Any) -> dict[str, Any]:
        return {"Attributes": dict.fromkeys(request["AttributeNames"], "0")}

    def delete_message(self, **request: Any) -> None:
        self.deleted.append(request["ReceiptHandle"])


class Functions:
    """Lambda, whose rebuilder does as it is told."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        self.events: list[Any] = []

    def invoke(self, **request: Any) -> dict[str, Any]:
        assert request["FunctionName"] == "arcade-kills-rebuilder"
        self.events.append(json.loads(request["Payload"]))
        return {"Payload": io.BytesIO(json.dumps({"players": 5}).encode()), **self.answer}


def running(queue: Queue, functions: Functions) -> RunningBoard:
    """A board with this queue and these functions."""

    def client(service: str, **settings: Any) -> Any:
        assert (service, settings["retries"]) == ("lambda", {"total_max_attempts": 1})
        return functions

    board = Game(BOARDS["keeps totals"]).running
    name = "arcade-kills-rebuilder"
    return replace(board, sqs=queue, find_queue=str, client=client, rebuilder=name)  # type: ignore[arg-type]


def test_a_rebuild_does_the_work_and_the_letters_go() -> None:
    queue, functions = Queue('{"task": "rebuild"}', '{"task": "watch"}', "no json"), Functions({})
    cleared = clear_schedule(running(queue, functions))
    assert functions.events == [{"task": "rebuild"}]
    assert cleared.rebuilt == {"players": 5}
    assert {each.task: number for each, number in cleared.failures.items()} == {"rebuild": 1, "watch": 1, "?": 1}
    assert len(queue.deleted) == 3


def test_where_the_rebuild_fails_the_letters_stay() -> None:
    queue = Queue('{"task": "rebuild"}')
    with pytest.raises(FunctionError, match="arcade-kills-rebuilder failed"):
        clear_schedule(running(queue, Functions({"FunctionError": "Unhandled"})))
    assert queue.deleted == []


def test_where_nothing_failed_nothing_is_rebuilt() -> None:
    functions = Functions({})
    assert clear_schedule(running(Queue(), functions)).rebuilt is None
    assert functions.events == []


def test_the_reason_is_that_of_the_scheduler_or_of_the_function() -> None:
    by_scheduler = Letter("1", '{"task": "watch"}', "", {"ERROR_CODE": "AccessDenied", "ERROR_MESSAGE": "no role"})
    by_function = Letter("2", '{"task": ["x"]}', "", {"ErrorCode": "500", "ErrorMessage": "it broke"})
    bare = Letter("3", '"rebuild"', "")
    assert set(count_failures([by_scheduler, by_function, bare])) == {
        Failure("watch", "no role"),
        Failure("?", "it broke"),
        Failure("?", "no reason is given"),
    }

"""What stands in the log: lines of JSON with ids, and in none of them what people wrote, whatever fails."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runtime import api, config, logs, processor, rebuilder, simulator
from runtime.domain.activity import make_id
from runtime.dynamodb.lease import Lease
from tests.runtime.boards import NOW, board, item, message
from tests.runtime.world import World
from tests.support.lambda_context import CONTEXT
from tests.support.memory_aws import Call
from tests.support.paths import REPOSITORY

SECRET = "Zq<b>\u202eSecret\x1b[31m"
"""What a hostile player writes into every field. `Zq` is in nothing that the program says itself."""
PLAYER = "Zq-player~1"
"""A player's id that is valid: it is a person's all the same."""

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A board that keeps fields and has every function's handler. Each call of it can be made to fail."""
    world = World(board(attach=("photo",), search_names=True))
    monkeypatch.setattr(config, "load_board", lambda: world.config)
    monkeypatch.setattr(processor, "_stores", lambda: (world.window_store, world.aggregates, world.heartbeats))
    monkeypatch.setattr(api, "_api", lambda: world.api)
    monkeypatch.setattr(rebuilder, "_rebuilder", lambda: world.rebuilder(NOW))
    monkeypatch.setattr("runtime.clock.now", lambda: NOW)
    return world


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Lines:
    """The lines that were logged, each held to what a line may be."""
    log = io.StringIO()
    monkeypatch.setattr(logs.logger.registered_handler, "stream", log)
    logs.logger.remove_keys(["request_id"])

    def read() -> list[dict[str, Any]]:
        found = [json.loads(line) for line in log.getvalue().splitlines()]
        assert found
        for line in found:
            assert line.keys() <= set(logs.FIELDS), line
            assert line["request_id"] == CONTEXT.aws_request_id
        assert not re.search(
            "Zq|Secret|1b|202e", re.sub(r'"(?:timestamp|activity_ids)": ?("[^"]*"|\[[^]]*\])', "", log.getvalue())
        )
        return found

    return read


def quote_all(call: Call) -> None:
    """Fail a call as AWS does where it quotes the request."""
    raise ClientError({"Error": {"Code": "ValidationException", "Message": f"{call.request} {SECRET}"}}, call.operation)


def request_of(path: str, query: str) -> dict[str, Any]:
    """A request to the function's URL (payload format 2.0)."""
    context = {"http": {"method": "GET", "path": path}, "stage": "$default"}
    return {"version": "2.0", "rawPath": path, "rawQueryString": query, "headers": {}, "requestContext": context}


def process(*bodies: str) -> dict[str, Any]:
    messages = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
    return processor.handler({"Records": messages}, CONTEXT)


def body_of(**changes: Any) -> str:
    fields = {"name": SECRET, "photo": SECRET, "mode": SECRET, "damage": SECRET}
    return str(message(item(PLAYER, **{**fields, **changes}))["body"])


def test_what_is_no_activity_is_named_by_its_message_alone(world: World, lines: Lines) -> None:
    keys = {"player_id": {"S": PLAYER}, "activity_id": {"S": SECRET}}
    wrong = [
        SECRET,
        json.dumps({SECRET: SECRET}),
        json.dumps({"dynamodb": {"Keys": keys, "ApproximateCreationDateTime": SECRET, "NewImage": {}}}),
        json.dumps({"dynamodb": {"Keys": keys, "ApproximateCreationDateTime": 1, "NewImage": {SECRET: {SECRET: 1}}}}),
    ]
    assert len(process(*wrong)["batchItemFailures"]) == len(wrong)
    found = lines()
    assert [line["message_id"] for line in found] == ["0", "1", "2", "3"]
    assert {line["message"] for line in found} == {"a message is no activity"}
    assert "domain/activity.py" in found[2]["at"][-1]


def test_activities_that_are_not_written_are_named_by_their_ids_and_windows(world: World, lines: Lines) -> None:
    process(body_of(number=9))
    world.aws.before = lambda call: quote_all(call) if call.operation == "transact_write_items" else None
    wrong_id = body_of(activity_id=SECRET)
    assert len(process(body_of(), wrong_id, body_of(type="boss", number=3))["batchItemFailures"]) == 3
    [line] = lines()
    assert (line["error"], line["code"]) == ("ClientError", "ValidationException")
    assert line["activity_ids"] == [make_id(NOW, 0), make_id(NOW, 3)]
    assert line["windows"] == ["2026-W48", "all-time"]


class FailingApi:
    """An API of which every answer fails, with an error that quotes whom it was asked for."""

    def __getattr__(self, name: str) -> Any:
        def fail(*asked: Any) -> None:
            raise LookupError(f"{asked} {SECRET}")

        return fail


def test_the_api_names_the_path_that_failed_and_not_who_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, lines: Lines
) -> None:
    monkeypatch.setattr(api, "_api", FailingApi)
    for path, query in (
        (f"/v1/players/{PLAYER}", ""),
        (f"/v1/players/{PLAYER}/neighbours", "span=2"),
        ("/v1/players", "name=ZqSecret"),
        ("/v1/players", f"ids={PLAYER}"),
    ):
        assert api.handler(request_of(path, query), CONTEXT)["statusCode"] == 500
    routes = ["/v1/players/{player_id}", "/v1/players/{player_id}/neighbours", "/v1/players", "/v1/players"]
    assert [line["route"] for line in lines()] == routes


def test_a_refusal_names_what_the_data_was_made_with(world: World, lines: Lines) -> None:
    process(body_of())
    world.deploy(board(aggregate="best"))
    assert process(body_of(number=2))["batchItemFailures"]
    [line] = lines()
    assert line["message"] == "refused to write"
    assert "this board's data was made with board = " in line["identity"]


def test_a_rebuild_that_is_skipped_says_so(world: World, lines: Lines) -> None:
    Lease(world.table, 60).take(NOW)
    rebuilder.handler({"task": "rebuild"}, CONTEXT)
    [line] = lines()
    assert (line["message"], line["reason"]) == ("a rebuild was skipped", "another rebuild is under way")


def test_a_simulated_run_says_how_many_it_wrote(world: World, lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.aws.dynamodb", lambda: world.aws.client("dynamodb"))
    monkeypatch.setattr("runtime.aws.setting", lambda _: "activities")
    simulator.handler({"activities": 3, "seconds": 0}, CONTEXT)
    [line] = lines()
    assert (line["message"], line["written"]) == ("simulated", 3)


def test_a_field_that_no_query_would_find_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="player_id"):
        logs.info("x", player_id=PLAYER)


def test_functions_write_to_the_log_by_this_room_alone() -> None:
    for path in (REPOSITORY / "runtime").rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        name = path.relative_to(REPOSITORY).as_posix()
        if name not in ("runtime/logs.py", "runtime/metrics.py"):
            assert "Logger" not in code, name
            assert " print(" not in code, name

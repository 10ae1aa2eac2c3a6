"""A board's life in an AWS in memory, from the first activity until its windows are forgotten, request by request.

The board's own functions run, with the environment that the plan gives them. The test carries stream records to the
processor, as the pipe and the queue do.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from generator.board.board import Board
from runtime import api, assembler, config, processor, rebuilder, simulator
from runtime.config import AssemblyConfig
from runtime.dynamodb.items import MAX_IMAGE_CHARACTERS
from runtime.s3.ranks import sizes
from tests.runtime.boards import item, message
from tests.support.executors import use_one_thread
from tests.support.lambda_context import CONTEXT
from tests.terraform.judging.plan import Plan
from tests.terraform.permissions.calls import Need, Place, find_needs
from tests.terraform.permissions.operator import (
    backfill,
    make_dead_letters,
    make_strays,
    operate,
    operate_feed,
    rebuild_for_the_first_time,
)
from tests.terraform.permissions.players_operator import decide_about, look_for
from tests.terraform.permissions.replaying import replay
from tests.terraform.permissions.state_machine import list_calls, make_state_machines

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000

FUNCTIONS = {each.__name__.rpartition(".")[2]: each for each in (api, assembler, processor, rebuilder, simulator)}


class Life:
    """One board that lives, and what each of its roles has needed so far."""

    def __init__(self, plan: Plan, board: Board, place: Place) -> None:
        self.needs: dict[str, set[Need]] = {}
        self._plan = plan
        self._place = place
        self._whole = board
        self._board = board.config
        if board.assembler:
            # One player is ranked by the rebuilder, and more are assembled, two in each part.
            self._board = replace(board.config, assembly=AssemblyConfig(most=1, players=4, part=2, delta=1))
        self._now = 1_795_478_400_000
        self._role: str | None = None
        self._delivered: set[tuple[str, str]] = set()
        self._started: list[str] = []
        """The input of each execution of the state machine that is to be carried out."""
        self._streams: dict[str, str] = {}
        """The ARNs of the streams here, by those of the plan."""

    def live(self) -> None:
        """Live through everything that a board can meet: each line is what happens next."""
        with self._in_memory():
            self._create()
            self._read()
            with self._as("operator"):
                rebuild_for_the_first_time(self._whole)
            with self._as("operator_players"):
                look_for(self._whole, "bob")
            # Whichever function comes first opens the windows.
            self._put("eve")
            self._deliver()
            self._run("rebuilder", {})
            self._put("ann", "bob")
            self._put("bob", kind="nonsense")
            self._put("bob", kind="x" * MAX_IMAGE_CHARACTERS)
            self._simulate()
            self._deliver()
            self._deliver(again=True)
            make_dead_letters(self._plan)
            with self._as("operator"):
                operate(self._whole)
            if self._whole.feed is None:
                with self._as("backfill"):
                    backfill(self._whole)
                self._deliver()
            else:
                make_strays(self._whole.feed)
                with self._as("operator_feed"):
                    operate_feed(self._whole.feed)
            self._run("rebuilder", {})
            self._decide_about("bob")
            # One that nobody has decided on.
            self._put("zoe")
            with self._as("replay"):
                replay(self._whole)
            self._run_schedules()
            self._read()
            self._pass(3 * HOUR, every=30 * MINUTE)
            self._pass(DAY, every=12 * HOUR)
            # The second rebuild of a day follows the stream, and by now a rolling window has another day.
            for _ in range(2):
                self._put("ann")
                self._deliver()
                self._run("rebuilder", {})
            self._read()
            self._pass(66 * DAY, every=33 * DAY)
            self._pass(HOUR, every=30 * MINUTE)

    @contextmanager
    def _in_memory(self) -> Iterator[None]:
        """AWS in memory, the board's time, and no client or table from before."""
        clock = SimpleNamespace(time_ns=lambda: self._now * 1_000_000)
        keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": self._place.region}
        with (
            mock_aws(),
            pytest.MonkeyPatch.context() as monkeypatch,
            patch.dict(os.environ, {**keys, "MOTO_ACCOUNT_ID": self._place.account_id}),
            patch("runtime.clock.time", clock),
            patch.object(config, "load_board", lambda: self._board),
        ):
            # A transaction of moto's copies whole tables, and fails where another thread writes into one meanwhile.
            use_one_thread(monkeypatch)
            monkeypatch.setattr(sizes, "LEAST_COMPACTED", 2 if self._whole.assembler else sizes.LEAST_COMPACTED)
            boto3.setup_default_session()
            assert boto3.DEFAULT_SESSION is not None
            boto3.DEFAULT_SESSION.events.register("provide-client-params.*.*", self._note)
            boto3.DEFAULT_SESSION.events.register("after-call.s3.GetObject", self._note_missing)
            _forget_clients()
            try:
                yield
            finally:
                _forget_clients()

    def _note(self, params: Mapping[str, Any], model: Any, **rest: Any) -> None:
        if self._role is not None:
            service = model.service_model.service_name
            found = find_needs(service, model.name, params, self._place)
            self.needs.setdefault(self._role, set()).update(found)
            if model.name == "StartExecution":
                self._started.append(params["input"])

    def _note_missing(self, http_response: Any, model: Any, context: Any, **rest: Any) -> None:
        """S3 says that an object is missing only to those who may list the bucket; that request has no s3:prefix (S3
        API reference, "GetObject")."""
        if self._role is not None and http_response.status_code == 404:
            for bucket in self._plan.of("aws_s3_bucket"):
                self.needs.setdefault(self._role, set()).add(Need("s3:ListBucket", bucket["arn"]))

    def _create(self) -> None:
        """Make the tables, the bucket and the queues of the plan, with nothing but their names and keys."""
        dynamodb, place = boto3.client("dynamodb"), self._place
        for table in self._plan.of("aws_dynamodb_table"):
            keys: Any = (("HASH", table["hash_key"]), ("RANGE", table["range_key"]))
            stream = {"StreamEnabled": True, "StreamViewType": table["stream_view_type"]}
            streamed: Any = {"StreamSpecification": stream} if table["stream_enabled"] else {}
            made = dynamodb.create_table(
                TableName=table["name"],
                **streamed,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for _, name in keys],
                KeySchema=[{"AttributeName": name, "KeyType": kind} for kind, name in keys],
            )["TableDescription"]
            self._streams[table["stream_arn"]] = made.get("LatestStreamArn", "")
        make_state_machines(self._plan)
        for queue in self._plan.of("aws_sqs_queue"):
            boto3.client("sqs").create_queue(QueueName=queue["name"])
        for bus in self._plan.of("aws_cloudwatch_event_bus"):
            boto3.client("events").create_event_bus(Name=bus["name"])
        for bucket in self._plan.of("aws_s3_bucket"):
            where: Any = {} if place.region == "us-east-1" else {"LocationConstraint": place.region}
            located: Any = {"CreateBucketConfiguration": where} if where else {}
            boto3.client("s3").create_bucket(Bucket=bucket["bucket"], **located)

    def _put(self, *players: str, kind: str | None = None) -> None:
        """Write an activity for each player, as a producer: the first alone, the others in one batch."""
        activity = kind or self._board.rules[0].activity
        fields = {points.field: 7 for rule in self._board.rules for points in rule.points if points.field}
        made: list[Any] = []
        for number, player in enumerate(players):
            self._now += 1
            made.append(item(player, at=self._now, number=number, type=activity, **fields))
        dynamodb, table = boto3.client("dynamodb"), self._name("activities")
        with self._as("producer"):
            dynamodb.put_item(TableName=table, Item=made[0])
            if made[1:]:
                dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": each}} for each in made[1:]]})

    def _simulate(self) -> None:
        if self._plan.find("aws_lambda_function", function_name=self._function("simulator")):
            self._run("simulator", {"activities": 5, "seconds": 0, "seed": 1})

    def _deliver(self, *, again: bool = False) -> None:
        """Give the processor what lies in the activities table, and once more what it was given if `again`."""
        found = boto3.client("dynamodb").scan(TableName=self._name("activities"))["Items"]
        messages = []
        for number, each in enumerate(found):
            key = (each["player_id"]["S"], each["activity_id"]["S"])
            if again or key not in self._delivered:
                self._delivered.add(key)
                messages.append(message(each, str(number), self._now))
        if messages:
            assert self._run("processor", {"Records": messages}) == {"batchItemFailures": []}

    def _decide_about(self, player: str) -> None:
        """Let an operator do all that one can about a player, of whom there is a dead letter too."""
        found = boto3.client("dynamodb").scan(TableName=self._name("activities"))["Items"]
        own = next(each for each in found if each["player_id"]["S"] == player)
        sqs = boto3.client("sqs")
        for name in (each["name"] for each in self._plan.of("aws_sqs_queue")):
            if name.endswith(("-activities-dead-letters", "kills-feed-dead-letters")):
                url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
                sqs.send_message(QueueUrl=url, MessageBody=message(own, "dead", self._now)["body"])
        with self._as("operator_players"):
            decide_about(self._whole, player, self._rebuild_later)

    def _rebuild_later(self) -> dict[str, Any]:
        self._now += MINUTE
        return self._run("rebuilder", {})

    def _run_schedules(self) -> None:
        """Run the rebuilder with the event of each schedule."""
        for schedule in self._plan.of("aws_scheduler_schedule"):
            for target in schedule.blocks("target"):
                self._run("rebuilder", json.loads(target.get("input") or "{}"))

    def _pass(self, time: int, *, every: int) -> None:
        """Let time pass, in steps of `every` milliseconds."""
        for _ in range(time // every):
            self._now += every
            self._run_schedules()
            self._deliver()

    def _read(self) -> None:
        """Ask the API everything."""
        paths = ("leaderboard", "players/ann", "players/ann/neighbours", "players", "windows", "health")
        for path in paths:
            query = "ids=ann,bob" if path == "players" else ""
            event = {
                "version": "2.0",
                "rawPath": f"/v1/{path}",
                "rawQueryString": query,
                "headers": {},
                "requestContext": {"http": {"method": "GET", "path": f"/v1/{path}"}, "stage": "$default"},
                "isBase64Encoded": False,
            }
            answer = self._run("api", event)
            assert answer["statusCode"] in (200, 404, 503), (path, answer)

    def _run(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        """Run a function with the environment that the plan gives it."""
        resource = self._plan.find("aws_lambda_function", function_name=self._function(function))
        assert resource is not None, function
        [environment] = resource.blocks("environment")
        variables = {name: self._streams.get(value, value) for name, value in environment["variables"].items()}
        with patch.dict(os.environ, variables), self._as(function):
            answer: dict[str, Any] = FUNCTIONS[function].handler(event, CONTEXT)
        self._assemble()
        return answer

    def _assemble(self) -> None:
        """Carry out what the state machine was asked for."""
        while self._started:
            for event in list_calls(self._plan, self._started.pop()):
                self._run("assembler", event)

    @contextmanager
    def _as(self, role: str) -> Iterator[None]:
        before, self._role = self._role, role
        try:
            yield
        finally:
            self._role = before

    def _name(self, table: str) -> str:
        name: str = next(each["name"] for each in self._plan.of("aws_dynamodb_table") if each.address.endswith(table))
        return name

    def _function(self, name: str) -> str:
        address = f"aws_lambda_function.{name}"
        return next((each["function_name"] for each in self._plan.resources if each.address == address), "")


def _forget_clients() -> None:
    """Empty the caches of the runtime's modules: a function that starts anew makes its clients anew."""
    for name, module in list(sys.modules.items()):
        if name.startswith("runtime."):
            for value in vars(module).values():
                if isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()

"""Boards and feeds in an AWS in memory, as somebody who is on call looks at them. The functions are the real ones."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from generator.alarms.alarm import Metric, State
from generator.alarms.datapoints import Datapoints
from generator.board.board import Board
from generator.board.feed import Feed
from generator.operations.measuring.measured import AlarmReading, NamedAlarms
from generator.operations.status.facts import Expected
from generator.operations.status.fleet import BundleStatus, look_at_fleet, look_at_one, put_worst_first
from generator.operations.status.reached import Reached
from generator.pipeline import validate
from runtime import metrics
from tests.runtime.boards import NOW
from tests.runtime.world import World
from tests.support.projects import board_yaml, head

WINDOW = "[{every: hour, keep: 2}, {every: all_time}]"
YAML = f"""{head(teams=("nebula", "orbit"))}feeds:
  - {{name: matches, team: orbit, types: [kill], activities_per_second: {{average: 5, peak: 10}}}}
boards:
{board_yaml("kills", window=WINDOW)}{board_yaml("laps", team="orbit", window=WINDOW)}\
{board_yaml("shared", team="orbit", window=WINDOW, feed="matches")}"""
DIGEST, OTHER = "sha256-of-build", "sha256-of-another"


class MissingError(Exception):
    """Lambda's error for a function that is not there."""


def refuse(code: str) -> ClientError:
    """An error of AWS."""
    return ClientError({"Error": {"Code": code, "Message": f"{code} it is"}}, "Asked")


class Watched:
    """A place with three boards and a feed, all well unless a test breaks something."""

    def __init__(self, now: int = NOW) -> None:
        generated = validate({"leaderboards.yaml": YAML.encode()})
        self.bundles: list[Board | Feed] = [*generated.bundles]
        self.boards = {board.name: board for board in generated.boards}
        self.now = now
        self.worlds = {board.names.prefix: World(board.config) for board in generated.boards}
        self.codes = {board.names.part(part): DIGEST for board in generated.boards for part in self.parts}
        self.depths: dict[str, tuple[int, int]] = {}
        self.gone: set[str] = set()
        """Queues that are not there."""
        self.refused: set[str] = set()
        """Names of what AWS does not let us see."""
        self.alarms: dict[str, tuple[State | None, int | None]] = {}
        self.datapoints = Datapoints()
        self.asked: list[tuple[str, int]] = []
        """What CloudWatch was asked for, and of how many alarms or statistics."""

    parts = ("processor", "rebuilder", "api")

    def play(self, name: str, *players: str, ago: int = 0) -> None:
        """Let players play on a board, and rebuild it, so many milliseconds ago."""
        world = self.worlds[self.boards[name].names.prefix]
        world.play(*players, at=self.now - ago)
        world.rebuild(self.now - ago)

    def play_all(self) -> None:
        """Play on each board, and let a watch measure each."""
        for name in self.boards:
            self.play(name, "ann", "bob", ago=4000)
            self.put(name, metrics.ARRIVAL_LAG, 1.5)

    def put(self, name: str, metric: str, value: float, ago: int = 60, **dimensions: str) -> None:
        """Write a value of one of a board's metrics, so many seconds ago."""
        of = Metric.of("Leaderboards", metric, {"service": self.boards[name].names.prefix, **dimensions})
        self.datapoints.put(of, self.now // 1000 - ago, value)

    @property
    def reached(self) -> Reached:
        """The place, as commands reach it."""
        functions = SimpleNamespace(
            get_function=self._get_function, exceptions=SimpleNamespace(ResourceNotFoundException=MissingError)
        )
        sqs = SimpleNamespace(get_queue_url=self._get_queue_url, get_queue_attributes=self._get_queue_attributes)
        return Reached(
            _Routed(self, "dynamodb", "TableName"),
            _Routed(self, "s3", "Bucket"),
            sqs,
            functions,
            measure=lambda alarms: _Measured(self, alarms),
            name_bucket=lambda board: board.names.part("bucket"),
            now=lambda: self.now,
        )

    def look(self, name: str) -> BundleStatus:
        """Look at one board or feed."""
        [bundle] = [bundle for bundle in self.bundles if bundle.name == name]
        return look_at_one(self.reached, bundle, expect)

    def look_at_all(self) -> list[BundleStatus]:
        """Look at all of them."""
        return put_worst_first([*look_at_fleet(self.reached, self.bundles, expect)])

    def _get_function(self, **request: str) -> dict[str, Any]:
        name = request["FunctionName"]
        if name in self.refused:
            raise refuse("AccessDeniedException")
        if name not in self.codes:
            raise MissingError
        code = {"CodeSha256": self.codes[name], "LastModified": "2026-11-20T08:00:00.000+0000"}
        return {"Configuration": code}

    def _get_queue_url(self, **request: str) -> dict[str, str]:
        if (name := request["QueueName"]) in self.gone:
            raise refuse("AWS.SimpleQueueService.NonExistentQueue")
        return {"QueueUrl": f"https://sqs/{name}"}

    def _get_queue_attributes(self, **request: Any) -> dict[str, Any]:
        depth = self.depths.get(request["QueueUrl"].rpartition("/")[2], (0, 0))
        return {"Attributes": dict(zip(request["AttributeNames"], map(str, depth), strict=True))}


def expect(_board: Board) -> Expected:
    """What lies in build/."""
    return Expected(DIGEST)


class _Routed:
    """A client whose requests go to the AWS in memory of the board that they name."""

    def __init__(self, watched: Watched, service: str, key: str) -> None:
        self._watched, self._service, self._key = watched, service, key

    @property
    def exceptions(self) -> Any:
        return next(iter(self._watched.worlds.values())).aws.client(self._service).exceptions

    def __getattr__(self, operation: str) -> Any:
        def carry_out(**request: Any) -> Any:
            client, own = self._route(request)
            return getattr(client, operation)(**own)

        return carry_out

    def get_paginator(self, operation: str) -> Any:
        def paginate(**request: Any) -> Any:
            client, own = self._route(request)
            return client.get_paginator(operation).paginate(**own)

        return SimpleNamespace(paginate=paginate)

    def _route(self, request: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        prefix, _, part = request[self._key].rpartition("-")
        return self._watched.worlds[prefix].aws.client(self._service), {**request, self._key: part}


class _Measured:
    """What CloudWatch has."""

    def __init__(self, watched: Watched, alarms: NamedAlarms) -> None:
        self._watched, self._alarms = watched, alarms

    def read_alarms(self) -> tuple[AlarmReading, ...]:
        self._watched.asked.append(("alarms", len(self._alarms.every)))
        if "alarms" in self._watched.refused:
            raise_refusal()
        states = self._watched.alarms
        return tuple(AlarmReading(each.name, "", *states.get(each.name, ("OK", None))) for each in self._alarms.every)

    def list_metrics(self, namespace: str, name: str) -> tuple[Metric, ...]:
        raise NotImplementedError

    def read(self, statistics: Any, begin: int, end: int) -> Mapping[Any, Mapping[int, float]]:
        self._watched.asked.append(("statistics", len(statistics)))
        return {each: self._watched.datapoints.read_series(each, begin, end) for each in statistics}


def raise_refusal() -> None:
    """Raise what boto3's refusal becomes."""
    from generator.operations.running_board import aws_errors_as_operation_errors

    with aws_errors_as_operation_errors():
        raise refuse("AccessDenied")

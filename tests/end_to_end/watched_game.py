"""A deployed board whose alarms are looked at: evaluated from its bundle's Terraform and the metrics that it wrote."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from generator.alarms.alarm import Statistic
from generator.aws.invoke import invoke
from generator.errors import FunctionError
from generator.local.local_board import take_batches, take_no_batch, wait_for_batches
from generator.local.local_bundle import generate_local_bundle
from runtime.config import BoardConfig
from tests.end_to_end.deployed import OperatedGame, wait_until
from tests.end_to_end.game import activity, get
from tests.end_to_end.storm import set_redelivery
from tests.support.projects import head

YAML = (
    head(project="watched")
    + """boards:
  - name: wins
    team: nebula
    scoring: {rules: [{activity: win, points: 1}]}
    window: {every: all_time}
    rebuild: rate(5 minutes)
    alarms: {api_latency_p99_ms: 30000}
"""
)
"""Its rebuilds are as far apart as `WatchedGame.live` makes them. On a board that is rebuilt each minute, one that has
nothing new leaves a snapshot of nearly five minutes as it is, and five minutes later that is too old."""
DAY_SECONDS = 86_400
STEP_MINUTES = 5
"""Minutes from one watch of a board to the next."""
DRAIN_SECONDS = 300.0
"""Seconds in which what waits must be processed, or be dead letters: the SDK tries again for long what is throttled."""
PARTS = ("processor", "rebuilder", "api")
"""The functions that a board always has."""


@dataclass(frozen=True)
class WatchedGame(OperatedGame):
    """A board on a clock that is moved: nobody waits for an alarm."""

    written: Counter[str] = field(default_factory=Counter)
    """How many activities each player wrote."""

    def live(self, steps: int = 1, *, broken: bool = False) -> set[str]:
        """Let five minutes pass, once or several times, in each of which people play, and somebody reads the board.

        It is watched, and rebuilt if its schedule is on. `broken`: whether that may fail, and the read too. Returns the
        alarms that are on in the end.
        """
        clock = self.stack.aws.clock
        for _ in range(steps):
            self._run_rebuilder({"task": "watch"}, broken)
            self.play()
            if self.stack.boards[self.name].pipe.is_alive():
                self.stack.drain(self.name, DRAIN_SECONDS)
            if self.schedule["State"] == "ENABLED":
                self._run_rebuilder({}, broken)
            status, body = get(f"{self.api_url}/v1/leaderboard")
            assert broken or status == 200, body
            clock.move((clock.now() // 60_000 + STEP_MINUTES) * 60_000)
        return self.list_alarms()

    def _run_rebuilder(self, event: dict[str, str], broken: bool) -> None:
        """Run the rebuilder. Where it fails because something is `broken`, that is a dead letter, as by a schedule."""
        functions, rebuilder = self.stack.aws.client("lambda"), self.function("rebuilder")
        try:
            assert "skipped" not in invoke(functions, rebuilder, event)
        except FunctionError:
            if not broken:
                raise
            queue = "schedule-dead-letters"
            before = self.count_in(queue)
            functions.invoke(FunctionName=rebuilder, InvocationType="Event", Payload=json.dumps(event).encode())
            wait_until(lambda: self.count_in(queue) > before)

    def fail_at_once(self) -> None:
        """Let what the processor or the rebuilder fails on be a dead letter at once, and not after half an hour."""
        set_redelivery(self, 0, 3)
        self.stack.aws.client("lambda").put_function_event_invoke_config(
            FunctionName=self.function("rebuilder"), MaximumRetryAttempts=0
        )

    def play(self) -> None:
        """Write an activity for each of some players."""
        players = ("ann", f"p{self.written.total() % 7}")
        self.put_all([activity(player, "win", self.stack.aws.clock.now() / 1000) for player in players])
        self.written.update(players)

    def deploy_code(self, config: BoardConfig) -> None:
        """Deploy another version of the board's code to its functions, which go by the clock that is moved."""
        board = replace(self.stack.boards[self.name].board, config=config)
        self.deploy_archive(generate_local_bundle(board)["lambda/board.zip"])

    def deploy_archive(self, code: bytes) -> None:
        """Deploy a zip of code to the board's functions. As in AWS, what is under way ends before."""
        functions, names = self.stack.aws.client("lambda"), self.stack.boards[self.name].board.names
        with self.between_batches():
            for part in PARTS:
                functions.update_function_code(FunctionName=names.part(part), ZipFile=code)

    @contextmanager
    def between_batches(self) -> Iterator[None]:
        """Let no batch be under way inside the block: the embedded AWS kills what runs while its function changes."""
        aws, deployment = self.stack.aws, self.stack.boards[self.name].deployment
        take_no_batch(aws, deployment)
        try:
            wait_for_batches(aws, deployment)
            yield
        finally:
            take_batches(aws, deployment)

    def list_alarms(self) -> set[str]:
        """The alarms that are on or lack data. The one over all is among them if, and only if, one of the others is."""
        states = self.read_states()
        found = {name for name, state in states.items() if state != "OK" and name != "unhealthy"}
        assert (states["unhealthy"] == "ALARM") == bool(found), states
        return found

    def read_states(self) -> dict[str, str]:
        """The state of each alarm, by its name without the board's."""
        prefix = f"{self.stack.boards[self.name].board.names.prefix}-"
        return {one.name.removeprefix(prefix): one.state for one in self.stack.aws.cloudwatch.read_alarms()}

    @property
    def schedule(self) -> dict[str, Any]:
        """The schedule that rebuilds the board: once a day, so that the moved clock sets off none in between."""
        name = self.stack.boards[self.name].board.names.part("rebuild")
        found: dict[str, Any] = self.stack.aws.client("scheduler").get_schedule(Name=name)
        return found

    def set_schedule(self, state: Literal["ENABLED", "DISABLED"]) -> None:
        """Enable or disable that schedule, as a person can in the console."""
        kept = {key: self.schedule[key] for key in ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")}
        self.stack.aws.client("scheduler").update_schedule(**kept, State=state)

    def count_in(self, part: str) -> int:
        """How many messages wait in a queue of the board, named by its part of the board's name."""
        sqs, name = self.stack.aws.client("sqs"), "ApproximateNumberOfMessages"
        url = sqs.get_queue_url(QueueName=self.stack.boards[self.name].board.names.part(part))["QueueUrl"]
        return int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])

    def read_sums(self) -> dict[tuple[str, str, str], float]:
        """The sum of each metric with one dimension, by namespace, name and that dimension; but of no gauge."""
        datapoints = self.stack.aws.cloudwatch.datapoints
        end = self.stack.aws.clock.now() // 1000 // DAY_SECONDS * DAY_SECONDS + DAY_SECONDS
        found = {}
        for metric in datapoints.metrics:
            if len(metric.dimensions) == 1 and not metric.name.startswith("Approximate"):
                value = datapoints.read(Statistic(metric, "Sum", 7 * DAY_SECONDS), end)
                found[metric.namespace, metric.name, metric.dimensions[0][1]] = value or 0.0
        return found

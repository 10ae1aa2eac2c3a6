"""A deployed board whose alarms are looked at: evaluated from its bundle's Terraform and the metrics that it wrote."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal

from generator.alarms.alarm import Statistic
from generator.aws.invoke import invoke
from generator.errors import FunctionError
from generator.local.local_board import take_batches, take_no_batch, wait_for_batches
from generator.local.local_bundle import generate_local_bundle
from runtime.config import BoardConfig
from tests.end_to_end.deployed import OperatedGame
from tests.end_to_end.game import activity, get
from tests.support.projects import head

YAML = (
    head(project="watched")
    + """boards:
  - name: wins
    team: nebula
    scoring: {rules: [{activity: win, points: 1}]}
    window: {every: all_time}
    alarms: {api_latency_p99_ms: 30000}
"""
)
DAY_SECONDS = 86_400
STEP_MINUTES = 5
"""Minutes from one watch of a board to the next."""


@dataclass(frozen=True)
class WatchedGame(OperatedGame):
    """A board on a clock that is moved: nobody waits for an alarm."""

    def live(self, steps: int = 1) -> set[str]:
        """Let five minutes pass, once or several times, in each of which somebody plays and reads the board.

        It is watched, and rebuilt if its schedule is on. Returns the alarms that are on in the end.
        """
        clock, functions = self.stack.aws.clock, self.stack.aws.client("lambda")
        for _ in range(steps):
            invoke(functions, self.function("rebuilder"), {"task": "watch"})
            self.put(activity("ann", "win", clock.now() / 1000))
            if self.stack.boards[self.name].pipe.is_alive():
                self.stack.drain(self.name)
            if self.schedule["State"] == "ENABLED":
                with suppress(FunctionError):
                    self.stack.rebuild(self.name)
            get(f"{self.api_url}/v1/leaderboard")
            clock.move((clock.now() // 60_000 + STEP_MINUTES) * 60_000)
        return self.list_alarms()

    def deploy_code(self, config: BoardConfig) -> None:
        """Deploy another version of the board's code to its functions, which go by the clock that is moved.

        As in AWS, what is under way ends before: the embedded AWS would kill it.
        """
        aws, running = self.stack.aws, self.stack.boards[self.name]
        code = generate_local_bundle(replace(running.board, config=config))["lambda/board.zip"]
        take_no_batch(aws, running.deployment)
        wait_for_batches(aws, running.deployment)
        for part in ("processor", "rebuilder", "api"):
            aws.client("lambda").update_function_code(FunctionName=running.board.names.part(part), ZipFile=code)
        take_batches(aws, running.deployment)

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

"""Plays CloudWatch, which the embedded AWS only has in part: metrics with dimensions, and alarms that are evaluated.

What AWS would write of functions, queues, pipes, function URLs and distributions is written here, with what the
functions write into their logs, at the instant that the run's clock shows. It is kept in memory, by the minute, and
bounded.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from generator.alarms.alarm import Alarms, Metric, State
from generator.alarms.datapoints import MINUTE, Datapoints
from generator.alarms.evaluation import Change, Evaluation
from generator.local.rehearsal.clock import LocalClock

LOOK_SECONDS = 20.0
"""Seconds from one look at the queues to the next: SQS measures each minute."""

MINUTES = 30
"""Minutes that are evaluated of a longer time, where the clock was moved: the first after the last look and the last
before the present. In between nothing came. The queues have values for as many before those, too: alarms look back."""

KEPT_CHANGES = 1000
"""Changes of alarms that are kept, the newest."""

QUEUE_METRICS = {
    "waiting": "ApproximateNumberOfMessagesVisible",
    "received": "ApproximateNumberOfMessagesNotVisible",
    "oldest_seconds": "ApproximateAgeOfOldestMessage",
    "sent": "NumberOfMessagesSent",
}
"""The metrics of SQS, by what `emulator.telling` says of a queue."""


@dataclass(frozen=True)
class AlarmState:
    """The state of one alarm."""

    name: str
    description: str
    state: State
    since: int | None
    """In seconds since 1970; None where it has not changed since it was made."""


class CloudWatch(threading.Thread):
    """The metrics and alarms of one run. It looks at the queues from time to time, as a thread that `stop` ends."""

    def __init__(self, clock: LocalClock, describe_queues: Callable[[], Mapping[str, Mapping[str, float]]]) -> None:
        """`describe_queues`: what `emulator.telling` says of each queue. It may raise OSError."""
        super().__init__(name="cloudwatch", daemon=True)
        self.datapoints = Datapoints()
        self.changes: deque[Change] = deque(maxlen=KEPT_CHANGES)
        """What alarms did, the newest last."""
        self._clock = clock
        self._describe_queues = describe_queues
        self._evaluations: dict[object, Evaluation] = {}
        self._since: dict[str, int] = {}
        self._minute = clock.now() // 60_000 * MINUTE
        """The end of the last minute that was evaluated."""
        self._queues: Mapping[str, Mapping[str, float]] = {}
        """What was in the queues at the last look."""
        self._turn = threading.Lock()
        self._stopped = threading.Event()

    def put_alarms(self, bundle: object, alarms: Alarms) -> None:
        """Watch the alarms of a bundle from now on. Those that were there before keep their states.

        `bundle`: what stands for it as long as it is deployed, in one version after another.
        """
        with self._turn:
            old, new = self._evaluations.get(bundle), Evaluation(alarms, self.datapoints.read)
            if old:
                new.states.update({name: state for name, state in old.states.items() if name in new.states})
            self._evaluations[bundle] = new

    def remove_alarms(self, bundle: object) -> None:
        """Watch the alarms of a bundle no more."""
        with self._turn:
            gone = self._evaluations.pop(bundle, None)
            for name in gone.states if gone else ():
                self._since.pop(name, None)

    def read_alarms(self) -> list[AlarmState]:
        """Every alarm of the run, as it was at the end of the last minute."""
        self.look()
        with self._turn:
            return [
                AlarmState(alarm.name, alarm.description, each.states[alarm.name], self._since.get(alarm.name))
                for each in self._evaluations.values()
                for alarm in each.alarms.every
            ]

    def look(self) -> None:
        """Measure the queues, and evaluate every alarm at the end of each minute that is over."""
        with self._turn:
            now = self._clock.now() / 1000
            over = range(self._minute + MINUTE, int(now) + 1, MINUTE)
            # SQS measures in every minute, also in those that the clock was moved over: nothing came or went in them.
            for minute in _shorten(over[:-1], 2 * MINUTES):
                self._measure(self._queues, minute)
            self._queues = self._describe_queues()
            self._measure(self._queues, now)
            self._queues = {name: {**found, "sent": 0} for name, found in self._queues.items()}
            for minute in _shorten(over, MINUTES):
                self._minute = minute
                for evaluation in self._evaluations.values():
                    for change in evaluation.evaluate(minute):
                        self._since[change.alarm] = minute
                        self.changes.append(change)

    def _measure(self, queues: Mapping[str, Mapping[str, float]], instant: float) -> None:
        for name, found in queues.items():
            for what, metric in QUEUE_METRICS.items():
                self._put("AWS/SQS", metric, {"QueueName": name}, instant, found[what])

    def run(self) -> None:
        """Look again and again: what the thread does."""
        while not self._stopped.wait(LOOK_SECONDS):
            self.try_to_look()

    def try_to_look(self) -> None:
        """Look, unless the embedded AWS has ended, or is ending: whoever needs it says so."""
        with suppress(OSError):
            self.look()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()

    def add_run(self, told: Mapping[str, Any]) -> None:
        """Write the metrics of one run of a function, as `emulator.telling` tells of it.

        Those of Lambda are of the instant at which it began (AWS Lambda developer guide, "Types of metrics for Lambda
        functions").
        """
        began = self._clock.at(int(told["began"] * 1000)) / 1000
        function = {"FunctionName": told["function"]}
        throttled = bool(told.get("throttled"))
        self._put("AWS/Lambda", "Throttles", function, began, throttled)
        if throttled:
            return
        self._put("AWS/Lambda", "Invocations", function, began, 1)
        self._put("AWS/Lambda", "Errors", function, began, told["failed"])
        self._put("AWS/Lambda", "Duration", function, began, told["milliseconds"])
        self._put("AWS/Lambda", "ConcurrentExecutions", function, began, told["at_once"])
        ended = began + told["milliseconds"] / 1000
        for namespace, name, dimensions, values in told["metrics"]:
            for value in values:
                self._put(namespace, name, dimensions, ended, value)

    def add_request(self, function: str, status: int, milliseconds: float) -> None:
        """Write the metrics of one request to the URL of a function, by its name or ARN.

        (AWS Lambda developer guide, "Monitoring Lambda function URLs".)
        """
        of, now = {"FunctionName": function.rsplit(":", 1)[-1]}, self._clock.now() / 1000
        self._put("AWS/Lambda", "UrlRequestCount", of, now, 1)
        self._put("AWS/Lambda", "Url4xxCount", of, now, 400 <= status < 500)
        self._put("AWS/Lambda", "Url5xxCount", of, now, status >= 500)
        self._put("AWS/Lambda", "UrlRequestLatency", of, now, milliseconds)

    def add_view(self, distribution: str, status: int, length: int) -> None:
        """Write the metrics of one response of a distribution: its status, and the bytes of its body.

        (Amazon CloudFront developer guide, "Types of metrics for CloudFront": rates are in percent.)
        """
        of, now = {"DistributionId": distribution, "Region": "Global"}, self._clock.now() / 1000
        self._put("AWS/CloudFront", "Requests", of, now, 1)
        self._put("AWS/CloudFront", "BytesDownloaded", of, now, length)
        self._put("AWS/CloudFront", "4xxErrorRate", of, now, 100 * (400 <= status < 500))
        self._put("AWS/CloudFront", "5xxErrorRate", of, now, 100 * (status >= 500))

    def add_execution(self, pipe: str, events: int, failed: int) -> None:
        """Write the metrics of one execution of a pipe: how many events it had, and how many of them could not be sent.

        (Amazon EventBridge user guide, "Logging and monitoring Amazon EventBridge Pipes".)
        """
        of, now = {"PipeName": pipe}, self._clock.now() / 1000
        self._put("AWS/EventBridge/Pipes", "Invocations", of, now, 1)
        self._put("AWS/EventBridge/Pipes", "EventCount", of, now, events)
        for stage in ("Execution", "TargetStage"):
            self._put("AWS/EventBridge/Pipes", f"{stage}Failed", of, now, failed == events)
            self._put("AWS/EventBridge/Pipes", f"{stage}PartiallyFailed", of, now, 0 < failed < events)

    def _put(self, namespace: str, name: str, dimensions: Mapping[str, str], instant: float, value: float) -> None:
        self.datapoints.put(Metric.of(namespace, name, dimensions), instant, float(value))


def _shorten(minutes: Sequence[int], last: int) -> list[int]:
    """The first MINUTES and so many of the last; all of them if they are few."""
    return [*minutes] if len(minutes) <= MINUTES + last else [*minutes[:MINUTES], *minutes[-last:]]

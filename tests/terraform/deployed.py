"""A board that Terraform has deployed into emulators: played on and read, with what its state says and nothing else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from generator.aws.invoke import invoke
from generator.local.deploy.deployment import Deployment, read_deployment, read_feed
from generator.local.services.api_cache import ApiCache
from generator.local.services.cloudfront import CloudFront, Site
from generator.local.services.function_url import FunctionUrl
from generator.local.services.pipes import LocalPipe
from tests.terraform.stand_in.running import Stage

_WAITING = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
_SECONDS = 300.0
"""Seconds that activities may take from the table through pipe, queue and processor, also while others compile."""


class DeployedBoard:
    """The pipe and the distribution of a deployed board, which the emulators only hold: a context manager. A board on a
    feed has the feed's pipe, which whoever made it starts and stops.

    Functions, queue, tables and bucket are those that Terraform made. Nothing is known of the board but Terraform's
    state: a permission that it lacks, a misspelt variable or a filter that drops too much shows.
    """

    def __init__(
        self, stage: Stage, state: Mapping[str, Mapping[str, Any]], feed_pipe: LocalPipe | None = None
    ) -> None:
        """`state`: the attributes of each resource by its address; on a feed, of each data source too."""
        self._stage = stage
        self._state = state
        self.warnings: list[str] = []
        self.deployment = read_state(state)
        functions = stage.aws.client("lambda")
        url = FunctionUrl(functions, self.deployment.functions["api"], self.warnings.append, self.deployment.api.cors)
        self._site = Site("team", "board", self.deployment, ApiCache(url, self.deployment.api))
        own = self.deployment.pipe
        self._own_pipe = LocalPipe(stage.aws, own, self.warnings.append) if own else None
        pipe = self._own_pipe or feed_pipe
        assert pipe
        self._pipe = pipe
        self._cloudfront = CloudFront()
        self._cloudfront.serve(stage.aws.client("s3"))
        self._cloudfront.add_site(self._site)

    def __enter__(self) -> DeployedBoard:
        if self._own_pipe:
            self._own_pipe.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._own_pipe:
            self._own_pipe.stop()
            self._own_pipe.join(60)
        self._cloudfront.stop()

    def write(self, item: Mapping[str, Any]) -> None:
        """Write an activity, as a game server does."""
        self._stage.aws.client("dynamodb").put_item(TableName=self.deployment.activities_table, Item=item)

    def wait_until_counted(self) -> None:
        """Wait until all that was written has left the pipe and the queue."""
        sqs, until = self._stage.aws.client("sqs"), time.monotonic() + _SECONDS
        rounds = self._pipe.idle_rounds + 2
        while time.monotonic() < until:
            if self._pipe.idle_rounds >= rounds:
                url = self.deployment.queue_url
                attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(_WAITING))["Attributes"]
                if not any(int(attributes[name]) for name in _WAITING):
                    return
            time.sleep(0.1)
        raise AssertionError(f"activities are still on their way after {_SECONDS:g} seconds: {self.warnings}")

    def rebuild(self) -> Any:
        """Do what the board's schedule does: invoke its target with its input."""
        [target] = self._state["aws_scheduler_schedule.rebuild"]["target"]
        return invoke(self._stage.aws.client("lambda"), target["arn"], json.loads(target["input"] or "{}"))

    def get(self, path: str) -> tuple[int, bytes]:
        """GET a path of the distribution, or of the function URL where the board has no distribution."""
        name, _, query = path.partition("?")
        response = self._cloudfront.respond("GET", f"{self._site.path}{name}", query, {})
        return response.status, response.body

    def ranking(self) -> list[tuple[str, float]]:
        """The players of the board's first window and their scores, best first."""
        status, body = self.get("/v1/leaderboard?limit=100")
        assert status == 200, (body, self.warnings)
        return [(entry["player_id"], entry["score"]) for entry in json.loads(body)["entries"]]


@contextmanager
def run_feed_pipe(
    stage: Stage, state: Mapping[str, Mapping[str, Any]], warn: Callable[[str], None]
) -> Iterator[LocalPipe]:
    """The pipe of a deployed feed, while it runs."""
    pipe = LocalPipe(stage.aws, read_feed(state, lambda address: _without_nulls(state[address])).pipe, warn)
    pipe.start()
    try:
        yield pipe
    finally:
        pipe.stop()
        pipe.join(60)


def read_state(state: Mapping[str, Mapping[str, Any]]) -> Deployment:
    """What the state says is deployed, as local mode sees what it deploys itself."""
    return read_deployment(state, lambda address: _without_nulls(state[address]))


def _without_nulls(values: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes as a bundle's text has them: without those that have no value."""

    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: clean(one) for name, one in value.items() if one is not None}
        return [clean(one) for one in value] if isinstance(value, list) else value

    cleaned: dict[str, Any] = clean(dict(values))
    return cleaned

"""Deploy one bundle into the embedded AWS, from its files and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from generator.errors import LocalError
from generator.local.deploy.event_pattern import Matcher, compile_pattern
from generator.local.deploy.resources import NOT_LOCAL, make
from generator.local.deploy.target import Place
from generator.local.emulator.process import Emulator
from generator.terraform.module import Module

FUNCTIONS = ("processor", "rebuilder", "api", "simulator")


@dataclass(frozen=True)
class PipeSettings:
    """What the bundle says of its pipe. A limit of None is none."""

    arn: str
    stream_arn: str
    queue_url: str
    dead_letter_queue_url: str
    from_start: bool
    """From the oldest record on (TRIM_HORIZON); otherwise from the newest."""
    batch_size: int
    retry_attempts: int | None
    record_age_seconds: int | None
    filters: tuple[Matcher, ...]
    """A record passes when one of them matches; () lets every record through."""


@dataclass(frozen=True)
class Page:
    """Where the static page lies: key prefix in the bucket, and the object that stands for "/"."""

    prefix: str
    root: str


@dataclass(frozen=True)
class Deployment:
    """A board that is deployed: names and URLs of its parts in the embedded AWS."""

    activities_table: str
    aggregates_table: str
    queue_url: str
    dead_letter_queue_url: str
    bucket: str
    functions: Mapping[str, str]
    """The ARN of each function, by what it does: one of FUNCTIONS."""
    mapping_id: str
    """The event source mapping from the queue to the processor."""
    pipe: PipeSettings
    page: Page | None
    """None where the board has no page."""


def deploy(aws: Emulator, files: Mapping[str, bytes], *, schedule: bool) -> Deployment:
    """Make everything that a bundle asks for. `files`: path in the bundle to content.

    `schedule`: with the board's own schedule; without, somebody else starts its rebuilds. Raises LocalError for what
    local mode does not know, or what the embedded AWS refuses.
    """
    place = Place(aws, lambda path: module.file(path))
    module = Module(files, aws.account_id, aws.region, lambda kind, arguments: make(place, kind, arguments))
    for address in module.resources:
        kind = address.split(".")[0]
        if kind in NOT_LOCAL or (kind == "aws_scheduler_schedule" and not schedule):
            continue
        _made(module, address)
    return Deployment(
        activities_table=_made(module, "aws_dynamodb_table.activities")["name"],
        aggregates_table=_made(module, "aws_dynamodb_table.aggregates")["name"],
        queue_url=_made(module, "aws_sqs_queue.activities")["url"],
        dead_letter_queue_url=_made(module, "aws_sqs_queue.activities_dead_letters")["url"],
        bucket=_made(module, "aws_s3_bucket.board")["bucket"],
        functions={
            name: _made(module, f"aws_lambda_function.{name}")["arn"]
            for name in FUNCTIONS
            if f"aws_lambda_function.{name}" in module.resources
        },
        mapping_id=_made(module, "aws_lambda_event_source_mapping.processor")["id"],
        pipe=_pipe(module),
        page=_page(module),
    )


def _made(module: Module, address: str) -> dict[str, Any]:
    try:
        value: dict[str, Any] = module.value(address)
    except KeyError as error:
        raise LocalError(f"the bundle has no {error.args[0]}, which local mode needs") from None
    except (ClientError, BotoCoreError) as error:
        raise LocalError(f"the embedded AWS refuses {address}: {error}") from None
    return value


def _pipe(module: Module) -> PipeSettings:
    pipe = _made(module, "aws_pipes_pipe.activities")
    [parameters] = pipe["source_parameters"]
    [stream] = parameters["dynamodb_stream_parameters"]
    [dead_letters] = stream["dead_letter_config"]
    queues = {
        queue["arn"]: queue["url"]
        for queue in (_made(module, address) for address in module.resources if address.startswith("aws_sqs_queue."))
    }
    return PipeSettings(
        arn=pipe["arn"],
        stream_arn=pipe["source"],
        queue_url=queues[pipe["target"]],
        dead_letter_queue_url=queues[dead_letters["arn"]],
        from_start=stream["starting_position"] == "TRIM_HORIZON",
        batch_size=stream["batch_size"],
        retry_attempts=_limit(stream["maximum_retry_attempts"]),
        record_age_seconds=_limit(stream["maximum_record_age_in_seconds"]),
        filters=tuple(
            compile_pattern(json.loads(one["pattern"]))
            for criteria in parameters.get("filter_criteria", [])
            for one in criteria["filter"]
        ),
    )


def _limit(value: int) -> int | None:
    """-1 is no limit (EventBridge Pipes API reference, "PipeSourceDynamoDBStreamParameters")."""
    return None if value == -1 else value


def _page(module: Module) -> Page | None:
    if "aws_cloudfront_distribution.board" not in module.resources:
        return None
    distribution = _made(module, "aws_cloudfront_distribution.board")
    paths = [origin["origin_path"] for origin in distribution["origin"] if origin.get("origin_path")]
    return Page(prefix=paths[0].strip("/") + "/", root=distribution["default_root_object"])

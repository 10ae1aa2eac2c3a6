"""Deploys one bundle into the embedded AWS, from the bundle's files alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from generator.errors import LocalError
from generator.local.deploy.api_access import ApiAccess, read_api_access
from generator.local.deploy.event_pattern import Matcher, compile_pattern
from generator.local.deploy.resources import NOT_LOCAL, make_resource
from generator.local.deploy.target import Target, Values
from generator.local.emulator.process import Emulator
from generator.terraform.module import Module

FUNCTIONS = ("processor", "rebuilder", "api", "simulator")
"""The functions that a bundle may have, by their names in its Terraform."""


@dataclass(frozen=True)
class PipeSettings:
    """The settings of the bundle's pipe. A limit of None means that there is no limit."""

    arn: str
    stream_arn: str
    queue_url: str
    dead_letter_queue_url: str
    from_start: bool
    """Whether it reads from the oldest record on (TRIM_HORIZON), and not only new records."""
    batch_size: int
    retry_attempts: int | None
    record_age_seconds: int | None
    filters: tuple[Matcher, ...]
    """A record passes if one of them matches, or if there are none."""


@dataclass(frozen=True)
class Page:
    """Where the board's page is in the bucket: the prefix of its keys, and the file that answers "/"."""

    prefix: str
    root: str


@dataclass(frozen=True)
class Deployment:
    """A deployed board: the names and URLs of its parts in the embedded AWS."""

    activities_table: str
    aggregates_table: str
    queue_url: str
    dead_letter_queue_url: str
    bucket: str
    functions: Mapping[str, str]
    """The ARN of each function that the bundle has, by its name in FUNCTIONS."""
    producer_policy: str
    """The ARN of the policy of game servers."""
    mapping_id: str
    """The id of the event source mapping from the queue to the processor."""
    pipe: PipeSettings
    page: Page | None
    """None where the board has no page."""
    api: ApiAccess


def deploy(aws: Emulator, files: Mapping[str, bytes], *, schedule: bool) -> Deployment:
    """Make every resource of a bundle. `files`: content by path in the bundle.

    `schedule`: whether to make the board's own schedules; without them, the caller must start the rebuilds, and nobody
    watches the board: no alarm here would look at what a watch measures. Raises
    TerraformError for Terraform that our reader does not know, LocalError for resources that local mode does not know
    and for calls that the embedded AWS refuses.
    """
    target = Target(aws, lambda path: module.read_file(path))
    module = Module(files, aws.account_id, aws.region, lambda kind, arguments: make_resource(target, kind, arguments))
    for address in module.resources:
        kind = address.split(".")[0]
        if kind in NOT_LOCAL or (kind == "aws_scheduler_schedule" and not schedule):
            continue
        _make(module, address)
    return read_deployment(module.resources, lambda address: _make(module, address))


def read_deployment(addresses: Collection[str], resource: Callable[[str], Values]) -> Deployment:
    """Read what a deployed bundle is made of. `resource`: the attributes of the resource at an address of the bundle.

    The attributes may also come from Terraform's state of a bundle that Terraform has applied.
    """
    queues = [resource(address) for address in addresses if address.startswith("aws_sqs_queue.")]
    address = "aws_cloudfront_distribution.board"
    distribution = resource(address) if address in addresses else None
    return Deployment(
        activities_table=resource("aws_dynamodb_table.activities")["name"],
        aggregates_table=resource("aws_dynamodb_table.aggregates")["name"],
        queue_url=resource("aws_sqs_queue.activities")["url"],
        dead_letter_queue_url=resource("aws_sqs_queue.activities_dead_letters")["url"],
        bucket=resource("aws_s3_bucket.board")["bucket"],
        functions={
            name: resource(f"aws_lambda_function.{name}")["arn"]
            for name in FUNCTIONS
            if f"aws_lambda_function.{name}" in addresses
        },
        producer_policy=resource("aws_iam_policy.producer")["arn"],
        mapping_id=resource("aws_lambda_event_source_mapping.processor")["id"],
        pipe=_read_pipe(resource("aws_pipes_pipe.activities"), {queue["arn"]: queue["url"] for queue in queues}),
        page=_read_page(distribution) if distribution else None,
        api=read_api_access(distribution, resource("aws_lambda_function_url.api")),
    )


def _make(module: Module, address: str) -> Values:
    """The attributes of the resource at an address, which is made first if it does not exist yet."""
    try:
        value: Values = module.resolve(address)
    except KeyError as error:
        raise LocalError(f"the bundle has no {error.args[0]}, which local mode needs") from None
    except (ClientError, BotoCoreError) as error:
        raise LocalError(f"the embedded AWS refuses {address}: {error}") from None
    return value


def _read_pipe(pipe: Values, queues: Mapping[str, str]) -> PipeSettings:
    """`queues`: the URL of each of the bundle's queues by its ARN."""
    [parameters] = pipe["source_parameters"]
    [stream] = parameters["dynamodb_stream_parameters"]
    [dead_letters] = stream["dead_letter_config"]
    return PipeSettings(
        arn=pipe["arn"],
        stream_arn=pipe["source"],
        queue_url=queues[pipe["target"]],
        dead_letter_queue_url=queues[dead_letters["arn"]],
        from_start=stream["starting_position"] == "TRIM_HORIZON",
        batch_size=stream["batch_size"],
        retry_attempts=_read_limit(stream["maximum_retry_attempts"]),
        record_age_seconds=_read_limit(stream["maximum_record_age_in_seconds"]),
        filters=tuple(
            compile_pattern(json.loads(one["pattern"]))
            for criteria in parameters.get("filter_criteria", [])
            for one in criteria["filter"]
        ),
    )


def _read_limit(value: int) -> int | None:
    """A limit, where -1 means none (EventBridge Pipes API reference, "PipeSourceDynamoDBStreamParameters")."""
    return None if value == -1 else value


def _read_page(distribution: Values) -> Page:
    paths = [origin["origin_path"] for origin in distribution["origin"] if origin.get("origin_path")]
    return Page(prefix=paths[0].strip("/") + "/", root=distribution["default_root_object"])

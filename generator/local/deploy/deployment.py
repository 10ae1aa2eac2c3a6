"""Reads what a deployed bundle is made of: the names and settings by which the rest of local mode uses it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from generator.errors import LocalError
from generator.local.deploy.api_access import ApiAccess, read_api_access
from generator.local.deploy.event_pattern import Matcher, compile_pattern
from generator.local.deploy.target import Values

FUNCTIONS = ("processor", "rebuilder", "assembler", "api", "simulator")
"""The functions that a bundle may have, by their names in its Terraform."""


@dataclass(frozen=True)
class Queue:
    """A queue that a pipe sends to."""

    url: str


@dataclass(frozen=True)
class Bus:
    """An event bus that a pipe sends to, and what it says of each event."""

    name: str
    source: str
    detail_type: str


@dataclass(frozen=True)
class PipeSettings:
    """The settings of the bundle's pipe. A limit of None means that there is no limit."""

    arn: str
    stream_arn: str
    target: Queue | Bus
    dead_letter_queue_url: str
    from_start: bool
    """Whether it reads from the oldest record on (TRIM_HORIZON), and not only new records."""
    batch_size: int
    retry_attempts: int | None
    record_age_seconds: int | None
    filters: tuple[Matcher, ...]
    """A record passes if one of them matches, or if there are none."""

    @property
    def name(self) -> str:
        """Its name in AWS."""
        return self.arn.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Page:
    """Where the board's page is in the bucket: the prefix of its keys, and the file that answers "/"."""

    prefix: str
    root: str
    frame_ancestors: str | None = None
    """The policy that says which sites may show it in a frame; None where no other site may."""


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
    producer_policy: str | None
    """The ARN of the policy of game servers; None on a feed, whose policy it is."""
    mapping_id: str
    """The id of the event source mapping from the queue to the processor."""
    pipe: PipeSettings | None
    """None on a feed, whose pipe it is."""
    page: Page | None
    """None where the board has no page."""
    api: ApiAccess
    filters: tuple[Matcher, ...] = ()
    """Which records it gets: those that one of them matches, or all if there are none."""


@dataclass(frozen=True)
class FeedDeployment:
    """A deployed feed: the names of its parts in the embedded AWS."""

    activities_table: str
    producer_policy: str
    pipe: PipeSettings
    strays_queue_url: str


def read_deployment(addresses: Collection[str], resource: Callable[[str], Values]) -> Deployment:
    """Read what a deployed bundle is made of. `resource`: the attributes of the resource at an address of the bundle.

    The attributes may also come from Terraform's state of a bundle that Terraform has applied.
    """
    on_feed = "data.aws_dynamodb_table.feed" in addresses
    table = "data.aws_dynamodb_table.feed" if on_feed else "aws_dynamodb_table.activities"
    pipe = None if on_feed else _read_pipe(addresses, resource)
    address, frames = "aws_cloudfront_distribution.board", "aws_cloudfront_function.frames"
    distribution = resource(address) if address in addresses else None
    function = resource(frames) if frames in addresses else None
    return Deployment(
        activities_table=resource(table)["name"],
        aggregates_table=resource("aws_dynamodb_table.aggregates")["name"],
        queue_url=resource("aws_sqs_queue.activities")["url"],
        dead_letter_queue_url=resource("aws_sqs_queue.activities_dead_letters")["url"],
        bucket=resource("aws_s3_bucket.board")["bucket"],
        functions={
            name: resource(f"aws_lambda_function.{name}")["arn"]
            for name in FUNCTIONS
            if f"aws_lambda_function.{name}" in addresses
        },
        producer_policy=None if on_feed else resource("aws_iam_policy.producer")["arn"],
        mapping_id=resource("aws_lambda_event_source_mapping.processor")["id"],
        pipe=pipe,
        filters=pipe.filters if pipe else (_read_rule(resource("aws_cloudwatch_event_rule.activities")),),
        page=_read_page(distribution, function) if distribution else None,
        api=read_api_access(distribution, resource("aws_lambda_function_url.api")),
    )


def read_feed(addresses: Collection[str], resource: Callable[[str], Values]) -> FeedDeployment:
    """Read what a deployed feed is made of, as `read_deployment` does a board."""
    return FeedDeployment(
        activities_table=resource("aws_dynamodb_table.activities")["name"],
        producer_policy=resource("aws_iam_policy.producer")["arn"],
        pipe=_read_pipe(addresses, resource),
        strays_queue_url=resource("aws_sqs_queue.strays")["url"],
    )


def _read_pipe(addresses: Collection[str], resource: Callable[[str], Values]) -> PipeSettings:
    found = [resource(address) for address in addresses if address.startswith("aws_sqs_queue.")]
    queues = {queue["arn"]: queue["url"] for queue in found}
    pipe = resource("aws_pipes_pipe.activities")
    [parameters] = pipe["source_parameters"]
    [stream] = parameters["dynamodb_stream_parameters"]
    [dead_letters] = stream["dead_letter_config"]
    return PipeSettings(
        arn=pipe["arn"],
        stream_arn=pipe["source"],
        target=_read_target(pipe, queues),
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


def _read_target(pipe: Values, queues: Mapping[str, str]) -> Queue | Bus:
    """What a pipe sends to. `queues`: the URL of each of the bundle's queues by its ARN."""
    for parameters in pipe.get("target_parameters") or []:
        for bus in parameters["eventbridge_event_bus_parameters"]:
            return Bus(pipe["target"].partition("/")[2], bus["source"], bus["detail_type"])
    return Queue(queues[pipe["target"]])


def _read_rule(rule: Values) -> Matcher:
    """Which records a board's rule on its feed's bus takes."""
    pattern = json.loads(rule["event_pattern"])
    matches, [source] = compile_pattern(pattern), pattern["source"]
    return lambda record: matches({"source": source, "detail": record})


def _read_limit(value: int) -> int | None:
    """A limit, where -1 means none (EventBridge Pipes API reference, "PipeSourceDynamoDBStreamParameters")."""
    return None if value == -1 else value


def _read_page(distribution: Values, function: Values | None) -> Page:
    """`function`: the one that changes the headers of the page's files; None if there is none."""
    paths = [origin["origin_path"] for origin in distribution["origin"] if origin.get("origin_path")]
    [behavior] = distribution["default_cache_behavior"]
    if not behavior.get("function_association"):
        function = None
    ancestors = read_frame_ancestors(function["code"]) if function else None
    return Page(paths[0].strip("/") + "/", distribution["default_root_object"], ancestors)


_FRAMES = re.compile(
    r"""(?://.*\n)*function handler\(event\) \{
  const headers = event\.response\.headers;
  headers\["content-security-policy"\] = \{ value: ("(?:[^"\\\n]|\\.)*") \};
(?:  //.*\n)*  delete headers\["x-frame-options"\];
  return event\.response;
\}
"""
)
"""The function that says which sites may show the page in a frame. Nothing here runs JavaScript, so it is known as a
whole, or refused."""


def read_frame_ancestors(code: str) -> str:
    """The policy that CloudFront's function sets. Raises LocalError for a function that does anything else."""
    found = _FRAMES.fullmatch(code)
    if found is None:
        raise LocalError("local mode does not know the CloudFront function of frames.js")
    policy: str = json.loads(found[1])
    return policy

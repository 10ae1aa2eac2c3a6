"""Reads what a bundle deploys that costs money from its Terraform: what is added there is counted here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from generator.aws.schedules import parse_schedule
from generator.board.board import Board
from generator.board.bundle import ResourceNames
from generator.board.feed import Feed
from generator.errors import TerraformError
from generator.rendering import feed_files, text_files
from generator.terraform import hcl

_ANY = ResourceNames("board")
"""The names that bundles are read with. What one costs does not depend on its names, and blocks that boards share
under the same names are parsed once."""

_COSTS_NOTHING_ITSELF = (
    *("aws_cloudfront_origin_access_control", "aws_cloudwatch_event_bus", "aws_cloudwatch_event_rule"),
    *("aws_cloudwatch_event_target", "aws_cloudwatch_log_group", "aws_iam_policy", "aws_iam_role"),
    *("aws_iam_role_policy", "aws_kms_alias", "aws_lambda_event_source_mapping", "aws_lambda_function_url"),
    *("aws_lambda_function_event_invoke_config", "aws_lambda_layer_version", "aws_lambda_permission"),
    *("aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_ownership_controls", "aws_s3_bucket_policy"),
    *("aws_s3_bucket_public_access_block", "aws_s3_bucket_versioning", "aws_s3_object", "aws_sfn_state_machine"),
    "aws_sns_topic",
    *("aws_sns_topic_policy", "aws_sns_topic_subscription", "aws_sqs_queue_policy"),
    *("aws_sqs_queue_redrive_allow_policy", "time_sleep"),
)
"""Types of resources that are free, or whose use is counted with another one's. A bus charges for
each event that is put on it; what its rules deliver to a queue of the same account is free (Amazon EventBridge pricing,
"Event Buses")."""


@dataclass(frozen=True)
class ScheduledTask:
    """A schedule that invokes a function."""

    name: str
    """Its name in Terraform."""
    runs_a_month: int
    has_key: bool
    """Whether its input is encrypted with the board's key, so that each run asks KMS."""


@dataclass(frozen=True)
class Deployed:
    """What one bundle deploys that costs money."""

    counts: Counter[str]
    """How many resources there are, by Terraform's type."""
    alarm_metrics: int
    """How many metrics the metric alarms read: an alarm on an expression is charged for each metric in it."""
    memory_mb: Mapping[str, int]
    """The memory of each function."""
    schedules: tuple[ScheduledTask, ...]
    key_reuse_seconds: int
    """How long the activities queue uses a data key before it asks KMS for another; 0 for a feed, which has none."""
    has_bucket_key: bool
    """Whether S3 asks KMS for a key of the bucket, instead of a key for each object."""
    recoverable: frozenset[str]
    """The tables with point-in-time recovery."""

    @property
    def asking_share(self) -> float:
        """The share of requests to the bucket for which S3 asks KMS: a bucket's key saves up to 99 percent of them (S3
        user guide, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys")."""
        return 0.01 if self.has_bucket_key else 1.0

    def runs(self, schedule: str) -> int:
        """How often a schedule runs a month, by its name in Terraform; 0 if the bundle has no such schedule."""
        return sum(each.runs_a_month for each in self.schedules if each.name == schedule)


@dataclass
class _Found:
    """What has been found of a bundle so far."""

    counts: Counter[str] = field(default_factory=Counter)
    alarm_metrics: int = 0
    memory_mb: dict[str, int] = field(default_factory=dict)
    schedules: list[ScheduledTask] = field(default_factory=list)
    key_reuse_seconds: int = 0
    has_bucket_key: bool = False
    recoverable: set[str] = field(default_factory=set)

    def add(self, block: hcl.Block) -> None:
        """Count one resource."""
        kind, name = block.labels
        number = _count_instances(block)
        self.counts[kind] += number
        if kind == "aws_cloudwatch_metric_alarm":
            self.alarm_metrics += number * _count_alarm_metrics(block)
        elif kind == "aws_lambda_function":
            self.memory_mb[name] = int(_value(block, "memory_size", 128))
        elif kind == "aws_scheduler_schedule":
            runs = parse_schedule(_value(block, "schedule_expression")).runs_a_year // 12
            self.schedules.append(ScheduledTask(name, runs, "kms_key_arn" in block.attributes))
        elif kind == "aws_sqs_queue" and name == "activities":
            self.key_reuse_seconds = int(_value(block, "kms_data_key_reuse_period_seconds", 300))
        elif kind == "aws_s3_bucket_server_side_encryption_configuration":
            self.has_bucket_key = all(_value(rule, "bucket_key_enabled", False) for rule in _inner(block, "rule"))
        elif kind == "aws_dynamodb_table":
            if any(_value(each, "enabled", False) for each in _inner(block, "point_in_time_recovery")):
                self.recoverable.add(name)
        elif kind not in _PRICED and kind not in _COSTS_NOTHING_ITSELF:
            raise TerraformError(f"{block.file}: what does {block.address} cost? Say it in generator/cost/deployed.py.")


_PRICED = (
    *("aws_cloudfront_distribution", "aws_cloudfront_function", "aws_cloudwatch_composite_alarm"),
    *("aws_cloudwatch_dashboard", "aws_kms_key", "aws_pipes_pipe", "aws_s3_bucket", "aws_sqs_queue"),
)
"""Types of resources of which the number, or what passes through them, is charged."""


def read_deployed(bundle: Board | Feed) -> Deployed:
    """Read what a bundle deploys. Raises TerraformError for a type of resource whose price is not known here."""
    found = _Found()
    for path, text in _render(bundle).items():
        for (kind, *labels), block in hcl.split_blocks(text):
            if kind == "resource":
                # The text of a free resource need not be read.
                free = labels[0] in _COSTS_NOTHING_ITSELF
                found.add(hcl.Block(kind, tuple(labels), {}, (), path) if free else _parse(block, path))
    return Deployed(
        found.counts,
        found.alarm_metrics,
        found.memory_mb,
        tuple(found.schedules),
        found.key_reuse_seconds,
        found.has_bucket_key,
        frozenset(found.recoverable),
    )


def _render(bundle: Board | Feed) -> dict[str, str]:
    if isinstance(bundle, Feed):
        return feed_files.render_terraform(replace(bundle, names=_ANY))
    return text_files.render_terraform(replace(bundle, names=_ANY))


@lru_cache(maxsize=4096)
def _parse(text: str, file: str) -> hcl.Block:
    (block,) = hcl.parse_hcl(text, file)
    return block


def _count_alarm_metrics(block: hcl.Block) -> int:
    return 1 if "metric_name" in block.attributes else sum(len(_inner(each, "metric")) for each in block.blocks)


def _count_instances(block: hcl.Block) -> int:
    return len(_value(block, "for_each")) if "for_each" in block.attributes else 1


def _inner(block: hcl.Block, kind: str) -> Sequence[hcl.Block]:
    """The blocks of a kind directly in a block."""
    return [each for each in block.blocks if each.kind == kind]


def _value(block: hcl.Block, name: str, default: Any = None) -> Any:
    """The value of one of a block's attributes. Raises TerraformError where it refers to another resource."""
    return _EVALUATOR.evaluate(block.attributes[name]) if name in block.attributes else default


def _refuse(chain: tuple[str, ...]) -> Any:
    raise KeyError(chain)


_EVALUATOR = hcl.Evaluator(_refuse, {"toset": lambda values: sorted(set(values))})

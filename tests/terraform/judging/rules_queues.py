"""Rules over queues, pipes, tables and logs."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.terraform.judging.deprecated import find_deprecated
from tests.terraform.judging.plan import Plan
from tests.terraform.judging.rule import Rule

QUEUE, PIPE, TABLE, LOGS = "aws_sqs_queue", "aws_pipes_pipe", "aws_dynamodb_table", "aws_cloudwatch_log_group"

TARGET = "aws_cloudwatch_event_target"

RETENTION_DAYS = (
    *(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""CloudWatch Logs API reference, "PutRetentionPolicy"; 0 is Terraform's word for ever."""

STREAM_NUMBERS = (
    *("batch_size", "maximum_batching_window_in_seconds", "maximum_record_age_in_seconds", "maximum_retry_attempts"),
    *("on_partial_batch_item_failure", "parallelization_factor", "starting_position"),
)
"""What the pipe's update sends as 0 or empty if it is not set."""


def _find_short_retention(plan: Plan) -> Iterator[str]:
    for queue in plan.of(QUEUE):
        redrive = json.loads(queue["redrive_policy"] or "{}")
        dead = plan.find(QUEUE, arn=redrive.get("deadLetterTargetArn"))
        if redrive and not dead:
            yield f"{queue.address}: its dead-letter queue {redrive.get('deadLetterTargetArn')} is not in the plan"
        elif dead:
            own, kept = (each["message_retention_seconds"] or 345_600 for each in (queue, dead))
            if kept <= own:
                yield f"{dead.address}: keeps messages for {kept} s, but they are up to {own} s old when they come"


def _find_refused_dead_letters(plan: Plan) -> Iterator[str]:
    allowed = {
        each["queue_url"]: json.loads(each["redrive_allow_policy"] or "{}")
        for each in plan.of(f"{QUEUE}_redrive_allow_policy")
    }
    for queue in plan.of(QUEUE):
        dead = plan.find(QUEUE, arn=json.loads(queue["redrive_policy"] or "{}").get("deadLetterTargetArn"))
        policy = allowed.get(dead["id"] or dead["url"]) if dead else None
        if dead and policy and queue["arn"] not in policy.get("sourceQueueArns", [queue["arn"]]):
            yield f"{dead.address}: does not take the dead letters of {queue.address}"
        if dead and policy and policy.get("redrivePermission") == "denyAll":
            yield f"{dead.address}: takes nobody's dead letters, but {queue.address} sends its own"
        if policy and len(policy.get("sourceQueueArns", [])) > 10:
            yield f"{dead.address if dead else queue.address}: names more than 10 source queues"


def _find_bad_pipes(plan: Plan) -> Iterator[str]:
    for pipe in plan.of(PIPE):
        if not list(pipe.blocks("log_configuration")):
            yield f"{pipe.address}: has no log_configuration, so every later plan has a difference"
        for stream in pipe.blocks("source_parameters", "dynamodb_stream_parameters"):
            for name in STREAM_NUMBERS:
                if stream.get(name) is None:
                    yield f"{pipe.address}: {name} is not set, and an update would send it as 0 or empty"
            age = stream.get("maximum_record_age_in_seconds", -1)
            window = stream.get("maximum_batching_window_in_seconds") or 0
            if age != -1 and not 60 <= age <= 604_800:
                yield f"{pipe.address}: maximum_record_age_in_seconds {age} is neither -1 nor between 60 and 604800"
            if age != -1 and window >= age:
                yield f"{pipe.address}: the batching window of {window} s is not less than the record age"
            to_queue = plan.find(QUEUE, arn=pipe["target"])
            if to_queue and stream.get("batch_size", 1) > 10:
                yield f"{pipe.address}: a batch of {stream['batch_size']}, but SQS takes 10 messages at once"
        for criteria in pipe.blocks("source_parameters", "filter_criteria"):
            patterns = [each["pattern"] for each in criteria.get("filter") or []]
            if len(patterns) > 5 or any(len(each) > 4096 for each in patterns):
                yield f"{pipe.address}: at most 5 filters of 4096 characters"


def _find_bad_targets(plan: Plan) -> Iterator[str]:
    """What a rule sends to a queue arrives, and what could not be delivered is kept."""
    policies = {each["queue_url"]: each["policy"] or "" for each in plan.of(f"{QUEUE}_policy")}
    for rule in plan.of("aws_cloudwatch_event_rule"):
        if len(rule["event_pattern"] or "") > 2048:
            yield f"{rule.address}: a pattern of more than 2048 characters"
        if not plan.find(TARGET, rule=rule["name"], event_bus_name=rule["event_bus_name"]):
            yield f"{rule.address}: has no target"
    for target in plan.of(TARGET):
        by = plan.find("aws_cloudwatch_event_rule", name=target["rule"], event_bus_name=target["event_bus_name"])
        if not by:
            yield f"{target.address}: its rule {target['rule']} is not in the plan"
        dead = [each.get("arn") for each in target.blocks("dead_letter_config")]
        if not dead:
            yield f"{target.address}: what cannot be delivered is lost, as it has no dead-letter queue"
        for arn in (target["arn"], *dead):
            queue = plan.find(QUEUE, arn=arn)
            if not queue:
                yield f"{target.address}: its queue {arn} is not in the plan"
            elif by and by["arn"] and str(by["arn"]) not in policies.get(queue["id"] or queue["url"], ""):
                yield f"{target.address}: the policy of {queue.address} does not let its rule send"
        for retry in target.blocks("retry_policy"):
            if not 60 <= retry.get("maximum_event_age_in_seconds", 86_400) <= 86_400:
                yield f"{target.address}: maximum_event_age_in_seconds is 60 to 86400"


def _find_logged_data(plan: Plan) -> Iterator[str]:
    for pipe in plan.of(PIPE):
        for logs in pipe.blocks("log_configuration"):
            if logs.get("include_execution_data"):
                yield f"{pipe.address}: writes whole activities with the names of players into its log"


def _find_bad_tables(plan: Plan) -> Iterator[str]:
    for table in plan.of(TABLE):
        named = {each["name"] for each in table.blocks("attribute")}
        indexes = [*table.blocks("global_secondary_index"), *table.blocks("local_secondary_index"), table.values]
        keys = {each.get(name) for each in indexes for name in ("hash_key", "range_key")}
        keys = {each for each in keys if each}
        if named != keys:
            yield f"{table.address}: its attributes are {sorted(named)}, but its keys {sorted(map(str, keys))}"
        yield from (f"{table.address}: {each}" for each in find_deprecated(TABLE, table.values))


def _find_bad_logs(plan: Plan) -> Iterator[str]:
    for group in plan.of(LOGS):
        days = group["retention_in_days"]
        if days is not None and days not in RETENTION_DAYS:
            yield f"{group.address}: CloudWatch Logs cannot keep for {days} days"
        if not days:
            yield f"{group.address}: is kept for ever"


QUEUE_RULES = (
    Rule(
        "retention",
        'SQS developer guide, "Setting-up dead-letter queue retention in Amazon SQS"',
        _find_short_retention,
    ),
    Rule("redrive", 'SQS API reference, "SetQueueAttributes"', _find_refused_dead_letters),
    Rule("pipe", "terraform-provider-aws#42565, #41573, #32423; EventBridge Pipes API reference", _find_bad_pipes),
    Rule("target", 'EventBridge API reference, "PutRule", "PutTargets"', _find_bad_targets),
    Rule("logged data", "terraform-provider-aws#38565", _find_logged_data),
    Rule("table", "terraform-provider-aws#46197", _find_bad_tables),
    Rule("logs", 'CloudWatch Logs API reference, "PutRetentionPolicy"', _find_bad_logs),
)

"""Rules from bug reports: what Terraform's provider plans again and again, times out on, or loses."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.terraform.judging.documents import find_planned_documents
from tests.terraform.judging.plan import Plan
from tests.terraform.judging.rule import Rule


def _find_bad_redrive_permissions(plan: Plan) -> Iterator[str]:
    for allow in plan.of("aws_sqs_queue_redrive_allow_policy"):
        policy = json.loads(allow["redrive_allow_policy"] or "{}")
        if ("sourceQueueArns" in policy) != (policy.get("redrivePermission") == "byQueue"):
            yield f"{allow.address}: sourceQueueArns goes with byQueue, and with nothing else"


def _find_lone_key_reuse(plan: Plan) -> Iterator[str]:
    for queue in plan.of("aws_sqs_queue"):
        if queue["kms_data_key_reuse_period_seconds"] and "kms_master_key_id" not in queue.values:
            yield f"{queue.address}: a reuse period without a key hangs the apply"


def _find_levels_of_text(plan: Plan) -> Iterator[str]:
    for function in plan.of("aws_lambda_function"):
        for config in function.blocks("logging_config"):
            if config.get("log_format") == "Text" and (
                config.get("application_log_level") or config.get("system_log_level")
            ):
                yield f"{function.address}: log levels go with JSON, so every plan would have a difference"


def _find_half_async(plan: Plan) -> Iterator[str]:
    for config in plan.of("aws_lambda_function_event_invoke_config"):
        if None in (config["maximum_event_age_in_seconds"], config["maximum_retry_attempts"]):
            yield f"{config.address}: names one of its two numbers only, and the other cannot be taken back"


def _find_bad_subscriptions(plan: Plan) -> Iterator[str]:
    seen: set[tuple[str, str, str]] = set()
    for subscription in plan.of("aws_sns_topic_subscription"):
        # A topic has no ARN before it is made. Each resource here subscribes to one topic.
        topic = subscription["topic_arn"] or subscription.address.partition("[")[0]
        protocol, endpoint = str(subscription["protocol"]), str(subscription["endpoint"])
        key = (topic, protocol, endpoint)
        if protocol != protocol.lower():
            yield f"{subscription.address}: the protocol {protocol} is written in lower case"
        if key in seen:
            yield f"{subscription.address}: subscribes {endpoint} once more, and who removes one removes both"
        seen.add(key)


def _find_users_of_keys(plan: Plan) -> Iterator[str]:
    for address, policy in find_planned_documents(plan):
        for statement in policy.statements if policy.kind == "key" else ():
            principals = statement.get("Principal")
            names = principals.get("AWS", []) if isinstance(principals, dict) else []
            for name in [names] if isinstance(names, str) else names:
                if not name.endswith(":root"):
                    yield f"{address}: names {name}; AWS stores its id, and the apply waits for the name until it fails"


def _find_bad_table_blocks(plan: Plan) -> Iterator[str]:
    for table in plan.of("aws_dynamodb_table"):
        for encryption in table.blocks("server_side_encryption"):
            if encryption.get("enabled") and "kms_key_arn" not in encryption:
                yield f"{table.address}: names no key, so a later plan would not see that another one is used"
        if bool(table["stream_enabled"]) != bool(table["stream_view_type"]):
            yield f"{table.address}: stream_view_type goes with a stream"


def _find_bad_objects(plan: Plan) -> Iterator[str]:
    for item in plan.of("aws_s3_object"):
        if item["etag"] and item["kms_key_id"]:
            yield f"{item.address}: with a key an ETag is no hash, so every plan has a difference: source_hash"


def _find_changing_triggers(plan: Plan) -> Iterator[str]:
    for sleep in plan.of("time_sleep"):
        for name, value in (sleep["triggers"] or {}).items():
            if str(value).startswith("{"):
                yield f"{sleep.address}: the trigger {name} is a document, which is not known when it is planned"


def _find_wrong_deputies(plan: Plan) -> Iterator[str]:
    """EventBridge Scheduler names the schedule's group, never the schedule."""
    for address, policy in find_planned_documents(plan):
        for statement in policy.statements if policy.kind == "trust" else ():
            principal = statement.get("Principal")
            if not isinstance(principal, dict) or "scheduler.amazonaws.com" not in str(principal.get("Service")):
                continue
            for keys in statement.get("Condition", {}).values():
                for key, values in keys.items():
                    if key.lower() == "aws:sourcearn" and not all(":schedule-group/" in value for value in values):
                        yield f"{address}: the scheduler names the group of the schedule, not {', '.join(values)}"


PROVIDER_RULES = (
    Rule("redrive permission", "terraform-provider-aws#42453", _find_bad_redrive_permissions),
    Rule("key reuse", "terraform-provider-aws#40728", _find_lone_key_reuse),
    Rule("log levels", "terraform-provider-aws#35301", _find_levels_of_text),
    Rule("asynchronous numbers", "terraform-aws-modules/terraform-aws-lambda#594", _find_half_async),
    Rule("subscription", 'hashicorp/terraform#10697; SNS API reference, "Subscribe"', _find_bad_subscriptions),
    Rule("users of a key", "terraform-provider-aws#27641, #24696", _find_users_of_keys),
    Rule(
        "table block",
        'hashicorp/terraform#35540; DynamoDB API reference, "StreamSpecification"',
        _find_bad_table_blocks,
    ),
    Rule("object's hash", "hashicorp/terraform#6698", _find_bad_objects),
    Rule("trigger", "hashicorp/terraform#31515", _find_changing_triggers),
    Rule("scheduler's source", 'EventBridge Scheduler user guide, "Confused deputy prevention"', _find_wrong_deputies),
)

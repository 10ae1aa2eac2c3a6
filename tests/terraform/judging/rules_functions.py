"""Rules over Lambda functions, what starts them, and their permissions."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.terraform.judging import syntax
from tests.terraform.judging.plan import Plan, Resource
from tests.terraform.judging.request_rules import judge_environment
from tests.terraform.judging.rule import Rule

FUNCTION, MAPPING, PERMISSION = "aws_lambda_function", "aws_lambda_event_source_mapping", "aws_lambda_permission"
SCHEDULE, PIPE = "aws_scheduler_schedule", "aws_pipes_pipe"
STATEMENT_BYTES = 130
"""What a statement of a function's policy has besides its texts: measured on the JSON that GetPolicy answers."""


def find_function(plan: Plan, text: str | None) -> Resource | None:
    """The function of a plan by its name or ARN."""
    return plan.find(FUNCTION, arn=text) or plan.find(FUNCTION, function_name=text)


def _find_bad_environments(plan: Plan) -> Iterator[str]:
    for function in plan.of(FUNCTION):
        for environment in function.blocks("environment"):
            yield from (f"{function.address}: {fault}" for fault in judge_environment(environment["variables"] or {}))


def _find_bad_sizes(plan: Plan) -> Iterator[str]:
    for function in plan.of(FUNCTION):
        memory, timeout = function["memory_size"] or 128, function["timeout"] or 3
        if not 128 <= memory <= 10_240:
            yield f"{function.address}: {memory} MB of memory, but 128 to 10240"
        if not 1 <= timeout <= 900:
            yield f"{function.address}: a timeout of {timeout} s, but 1 to 900"


def _find_short_visibility(plan: Plan) -> Iterator[str]:
    for mapping in plan.of(MAPPING):
        queue = plan.find("aws_sqs_queue", arn=mapping["event_source_arn"])
        function = find_function(plan, mapping["function_name"])
        if queue is None or function is None:
            continue
        visibility, timeout = queue["visibility_timeout_seconds"] or 30, function["timeout"] or 3
        wanted = 6 * timeout + (mapping["maximum_batching_window_in_seconds"] or 0)
        if visibility < wanted:
            yield (
                f"{queue.address}: {visibility} s of visibility, but six times the timeout of {function.address} and "
                f"the batching window are {wanted} s"
            )


def _find_bad_mappings(plan: Plan) -> Iterator[str]:
    for mapping in plan.of(MAPPING):
        batch, window = mapping["batch_size"] or 10, mapping["maximum_batching_window_in_seconds"] or 0
        if batch > 10 and window < 1:
            yield f"{mapping.address}: a batch of {batch} needs a batching window of at least 1 s"
        if not 1 <= batch <= 10_000 or not 0 <= window <= 300:
            yield f"{mapping.address}: a batch of 1 to 10000 within 0 to 300 s"
        function = find_function(plan, mapping["function_name"])
        for scaling in mapping.blocks("scaling_config"):
            concurrency = scaling["maximum_concurrency"]
            if not 2 <= concurrency <= 1000:
                yield f"{mapping.address}: maximum_concurrency {concurrency}, but 2 to 1000"
            reserved = (function["reserved_concurrent_executions"] if function else None) or -1
            if 0 <= reserved < concurrency:
                yield f"{mapping.address}: maximum_concurrency {concurrency} is more than the {reserved} reserved"


def _find_missing_sources(plan: Plan) -> Iterator[str]:
    known = {each["arn"] for each in plan.resources} | {each["stream_arn"] for each in plan.resources}
    for kind, attributes in (
        (MAPPING, ("event_source_arn", "function_name")),
        (PIPE, ("source", "target", "role_arn")),
    ):
        for resource in plan.of(kind):
            for attribute in attributes:
                if resource[attribute] and resource[attribute] not in known:
                    yield f"{resource.address}: its {attribute} {resource[attribute]} is not in the plan"
    for schedule in plan.of(SCHEDULE):
        for target in schedule.blocks("target"):
            for attribute in ("arn", "role_arn"):
                if target.get(attribute) and target[attribute] not in known:
                    yield f"{schedule.address}: its target's {attribute} {target[attribute]} is not in the plan"


def _find_long_policies(plan: Plan) -> Iterator[str]:
    """Each permission is a statement of the function's policy."""
    sizes: dict[str, int] = {}
    for permission in plan.of(PERMISSION):
        texts = ("statement_id", "action", "principal", "source_arn", "source_account", "function_url_auth_type")
        own = STATEMENT_BYTES + sum(len(str(permission[name] or "")) for name in texts)
        function = find_function(plan, permission["function_name"])
        own += len(str(function["arn"] if function else "")) or 140
        sizes[permission["function_name"]] = sizes.get(permission["function_name"], 0) + own
    for name, size in sizes.items():
        if size > 20_480:
            yield f"{name}: its permissions come to about {size} bytes, but a function's policy holds 20480"


def _find_bad_permissions(plan: Plan) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for permission in plan.of(PERMISSION):
        key = (permission["function_name"], permission["statement_id"])
        if permission["statement_id"] and key in seen:
            yield f"{permission.address}: another permission has the statement id {key[1]}"
        seen.add(key)
        if permission["function_url_auth_type"] and permission["action"] != "lambda:InvokeFunctionUrl":
            yield f"{permission.address}: function_url_auth_type goes with lambda:InvokeFunctionUrl only"
        if permission["invoked_via_function_url"] and permission["action"] != "lambda:InvokeFunction":
            yield f"{permission.address}: invoked_via_function_url goes with lambda:InvokeFunction only"
        service = str(permission["principal"]).endswith(".amazonaws.com")
        if service and not (permission["source_arn"] or permission["source_account"]):
            yield f"{permission.address}: {permission['principal']} may act for anybody's account"


def _find_half_open_urls(plan: Plan) -> Iterator[str]:
    """Since October 2025 a caller of a function URL needs both actions."""
    actions: dict[tuple[str, str, str], set[str]] = {}
    for permission in plan.of(PERMISSION):
        caller = (permission["function_name"], permission["principal"], str(permission["source_arn"]))
        actions.setdefault(caller, set()).add(permission["action"])
    for (function, principal, _), given in actions.items():
        if plan.find("aws_lambda_function_url", function_name=function) and len(given) == 1:
            yield f"{function}: {principal} may only {given.pop()}, but a caller of the URL needs both permissions"


def _find_bad_schedules(plan: Plan) -> Iterator[str]:
    for schedule in plan.of(SCHEDULE):
        yield from (f"{schedule.address}: {fault}" for fault in syntax.judge_schedule(schedule["schedule_expression"]))
        for target in schedule.blocks("target"):
            try:
                json.loads(target.get("input") or "{}")
            except ValueError:
                yield f"{schedule.address}: its input is not JSON, which Lambda wants"
            for retry in target.get("retry_policy") or []:
                if not 60 <= retry.get("maximum_event_age_in_seconds", 86_400) <= 86_400:
                    yield f"{schedule.address}: maximum_event_age_in_seconds is 60 to 86400"
                if not 0 <= retry.get("maximum_retry_attempts", 185) <= 185:
                    yield f"{schedule.address}: maximum_retry_attempts is 0 to 185"


def _find_bad_async(plan: Plan) -> Iterator[str]:
    for config in plan.of("aws_lambda_function_event_invoke_config"):
        if not 60 <= (config["maximum_event_age_in_seconds"] or 21_600) <= 21_600:
            yield f"{config.address}: maximum_event_age_in_seconds is 60 to 21600"
        attempts = config["maximum_retry_attempts"]
        if attempts is not None and not 0 <= attempts <= 2:
            yield f"{config.address}: maximum_retry_attempts is 0 to 2"


FUNCTION_RULES = (
    Rule("environment", 'Lambda developer guide, "Working with Lambda environment variables"', _find_bad_environments),
    Rule("size", 'Lambda developer guide, "Lambda quotas"', _find_bad_sizes),
    Rule("visibility", 'Lambda developer guide, "Using Lambda with Amazon SQS"', _find_short_visibility),
    Rule("mapping", 'Lambda API reference, "CreateEventSourceMapping"', _find_bad_mappings),
    Rule("source", 'EventBridge user guide, "Amazon EventBridge Pipes"', _find_missing_sources),
    Rule("function policy", 'Lambda developer guide, "Lambda quotas"', _find_long_policies),
    Rule("permission", 'Lambda API reference, "AddPermission"', _find_bad_permissions),
    Rule("function URL", 'Lambda developer guide, "Control access to Lambda function URLs"', _find_half_open_urls),
    Rule(
        "schedule", 'EventBridge Scheduler user guide, "Schedule types in EventBridge Scheduler"', _find_bad_schedules
    ),
    Rule("asynchronous", 'Lambda API reference, "PutFunctionEventInvokeConfig"', _find_bad_async),
)

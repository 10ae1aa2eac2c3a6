"""What AWS's services do with a role by themselves, as a plan's settings ask for it. None of it is in our code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tests.terraform.judging.plan import Plan, Resource
from tests.terraform.permissions.calls import Need, Place


def find_service_needs(plan: Plan, place: Place) -> dict[str, set[Need]]:
    """What each role needs for services: all but the keys, by the name of the role's resource."""
    found: dict[str, set[Need]] = {}
    names = {each["arn"]: each.address.split(".")[1] for each in plan.of("aws_iam_role")}
    for finder in (_write_logs, _poll_queue, _send_dead_letters, _run_pipe, _start_targets, _run_maps):
        for role, need in finder(plan, place):
            found.setdefault(names[role], set()).add(need)
    return found


def _write_logs(plan: Plan, place: Place) -> Iterator[tuple[str, Need]]:
    """Lambda writes a function's log by the function's role (Lambda developer guide, "Sending Lambda function logs to
    CloudWatch Logs"). The group exists, so that it need not create one."""
    for function in plan.of("aws_lambda_function"):
        for config in function.blocks("logging_config"):
            stream = place.arn("logs", f"log-group:{config['log_group']}:log-stream:x")
            for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
                yield function["role"], Need(action, stream)


def _poll_queue(plan: Plan, place: Place) -> Iterator[tuple[str, Need]]:
    """Lambda's poller (Lambda developer guide, "Using Lambda with Amazon SQS", "Configuring execution role
    permissions")."""
    for mapping in plan.of("aws_lambda_event_source_mapping"):
        function = plan.find("aws_lambda_function", arn=mapping["function_name"])
        assert function is not None
        for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"):
            yield function["role"], Need(f"sqs:{action}", mapping["event_source_arn"])


def _send_dead_letters(plan: Plan, place: Place) -> Iterator[tuple[str, Need]]:
    """Lambda sends a failed asynchronous call to the function's dead-letter queue by the function's role (Lambda
    developer guide, "Adding a dead-letter queue")."""
    for function in plan.of("aws_lambda_function"):
        for config in function.blocks("dead_letter_config"):
            yield function["role"], Need("sqs:SendMessage", config["target_arn"])


def _run_pipe(plan: Plan, place: Place) -> Iterator[tuple[str, Need]]:
    """A pipe reads its stream and sends to its target and its dead-letter queue (EventBridge user guide, "Permissions
    for Amazon EventBridge Pipes to access sources"). The page lists dynamodb:ListStreams too, on the stream's ARN; but
    that action takes no resource, so the grant has never allowed anything (Service Authorization Reference, "Actions,
    resources, and condition keys for Amazon DynamoDB")."""
    for pipe in plan.of("aws_pipes_pipe"):
        for action in ("DescribeStream", "GetRecords", "GetShardIterator"):
            yield pipe["role_arn"], Need(f"dynamodb:{action}", pipe["source"])
        to_bus = list(pipe.blocks("target_parameters", "eventbridge_event_bus_parameters"))
        yield pipe["role_arn"], Need("events:PutEvents" if to_bus else "sqs:SendMessage", pipe["target"])
        for config in pipe.blocks("source_parameters", "dynamodb_stream_parameters", "dead_letter_config"):
            yield pipe["role_arn"], Need("sqs:SendMessage", config["arn"])


def _start_targets(plan: Plan, place: Place) -> Iterator[tuple[str, Need]]:
    """EventBridge Scheduler invokes the target, and sends what it could not start to the dead-letter queue (EventBridge
    Scheduler user guide, "Setting up", "Configuring a dead-letter queue")."""
    for schedule in plan.of("aws_scheduler_schedule"):
        for target in schedule.blocks("target"):
            yield target["role_arn"], Need("lambda:InvokeFunction", target["arn"])
            for config in target.get("dead_letter_config") or []:
                yield target["role_arn"], Need("sqs:SendMessage", config["arn"])


def _run_maps(plan: Plan, place: Place) -> Iterator[tuple[str, Need]]:
    """A state machine with distributed maps calls functions, and runs the items of a map as executions of its own,
    which it describes and stops (AWS Step Functions developer guide, "IAM policies for using Distributed Map states").
    Their ARNs have the map's label behind the name (the same, "Examining Map Run")."""
    for machine in plan.of("aws_sfn_state_machine"):
        role, name = machine["role_arn"], machine["name"]
        for arn in set(re.findall(r'"Resource":"([^"]+)"', machine["definition"])):
            yield role, Need("lambda:InvokeFunction", arn)
        yield role, Need("states:StartExecution", machine["arn"])
        for execution in (f"{name}:x", f"{name}/Read:x"):
            for action in ("states:DescribeExecution", "states:StopExecution"):
                yield role, Need(action, place.arn("states", f"execution:{execution}"))


KEY_ACTIONS = {
    # DynamoDB developer guide, "DynamoDB encryption at rest: How it works": it asks whether the caller may decrypt.
    **{
        f"dynamodb:{name}": ("kms:Decrypt",)
        for name in ("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "GetRecords", "Scan")
    },
    # S3 user guide, "Using server-side encryption with AWS KMS keys".
    "s3:GetObject": ("kms:Decrypt",),
    "s3:PutObject": ("kms:GenerateDataKey",),
    # SQS developer guide, "Configure AWS KMS permissions for Amazon SQS": a sender needs both.
    "sqs:SendMessage": ("kms:Decrypt", "kms:GenerateDataKey"),
    "sqs:ReceiveMessage": ("kms:Decrypt",),
}
"""What a service asks its key for on the caller's behalf, by the action."""


def find_key_needs(plan: Plan, place: Place, needs: Mapping[str, Iterable[Need]]) -> dict[str, set[Need]]:
    """What each role needs of the board's key, for what it does with the encrypted resources of a plan."""
    encrypted = dict(_find_keys(plan))
    found: dict[str, set[Need]] = {}
    # What the board wrote before it moved to another key lies under the key that the bundle made.
    previous = [each["arn"] for each in plan.of("aws_kms_key") if each["arn"] not in encrypted.values()]
    for role, own in needs.items():
        for need in own:
            service = need.action.split(":")[0]
            key = encrypted.get(need.resource.split("/stream/")[0].split("/snapshots/")[0])
            for action in KEY_ACTIONS.get(need.action, ()) if key else ():
                found.setdefault(role, set()).add(Need(action, str(key), via(service, place)))
    for role, need in _find_own_keys(plan):
        found.setdefault(role, set()).add(need)
    for needed in found.values():
        needed |= {replace(need, resource=key) for need in needed for key in previous if need.action == "kms:Decrypt"}
    return found


def via(service: str, place: Place) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The context of a key that a service uses for its caller (KMS developer guide, "kms:ViaService")."""
    return (("kms:ViaService", (f"{service}.{place.region}.amazonaws.com",)),)


def _find_keys(plan: Plan) -> Iterator[tuple[str, str]]:
    """The ARN of every encrypted resource, with the ARN of its key."""
    for table in plan.of("aws_dynamodb_table"):
        for encryption in table.blocks("server_side_encryption"):
            yield table["arn"], encryption["kms_key_arn"]
    for queue in plan.of("aws_sqs_queue"):
        yield queue["arn"], queue["kms_master_key_id"]
    for config in plan.of("aws_s3_bucket_server_side_encryption_configuration"):
        for rule in config.blocks("rule", "apply_server_side_encryption_by_default"):
            yield f"arn:aws:s3:::{config['bucket']}", rule["kms_master_key_id"]


def _find_own_keys(plan: Plan) -> Iterator[tuple[str, Need]]:
    """What a service decrypts by a role for itself, and so without kms:ViaService."""
    names = {each["arn"]: each.address.split(".")[1] for each in plan.of("aws_iam_role")}
    for function in plan.of("aws_lambda_function"):
        # The function's environment variables (Lambda developer guide, "Securing Lambda environment variables").
        if function["kms_key_arn"]:
            context = (("kms:EncryptionContext:aws:lambda:FunctionArn", (str(function["arn"]),)),)
            yield names[function["role"]], Need("kms:Decrypt", function["kms_key_arn"], context)
    for schedule in plan.of("aws_scheduler_schedule"):
        # The input of the target (EventBridge Scheduler user guide, "Encryption at rest in EventBridge Scheduler").
        for target in schedule.blocks("target") if schedule["kms_key_arn"] else ():
            context = (("kms:EncryptionContext:aws:scheduler:schedule:arn", (str(schedule["arn"]),)),)
            yield names[target["role_arn"]], Need("kms:Decrypt", schedule["kms_key_arn"], context)


def find_role(plan: Plan, name: str) -> Resource | None:
    """The role of a plan by the name of its resource."""
    return next((each for each in plan.of("aws_iam_role") if each.address == f"aws_iam_role.{name}"), None)

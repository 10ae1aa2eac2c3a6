"""Everything that the embedded AWS says of one deployed board, to compare with what it says of another."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from generator.local.emulator.process import Emulator

_DIFFERENT = (
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
    r"\d{4}-\d\d-\d\dT[0-9:.+Z]+",
    r"lambda-url|[a-z0-9]{32}\.",
    r"layer:[a-z-]+:\d+",
)
"""Ids and times, which differ each time that a resource is made."""
_LEFT_OUT = (
    "ResponseMetadata",
    "RevisionId",
    "CodeSha256",
    "CodeSize",
    "LastModified",
    "FunctionUrl",
    "Version",
    "CreationDate",
    "LastModificationDate",
    "State",
    "StateReason",
    "StateReasonCode",
    "LastUpdateStatus",
    "LastUpdateStatusReason",
    "LastUpdateStatusReasonCode",
    "CreatedTime",
)
_QUEUE_LEFT_OUT = re.compile("Approximate|Timestamp")


def read_board(aws: Emulator, prefix: str) -> dict[str, Any]:
    """What is deployed for the board whose names begin with PREFIX, which stands as `*` in the result."""
    functions, iam, sqs, s3 = (aws.client(name) for name in ("lambda", "iam", "sqs", "s3"))
    found: dict[str, Any] = {}
    for function in functions.list_functions()["Functions"]:
        name = function["FunctionName"]
        if name.startswith(f"{prefix}-"):
            found[name] = [
                function,
                functions.get_function_concurrency(FunctionName=name),
                _read(functions.get_policy, "Policy", FunctionName=name),
                _read(functions.get_function_url_config, FunctionName=name),
                _read(functions.get_function_event_invoke_config, FunctionName=name),
            ]
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        if f":{prefix}-" in mapping["EventSourceArn"]:
            found[f"mapping {mapping['EventSourceArn']}"] = mapping
    for role in (each["RoleName"] for each in iam.list_roles()["Roles"]):
        if role.startswith(f"{prefix}-"):
            policies = iam.list_role_policies(RoleName=role)["PolicyNames"]
            found[f"role {role}"] = [
                iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"],
                *(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in policies),
            ]
    for url in sqs.list_queues(QueueNamePrefix=f"{prefix}-")["QueueUrls"]:
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        found[url] = {name: value for name, value in attributes.items() if not _QUEUE_LEFT_OUT.search(name)}
    for bucket in (each["Name"] for each in s3.list_buckets()["Buckets"]):
        if bucket.startswith(f"{prefix}-"):
            found[bucket] = _read(s3.get_bucket_policy, "Policy", Bucket=bucket)
            found |= {each["Key"]: each["Size"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])}
    for schedule in (each["Name"] for each in aws.client("scheduler").list_schedules()["Schedules"]):
        if schedule.startswith(f"{prefix}-"):
            found[f"schedule {schedule}"] = aws.client("scheduler").get_schedule(Name=schedule)
    cleaned: dict[str, Any] = _clean(found, prefix)
    return cleaned


def _read(call: Callable[..., Any], key: str = "", **arguments: str) -> Any:
    """The result of a call, or what is in it under a key; None where there is no such thing."""
    try:
        result = call(**arguments)
        return result[key] if key else result
    except ClientError:
        return None


def _clean(found: Any, prefix: str) -> Any:
    """The result without what differs each time."""
    if isinstance(found, dict):
        # No CORS is the same as empty CORS.
        kept = {key: value for key, value in found.items() if key not in _LEFT_OUT and value != {}}
        return {_clean(key, prefix): _clean(value, prefix) for key, value in kept.items()}
    if isinstance(found, list):
        return [_clean(each, prefix) for each in found]
    text = found if isinstance(found, str) else json.dumps(found, default=str)
    return re.sub("|".join(_DIFFERENT), "~", text.replace(prefix, "*"))

"""Lists everything that emulators hold, so that a test can say that nothing was left there."""

from __future__ import annotations

from typing import Any

from botocore import xform_name

from tests.terraform.stand_in.running import Stage

LISTS = (
    ("ministack", "dynamodb", "ListTables", "TableNames"),
    ("ministack", "sqs", "ListQueues", "QueueUrls"),
    ("ministack", "lambda", "ListFunctions", "Functions"),
    ("ministack", "lambda", "ListLayers", "Layers"),
    ("ministack", "lambda", "ListEventSourceMappings", "EventSourceMappings"),
    ("ministack", "scheduler", "ListSchedules", "Schedules"),
    ("ministack", "stepfunctions", "ListStateMachines", "stateMachines"),
    ("ministack", "iam", "ListRoles", "Roles"),
    ("ministack", "s3", "ListBuckets", "Buckets"),
    ("ministack", "cloudfront", "ListDistributions", "DistributionList.Items"),
    ("ministack", "cloudfront", "ListOriginAccessControls", "OriginAccessControlList.Items"),
    ("ministack", "logs", "DescribeLogGroups", "logGroups"),
    ("ministack", "cloudwatch", "ListDashboards", "DashboardEntries"),
    ("ministack", "sns", "ListTopics", "Topics"),
    ("ministack", "sns", "ListSubscriptions", "Subscriptions"),
    ("ministack", "kms", "ListAliases", "Aliases"),
    ("ministack", "events", "ListEventBuses", "EventBuses"),
    ("moto", "cloudwatch", "DescribeAlarms", "MetricAlarms"),
    ("moto", "pipes", "ListPipes", "Pipes"),
    ("moto", "sns", "ListTopics", "Topics"),
    ("moto", "sns", "ListSubscriptions", "Subscriptions"),
)
"""What is listed: emulator, service, operation, and where the answer has the list."""


def list_left_overs(stage: Stage) -> dict[str, list[Any]]:
    """All that is there, by service and operation. What an account has from its first day on is left out."""
    found = {f"{service}:{operation}": _list(stage, *each) for each in LISTS for _, service, operation, _ in [each]}
    alarms = stage.client("ministack", "cloudwatch", stage.region).describe_alarms(
        AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    found["cloudwatch:alarms"] = [*alarms["MetricAlarms"], *alarms.get("CompositeAlarms", [])]
    iam = stage.client("ministack", "iam", stage.region)
    found["iam:policies"] = iam.list_policies(Scope="Local")["Policies"]
    kms = stage.client("ministack", "kms", stage.region)
    keys = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
    # A key that is deleted can be restored for some days.
    found["kms:keys"] = [key for key in keys if key["KeyState"] != "PendingDeletion" and key.get("KeyManager") != "AWS"]
    found["events:ListEventBuses"] = [bus for bus in found["events:ListEventBuses"] if bus["Name"] != "default"]
    found["kms:ListAliases"] = [
        alias for alias in found["kms:ListAliases"] if not alias["AliasName"].startswith("alias/aws/")
    ]
    return {name: items for name, items in found.items() if items}


def _list(stage: Stage, emulator: str, service: str, operation: str, path: str) -> list[Any]:
    answer = getattr(stage.client(emulator, service, stage.region), xform_name(operation))()
    for step in path.split("."):
        answer = (answer or {}).get(step)
    return list(answer or [])

"""The rows of the table for what carries messages: queues, topics, pipes, buses and schedules."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from tests.terraform.stand_in.table import Kind, Part, Values, tags_part


def _queue(attribute: str, member: str) -> Kind:
    """An attribute of a queue that is a resource type of its own."""
    names = {"queue_url": "QueueUrl", attribute: f"Attributes.{member}"}
    part = Part(
        "sqs",
        create="SetQueueAttributes",
        read="GetQueueAttributes",
        delete="SetQueueAttributes",
        key={"QueueUrl": "{queue_url}", "AttributeNames": [member]},
        names=names,
        read_names={"queue_url": ""},
        deleted_with={"Attributes": {member: ""}},
    )
    return Kind((part,), id="{queue_url}", replaces="queue_url")


def _name_target(values: Values, operation: str) -> Mapping[str, Any]:
    """The name that the provider gives a target that has none."""
    name = uuid.uuid5(uuid.NAMESPACE_OID, f"{values['event_bus_name']}/{values['rule']}")
    return {"Targets": {"Id": f"terraform-{name}"}} if operation == "PutTargets" else {}


_SUBSCRIPTION = ("filter_policy", "raw_message_delivery", "redrive_policy", "delivery_policy", "filter_policy_scope")


MESSAGES: Mapping[str, Kind] = {
    "aws_sqs_queue": Kind(
        (
            Part(
                "sqs",
                create="CreateQueue",
                read="GetQueueAttributes",
                update="SetQueueAttributes",
                delete="DeleteQueue",
                key={"QueueUrl": "{url}", "AttributeNames": ["All"]},
                names={
                    "name": "QueueName",
                    "visibility_timeout_seconds": "Attributes.VisibilityTimeout",
                    "message_retention_seconds": "Attributes.MessageRetentionPeriod",
                    "max_message_size": "Attributes.MaximumMessageSize",
                    "kms_master_key_id": "Attributes.KmsMasterKeyId",
                    "kms_data_key_reuse_period_seconds": "Attributes.KmsDataKeyReusePeriodSeconds",
                    "redrive_policy": "Attributes.RedrivePolicy",
                    "delay_seconds": "Attributes.DelaySeconds",
                    "receive_wait_time_seconds": "Attributes.ReceiveMessageWaitTimeSeconds",
                    "sqs_managed_sse_enabled": "Attributes.SqsManagedSseEnabled",
                },
                read_names={"name": ""},
                only_changes=True,
            ),
            tags_part("sqs", "QueueUrl", "{url}", create="TagQueue", read="ListQueueTags", first="tags"),
        ),
        id="{url}",
        replaces="name name_prefix fifo_queue",
        created={"url": "QueueUrl"},
        computed={"arn": "Attributes.QueueArn"},
    ),
    "aws_sqs_queue_policy": _queue("policy", "Policy"),
    "aws_sqs_queue_redrive_allow_policy": _queue("redrive_allow_policy", "RedriveAllowPolicy"),
    "aws_sns_topic": Kind(
        (
            Part(
                "sns",
                create="CreateTopic",
                read="GetTopicAttributes",
                update="SetTopicAttributes",
                delete="DeleteTopic",
                key={"TopicArn": "{arn}"},
                names={"kms_master_key_id": "Attributes.KmsMasterKeyId", "display_name": "Attributes.DisplayName"},
                read_names={"name": ""},
                only_changes=True,
            ),
            tags_part("sns", "ResourceArn", "{arn}"),
        ),
        id="{arn}",
        replaces="name name_prefix fifo_topic",
        created={"arn": "TopicArn"},
        computed={"owner": "Attributes.Owner"},
        mirror="moto",
    ),
    "aws_sns_topic_policy": Kind(
        (
            Part(
                "sns",
                create="SetTopicAttributes",
                read="GetTopicAttributes",
                key={"TopicArn": "{arn}"},
                constants={"AttributeName": "Policy"},
                names={"arn": "TopicArn", "policy": "AttributeValue"},
                read_names={"arn": "", "policy": "Attributes.Policy"},
            ),
        ),
        id="{arn}",
        replaces="arn",
    ),
    "aws_sns_topic_subscription": Kind(
        (
            Part(
                "sns",
                create="Subscribe",
                read="GetSubscriptionAttributes",
                delete="Unsubscribe",
                key={"SubscriptionArn": "{arn}"},
                constants={"ReturnSubscriptionArn": True},
                names={name: "Attributes." + name.title().replace("_", "") for name in _SUBSCRIPTION},
                read_names={
                    name: f"Attributes.{name.title().replace('_', '')}"
                    for name in ("topic_arn", "protocol", "endpoint")
                },
            ),
        ),
        id="{arn}",
        replaces="topic_arn protocol endpoint",
        created={"arn": "SubscriptionArn"},
        local="endpoint_auto_confirms confirmation_timeout_in_minutes",
        # ministack would ask an HTTPS endpoint at once whether it wants to be; tests reach out to nobody.
        emulator="moto",
    ),
    "aws_scheduler_schedule": Kind(
        (
            Part(
                "scheduler",
                create="CreateSchedule",
                read="GetSchedule",
                update="UpdateSchedule",
                delete="DeleteSchedule",
                key={"Name": "{name}", "GroupName": "{group_name}"},
            ),
        ),
        id="{group_name}/{name}",
        replaces="name name_prefix group_name",
        computed={"arn": "Arn", "group_name": "GroupName"},
    ),
    "aws_sfn_state_machine": Kind(
        (
            Part(
                "stepfunctions",
                create="CreateStateMachine",
                read="DescribeStateMachine",
                update="UpdateStateMachine",
                delete="DeleteStateMachine",
                key={"stateMachineArn": "{arn}"},
            ),
            tags_part("stepfunctions", "resourceArn", "{arn}", member="tags", first="tags"),
        ),
        id="{arn}",
        replaces="name name_prefix type",
        created={"arn": "stateMachineArn"},
        computed={"creation_date": "creationDate", "status": "status", "revision_id": "revisionId"},
        changing={"revision_id": ""},
    ),
    "aws_cloudwatch_event_bus": Kind(
        (
            Part(
                "events",
                create="CreateEventBus",
                read="DescribeEventBus",
                update="UpdateEventBus",
                delete="DeleteEventBus",
                key={"Name": "{name}"},
            ),
            tags_part("events", "ResourceARN", "{arn}"),
        ),
        id="{name}",
        replaces="name event_source_name",
        computed={"arn": "Arn"},
    ),
    "aws_cloudwatch_event_rule": Kind(
        (
            Part(
                "events",
                create="PutRule",
                read="DescribeRule",
                delete="DeleteRule",
                key={"Name": "{name}", "EventBusName": "{event_bus_name}"},
            ),
            tags_part("events", "ResourceARN", "{arn}"),
        ),
        id="{event_bus_name}/{name}",
        replaces="name name_prefix event_bus_name",
        computed={"arn": "Arn"},
        local="force_destroy",
    ),
    "aws_cloudwatch_event_target": Kind(
        (
            Part(
                "events",
                create="PutTargets",
                read="ListTargetsByRule",
                delete="RemoveTargets",
                key={"Rule": "{rule}", "EventBusName": "{event_bus_name}", "Ids": ["{target_id}"]},
                into="Targets",
                at="Targets.0",
                names={"rule": "", "event_bus_name": "", "target_id": "Id"},
                add=_name_target,
            ),
        ),
        id="{event_bus_name}-{rule}-{target_id}",
        replaces="rule event_bus_name target_id",
        computed={"target_id": "Targets.0.Id"},
        local="force_destroy",
    ),
    "aws_pipes_pipe": Kind(
        (
            Part(
                "pipes",
                create="CreatePipe",
                read="DescribePipe",
                update="UpdatePipe",
                delete="DeletePipe",
                key={"Name": "{name}"},
                names={"tags_all": "Tags"},
            ),
        ),
        id="{name}",
        replaces="name name_prefix source",
        computed={"arn": "Arn"},
        dropped={
            "source_parameters.dynamodb_stream_parameters.starting_position": "moto forgets it when a pipe is updated"
        },
        emulator="moto",
        ready=("CurrentState", "RUNNING"),
    ),
}

"""The rows of the table for what carries messages: queues, topics, pipes and schedules."""

from __future__ import annotations

from collections.abc import Mapping

from tests.terraform.stand_in.table import Kind, Part, tags_part


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

"""What the runbook's own commands of the AWS CLI ask of AWS, in an AWS in memory."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

import boto3
from botocore.exceptions import ClientError

from generator.board.board import Board
from generator.board.feed import Feed
from generator.board.runbook.bundles import list_entries


def follow_runbook(bundle: Board | Feed) -> None:
    """Run each command of the AWS CLI that the runbook has, but for those that are about another bundle's feed; and the
    one that `rebuild` names where it fails.

    The AWS in memory does not have all that is asked for: only the requests count here.
    """
    commands = [entry.command for entry in list_entries(bundle)]
    if isinstance(bundle, Board):
        commands.append(f"aws logs tail /aws/lambda/{bundle.names.part('rebuilder')} --since 1h")
    for command in commands:
        if command.startswith("aws "):
            [(found, run)] = [(found, run) for text, run in RUNS if (found := re.search(text, command))]
            if not found.groups() or found[1].startswith(f"{bundle.names.prefix}-"):
                with suppress(ClientError):
                    run(*found.groups())


def _tail(log: str) -> Callable[[str], None]:
    """`aws logs tail` asks by FilterLogEvents (AWS CLI command reference, "logs tail")."""

    def run(name: str) -> None:
        boto3.client("logs").filter_log_events(logGroupName=f"{log}{name}")

    return run


def _read_queue(name: str) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])


def _receive(name: str) -> None:
    sqs = boto3.client("sqs")
    sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"], VisibilityTimeout=5)


RUNS: tuple[tuple[str, Callable[..., object]], ...] = (
    (r"^aws logs tail /aws/lambda/(\S+) ", _tail("/aws/lambda/")),
    (r"^aws logs tail /aws/vendedlogs/pipes/(\S+) ", _tail("/aws/vendedlogs/pipes/")),
    (r"^aws lambda get-account-settings ", lambda: boto3.client("lambda").get_account_settings()),
    (r"^aws dynamodb describe-limits ", lambda: boto3.client("dynamodb").describe_limits()),
    (r"^aws pipes start-pipe --name (\S+) ", lambda name: boto3.client("pipes").start_pipe(Name=name)),
    (r"^aws sqs get-queue-attributes .*--queue-name (\S+) ", _read_queue),
    (r"^aws sqs receive-message .*--queue-name (\S+) ", _receive),
)
"""What each command asks for, by how it begins."""

"""AWS clients, one for each service and process, and the environment variables of a function."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from botocore.client import BaseClient
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_s3 import S3Client

Client = TypeVar("Client", bound=BaseClient)

THREADS = 16
"""How many requests a function has under way at once. Its threads wait for the network, not for the CPU."""

_CONFIG = Config(
    max_pool_connections=THREADS,
    connect_timeout=2,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 5},
)
"""Timeouts are in seconds."""
_UNCHECKED = Config(parameter_validation=False)
"""botocore's check of a request against its model takes as long as all else that it does with a transaction. DynamoDB
checks each request itself, and requests are made by this code alone."""

PROCESSOR_MB = 1769
"""Memory for which a function has one processor (AWS Lambda developer guide, "Configure Lambda function memory")."""


@cache
def dynamodb() -> DynamoDBClient:
    """The DynamoDB client, which threads may share."""
    return _load_exceptions(boto3.client("dynamodb", config=_CONFIG.merge(_UNCHECKED)))


@cache
def streams() -> BaseClient:
    """The client of DynamoDB's streams, which threads may share."""
    client: BaseClient = boto3.client("dynamodbstreams", config=_CONFIG)
    return _load_exceptions(client)


@cache
def s3() -> S3Client:
    """The S3 client, which threads may share."""
    return _load_exceptions(boto3.client("s3", config=_CONFIG))


@cache
def events() -> EventBridgeClient:
    """The EventBridge client, which threads may share."""
    return _load_exceptions(boto3.client("events", config=_CONFIG))


@cache
def step_functions() -> Any:
    """The client of Step Functions, which threads may share."""
    return _load_exceptions(boto3.client("stepfunctions", config=_CONFIG))


def _load_exceptions(client: Client) -> Client:
    """Let a client make its classes of exceptions before threads share it.

    It makes them when they are first asked for. Two threads that ask at once would each get their own, and one would
    not catch what its own call has raised.
    """
    assert client.exceptions
    return client


def setting(name: str) -> str:
    """Read an environment variable that the bundle's Terraform sets. Raises KeyError where it is missing."""
    return os.environ[name]


def count_processors() -> int:
    """How many whole processors this function has, by its memory. 0 where it has less than one, and outside of Lambda.

    The operating system has some more than the function may use at once.
    """
    return count_megabytes() // PROCESSOR_MB


def count_megabytes() -> int:
    """How much memory this function has, in MB; outside of Lambda 0."""
    # Lambda itself sets it (AWS Lambda developer guide, "Defined runtime environment variables").
    return int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "0"))

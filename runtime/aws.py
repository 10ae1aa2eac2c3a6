"""AWS clients of the functions, one per service and process, and their environment."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_s3 import S3Client

THREADS = 16
"""Requests that a function has under way at once. They wait on the network, not on the CPU."""

_CONFIG = Config(
    max_pool_connections=THREADS,
    connect_timeout=2,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 5},
)


@cache
def dynamodb() -> DynamoDBClient:
    """The DynamoDB client. Safe to share between threads."""
    return boto3.client("dynamodb", config=_CONFIG)


@cache
def s3() -> S3Client:
    """The S3 client. Safe to share between threads."""
    return boto3.client("s3", config=_CONFIG)


@cache
def events() -> EventBridgeClient:
    """The EventBridge client. Safe to share between threads."""
    return boto3.client("events", config=_CONFIG)


def setting(name: str) -> str:
    """An environment variable that the bundle's Terraform sets. Raises KeyError where it is missing."""
    return os.environ[name]

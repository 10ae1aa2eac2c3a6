"""Finds what a plan would take away that cannot be made again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KEPT = (
    *("aws_cloudfront_distribution", "aws_dynamodb_table", "aws_kms_key", "aws_s3_bucket", "aws_sqs_queue"),
    # Whoever is on call would have to confirm a new one.
    "aws_sns_topic_subscription",
)
"""Types of resources that hold data, an address that others know, or a person's consent."""


def find_lost(plan: Mapping[str, Any]) -> list[str]:
    """The resources of these types that a plan, as `terraform show -json` prints it, deletes or replaces."""
    return [
        f"{each['address']}: {' and '.join(each['change']['actions'])}"
        for each in plan["resource_changes"]
        if each["type"] in KEPT and "delete" in each["change"]["actions"]
    ]

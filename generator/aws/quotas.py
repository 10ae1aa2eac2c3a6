"""AWS's default quotas of an account, and how much of each one board takes.

A quota is here if an account can reach it with fewer than 5,000 boards.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Quota:
    """A default quota of an AWS account, and how much of it one board takes."""

    what: str
    limit: int
    public: int
    """What a board with a page takes."""
    private: int
    """What a board with `access: iam` takes."""
    regional: bool
    """Whether the quota is for each region of an account."""
    embedded: int = 0
    """What a board with a page takes besides, where other sites may show that in a frame."""
    assembled: int = 0
    """What a board takes besides whose windows are assembled."""


QUOTAS = (
    Quota("origin access controls", 100, 2, 0, False),  # CloudFront developer guide, "Quotas"
    Quota("CloudFront distributions", 500, 1, 0, False),  # the same page
    Quota("CloudFront functions", 100, 0, 0, False, 1),  # the same page: functions per AWS account
    # IAM user guide, "IAM and AWS STS quotas"; the simulator's role is included.
    Quota("IAM roles", 1000, 6, 6, False, assembled=2),
    Quota("IAM policies of one's own", 1500, 5, 5, False),  # the same page: customer managed policies
    Quota("DynamoDB tables", 2500, 3, 3, True),  # DynamoDB developer guide, "Quotas in Amazon DynamoDB"
    Quota("pipes", 1000, 1, 1, True),  # EventBridge user guide, "Amazon EventBridge quotas": pipes
    # CloudWatch user guide, "CloudWatch service quotas".
    Quota("CloudWatch alarms", 5000, 13, 13, True, assembled=1),
)

BOARDS_OF_A_WEB_ACL = 100
"""Distributions that one web ACL may stand before (CloudFront developer guide, "Quotas": associations per web ACL)."""

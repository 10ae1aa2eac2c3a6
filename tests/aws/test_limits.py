"""The numbers that rules calculate with are those of the rendered bundles."""

from __future__ import annotations

import json
import re

import pytest

from generator.aws import limits
from generator.aws.quotas import QUOTAS, Quota
from generator.rendering.text_files import render_text_files
from tests.support.projects import board_yaml, boards_of, project_yaml

API = {
    "public": "{cors_origins: ['https://game.example.com'], max_concurrency: 10}",
    "iam": "{access: iam, principals: ['arn:aws:iam::111111111111:role/game']}",
}
"""Boards with a page and without one. Both name a site that may show a page in a frame."""
KINDS = {
    "IAM policies of one's own": "aws_iam_policy",
    "pipes": "aws_pipes_pipe",
    "origin access controls": "aws_cloudfront_origin_access_control",
    "CloudFront distributions": "aws_cloudfront_distribution",
    "CloudFront functions": "aws_cloudfront_function",
    "IAM roles": "aws_iam_role",
    "DynamoDB tables": "aws_dynamodb_table",
    "CloudWatch alarms": "aws_cloudwatch_(?:metric|composite)_alarm",
}


def terraform(access: str, players: int = 60_000_000) -> str:
    keys = {"simulator": "true", "window": "[{every: week}, {every: all_time}]", "api": API[access]}
    keys["traffic"] = f"{{players: {players}}}"
    keys["dashboard"] = "{embed_in: [https://game.example.com]}"
    (kills,) = boards_of(project_yaml(board_yaml(**keys)))
    return "".join(text for path, text in render_text_files(kills).items() if path.endswith(".tf"))


@pytest.mark.parametrize("players", [10_000, 60_000_000])
@pytest.mark.parametrize("quota", QUOTAS, ids=lambda quota: quota.what)
def test_what_a_board_takes_of_a_quota(quota: Quota, players: int) -> None:
    texts = [terraform(access, players) for access in API]
    more = quota.assembled if players > 10_000 else 0
    counts = [len(re.findall(rf'^resource "{KINDS[quota.what]}" ', text, re.M)) for text in texts]
    assert counts == [quota.public + quota.embedded + more, quota.private + more]


def test_what_a_principal_takes_of_a_policy() -> None:
    """The longest statement that AWS can make of a permission, as it answers GetPolicy."""
    principal = "arn:aws:iam::111111111111:role/game"
    statement = {
        "Sid": "x" * 100,  # the longest that AddPermission takes
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "lambda:InvokeFunctionUrl",
        "Resource": f"arn:aws:lambda:ap-northeast-1:111111111111:function:{'x' * limits.NAME_LENGTH}",
        "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
    }
    policy = {"Version": "2012-10-17", "Id": "default", "Statement": [statement] * 2}
    size = len(json.dumps(policy, separators=(",", ":")))
    assert size <= limits.policy_bytes([principal]) < size + 60
    assert limits.policy_bytes([principal] * limits.MAX_PRINCIPALS) < limits.POLICY_BYTES


@pytest.mark.parametrize("access", API)
def test_the_longest_part_of_a_name(access: str) -> None:
    parts = set()
    short = ("aws_lambda_function", "aws_iam_role", "aws_pipes_pipe", "aws_cloudfront_origin_access_control")
    for kind, body in re.findall(r'^resource "(\w+)" "\w+" \{\n(.*?)^\}', terraform(access), re.M | re.S):
        if kind in short:
            parts |= set(re.findall(r'^  (?:function_)?name += "arcade-kills-([^"]+)"', body, re.M))
    assert len(parts) > 5
    assert max(map(len, parts)) <= limits.LONGEST_PART
    assert limits.PREFIX_LENGTH == 50


def test_no_two_boards_can_share_a_name_of_their_parts() -> None:
    """PROJECT-kills and PROJECT-kills-x could, if one part were x-PART and another PART."""
    parts = set(re.findall(r'"arcade-kills-([a-z-]+)"', terraform("public")))
    assert len(parts) > 20
    assert not {(one, two) for one in parts for two in parts if one.endswith(f"-{two}")}

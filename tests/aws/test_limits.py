"""The numbers that rules calculate with are those of the rendered bundles."""

from __future__ import annotations

import re

import pytest

from generator.aws import limits
from generator.rendering.text_files import render_text_files
from tests.support.projects import board_yaml, boards_of, project_yaml

API = {
    "public": "{cors_origins: ['https://game.example.com'], max_concurrency: 10}",
    "iam": "{access: iam, principals: ['arn:aws:iam::111111111111:role/game']}",
}
KINDS = {
    "origin access controls": "aws_cloudfront_origin_access_control",
    "CloudFront distributions": "aws_cloudfront_distribution",
    "IAM roles": "aws_iam_role",
    "DynamoDB tables": "aws_dynamodb_table",
    "CloudWatch alarms": "aws_cloudwatch_(?:metric|composite)_alarm",
}


def terraform(access: str) -> str:
    keys = {"simulator": "true", "window": "[{every: week}, {every: all_time}]", "api": API[access]}
    (kills,) = boards_of(project_yaml(board_yaml(**keys)))
    return "".join(text for path, text in render_text_files(kills).items() if path.endswith(".tf"))


@pytest.mark.parametrize("quota", limits.QUOTAS, ids=lambda quota: quota.what)
def test_what_a_board_takes_of_a_quota(quota: limits.Quota) -> None:
    counts = [len(re.findall(rf'^resource "{KINDS[quota.what]}" ', terraform(access), re.M)) for access in API]
    assert counts == [quota.public, quota.private]


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

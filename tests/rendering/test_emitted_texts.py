"""Every text that the Terraform of a bundle hands to AWS: no white space at its ends, nothing invisible, not too long.

CloudWatch refuses a composite alarm whose rule ends in a newline (terraform-provider-aws#19575), and other services
trim what they store, so that every plan shows a difference. Emulators take both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.resources import BUNDLES, resources

LONGEST = {
    # (Amazon CloudWatch API reference, PutMetricAlarm and PutCompositeAlarm)
    "alarm_name": 255,
    "alarm_description": 1024,
    "alarm_rule": 10_240,
    # (AWS Lambda API reference, CreateFunction and PublishLayerVersion: 256)
    "aws_lambda_function.description": 256,
    "aws_lambda_layer_version.description": 256,
    # (AWS KMS API reference, CreateKey)
    "aws_kms_key.description": 8192,
    # (AWS IAM API reference, CreatePolicy)
    "aws_iam_policy.description": 1000,
    # (Amazon CloudFront API reference, DistributionConfig: Comment)
    "aws_cloudfront_distribution.comment": 128,
    # (Amazon CloudFront API reference, FunctionConfig: Comment)
    "aws_cloudfront_function.comment": 128,
}
"""Characters that AWS lets a text have, by argument, or by resource type and argument."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_DOCUMENTS = ("dashboard_body", "aws_cloudfront_function.frames.code")
"""Arguments that hold a whole file, whose lines end in newlines. Its texts are looked at one by one."""


def texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text in a value, in JSON that stands in a text too, with its path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{path}: key", str(key)
            yield from texts(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, path)
    elif isinstance(value, str):
        if value.startswith(("{", "[")):
            yield from texts(json.loads(value), f"{path}(json)")
        if not path.endswith(_DOCUMENTS):
            yield path, value


@pytest.mark.parametrize("bundle", BUNDLES)
def test_no_text_has_white_space_at_its_ends_or_control_characters(bundle: str) -> None:
    seen = 0
    for path, text in texts(resources(bundle), ""):
        seen += 1
        assert text == text.strip(), (path, text)
        # Markdown of the CloudWatch dashboard has lines, and so have its queries, and descriptions of alarms.
        has_lines = path.endswith((".markdown", ".query", ".alarm_description"))
        assert not _CONTROL.search(text.replace("\n", "") if has_lines else text), (path, text)
    assert seen > 500


@pytest.mark.parametrize("bundle", BUNDLES)
def test_no_text_is_longer_than_aws_takes(bundle: str) -> None:
    for address, arguments in resources(bundle).items():
        for name, value in arguments.items():
            longest = LONGEST.get(f"{address.split('.')[0]}.{name}", LONGEST.get(name))
            assert longest is None or len(value) <= longest, (address, name, value)

"""Rules over names and tags."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tests.terraform.judging.plan import Plan
from tests.terraform.judging.rule import Rule
from tests.terraform.judging.syntax import is_bucket_name

NAMES: dict[str, tuple[str, str, str]] = {
    "aws_cloudfront_function": ("name", r"[a-zA-Z0-9_-]{1,64}", 'CloudFront API reference, "CreateFunction"'),
    "aws_cloudfront_origin_access_control": (
        "name",
        r".{1,64}",
        'CloudFront API reference, "OriginAccessControlConfig"',
    ),
    "aws_cloudwatch_composite_alarm": (
        "alarm_name",
        r"[^\x00-\x1f]{1,255}",
        'CloudWatch API reference, "PutCompositeAlarm"',
    ),
    "aws_cloudwatch_dashboard": ("dashboard_name", r"[A-Za-z0-9_-]{1,255}", 'CloudWatch API reference, "PutDashboard"'),
    "aws_cloudwatch_log_group": (
        "name",
        r"[.\-_/#A-Za-z0-9]{1,512}",
        'CloudWatch Logs API reference, "CreateLogGroup"',
    ),
    "aws_cloudwatch_metric_alarm": ("alarm_name", r"[^\x00-\x1f]{1,255}", 'CloudWatch API reference, "PutMetricAlarm"'),
    "aws_dynamodb_table": ("name", r"[a-zA-Z0-9_.-]{3,255}", 'DynamoDB API reference, "CreateTable"'),
    "aws_iam_policy": ("name", r"[\w+=,.@-]{1,128}", 'IAM API reference, "CreatePolicy"'),
    "aws_iam_role": ("name", r"[\w+=,.@-]{1,64}", 'IAM API reference, "CreateRole"'),
    "aws_iam_role_policy": ("name", r"[\w+=,.@-]{1,128}", 'IAM API reference, "PutRolePolicy"'),
    "aws_kms_alias": ("name", r"alias/(?!aws/)[a-zA-Z0-9/_-]{1,250}", 'KMS API reference, "CreateAlias"'),
    "aws_lambda_function": ("function_name", r"[a-zA-Z0-9_-]{1,64}", 'Lambda API reference, "CreateFunction"'),
    "aws_lambda_layer_version": ("layer_name", r"[a-zA-Z0-9_-]{1,64}", 'Lambda API reference, "PublishLayerVersion"'),
    "aws_lambda_permission": ("statement_id", r"[a-zA-Z0-9_-]{1,100}", 'Lambda API reference, "AddPermission"'),
    "aws_pipes_pipe": ("name", r"[.\-_A-Za-z0-9]{1,64}", 'EventBridge Pipes API reference, "CreatePipe"'),
    "aws_scheduler_schedule": (
        "name",
        r"[0-9a-zA-Z_.-]{1,64}",
        'EventBridge Scheduler API reference, "CreateSchedule"',
    ),
    "aws_sfn_state_machine": (
        "name",
        r"[a-zA-Z0-9_-]{1,80}",
        'AWS Step Functions API reference, "CreateStateMachine"',
    ),
    "aws_sns_topic": ("name", r"[A-Za-z0-9_-]{1,256}", 'SNS API reference, "CreateTopic"'),
    "aws_sqs_queue": ("name", r"[A-Za-z0-9_-]{1,80}", 'SQS API reference, "CreateQueue"'),
}
"""Which attribute of a type is its name in AWS, what it may be, and the page that says so."""

DESCRIPTIONS = {
    "aws_cloudwatch_composite_alarm": ("alarm_description", 1024),
    "aws_cloudwatch_metric_alarm": ("alarm_description", 1024),
    "aws_iam_policy": ("description", 1000),
    "aws_kms_key": ("description", 8192),
    "aws_lambda_function": ("description", 256),
    "aws_lambda_layer_version": ("description", 256),
    "aws_cloudfront_function": ("comment", 128),
    "aws_cloudfront_origin_access_control": ("description", 256),
}
"""How long a text for people may be, from the same pages."""

TAGS_AT_MOST = {"aws_s3_object": 10}
"""Other types take 50."""
_TAG = re.compile(r"[\w\s.:/=+\-@]*")


def _find_bad_names(plan: Plan) -> Iterator[str]:
    for resource in plan.resources:
        attribute, pattern, source = NAMES.get(resource.type, ("", "", ""))
        name = resource[attribute] if attribute else None
        if name is not None and not re.fullmatch(pattern, name, re.ASCII):
            yield f"{resource.address}: the name {name!r} does not match {pattern}: {source}"
    for bucket in plan.of("aws_s3_bucket"):
        if bucket["bucket"] and not is_bucket_name(bucket["bucket"]):
            yield f"{bucket.address}: {bucket['bucket']} is no name of a bucket"


def _find_twice(plan: Plan) -> Iterator[str]:
    seen: dict[tuple[str, str], str] = {}
    for resource in plan.resources:
        attribute = NAMES.get(resource.type, ("", ""))[0]
        if (
            not attribute
            or resource.type in ("aws_iam_role_policy", "aws_lambda_permission")
            or not resource[attribute]
        ):
            continue
        # Alarms of both kinds share their names.
        kind = "alarm" if "alarm" in resource.type else resource.type
        other = seen.setdefault((kind, resource[attribute]), resource.address)
        if other != resource.address:
            yield f"{resource.address}: {other} has the same name"


def _find_long_texts(plan: Plan) -> Iterator[str]:
    for resource in plan.resources:
        attribute, most = DESCRIPTIONS.get(resource.type, ("", 0))
        if attribute and len(resource[attribute] or "") > most:
            yield f"{resource.address}: a {attribute} of more than {most} characters"


def _find_bad_tags(plan: Plan) -> Iterator[str]:
    for resource in plan.resources:
        own: Mapping[str, str] = resource["tags_all"] or resource["tags"] or {}
        tags = {**plan.default_tags, **own}
        most = TAGS_AT_MOST.get(resource.type, 50)
        if len(tags) > most:
            yield f"{resource.address}: {len(tags)} tags, but at most {most}"
    for place, tags in {
        **{each.address: each["tags"] or {} for each in plan.resources},
        "default_tags": plan.default_tags,
    }.items():
        if len({key.lower() for key in tags}) < len(tags):
            yield f"{place}: two tags differ in upper and lower case only (terraform-provider-aws#27422)"
        for key, value in tags.items():
            if not 1 <= len(key) <= 128 or len(value or "") > 256:
                yield f"{place}: the tag {key!r} has a key or a value that is too long"
            if key.lower().startswith("aws:"):
                yield f"{place}: the tag {key!r} begins with aws:, which is AWS's own"
            if key != key.strip() or value != (value or "").strip():
                yield f"{place}: the tag {key!r} begins or ends with white space, which some services take away"
            if not _TAG.fullmatch(key) or not _TAG.fullmatch(value or ""):
                yield f"{place}: the tag {key!r} has a character that AWS does not take"


NAME_RULES = (
    Rule("name", "the pages named at NAMES", _find_bad_names),
    Rule("twice", "the pages named at NAMES", _find_twice),
    Rule("description", "the pages named at NAMES", _find_long_texts),
    Rule(
        "tags",
        'Tagging AWS Resources user guide; S3 user guide, "Categorizing your objects using tags"',
        _find_bad_tags,
    ),
)

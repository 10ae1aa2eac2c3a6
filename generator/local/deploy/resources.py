"""Makes each kind of resource in the embedded AWS, with the calls that the Terraform provider would make.

A maker takes its arguments out of `v`; what is left in it afterwards must be named in LEFT_OUT, with the reason. So
nothing that a bundle asks for is dropped unseen.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.errors import LocalError
from generator.local.deploy import compute, storage
from generator.local.deploy.target import Maker, Place, Values

_NO_ALARMS = (
    "ministack's alarms ignore dimensions and metric math, and EMF makes no metrics: they would tell nothing true"
)
_FRONT = "`services.cloudfront` is the distribution here: ministack's cannot call a function URL"

NOT_LOCAL: Mapping[str, str] = {
    "aws_cloudfront_distribution": _FRONT,
    "aws_cloudfront_origin_access_control": _FRONT,
    "aws_cloudwatch_composite_alarm": _NO_ALARMS,
    "aws_cloudwatch_dashboard": "there is no console to look at it",
    "aws_cloudwatch_metric_alarm": _NO_ALARMS,
    "aws_pipes_pipe": "`services.pipes` is the pipe here: ministack's delivers nothing to SQS",
    "aws_s3_bucket_lifecycle_configuration": "ministack does not carry it out",
    "aws_s3_bucket_versioning": "without a life cycle, every version of every snapshot would stay in memory",
    "aws_sns_topic_policy": "it lets the alarms publish, and there are none",
    "aws_sns_topic_subscription": "it would have no alarm to tell, and nobody is to be written to",
}
"""Types that are not made, and why. References to them get what `substitute` gives."""

LEFT_OUT: Mapping[str, Mapping[str, str]] = {
    "aws_kms_key": {"deletion_window_in_days": "it dies with the process", "enable_key_rotation": "it lives too short"},
    "aws_dynamodb_table": {
        "billing_mode": "nothing is billed",
        "point_in_time_recovery": "it dies with the process",
        "server_side_encryption": "nothing is written to disk",
        "deletion_protection_enabled": "it dies with the process",
    },
    "aws_s3_bucket": {"force_destroy": "Terraform's own"},
    "aws_s3_object": {
        "source_hash": "Terraform's own",
        "kms_key_id": "nothing is written to disk",
        "override_provider": "it is about tags",
    },
    "aws_lambda_function": {"source_code_hash": "Terraform's own", "kms_key_arn": "nothing is written to disk"},
    "aws_lambda_layer_version": {"source_code_hash": "Terraform's own"},
    "aws_cloudwatch_log_group": {"kms_key_id": "nothing is written to disk"},
    "aws_scheduler_schedule": {"kms_key_arn": "nothing is written to disk"},
    "aws_sns_topic": {"kms_master_key_id": "nothing is written to disk"},
}

_EVERYWHERE = ("tags",)
"""Left out of every type: nothing in a running board reads them."""


def make(place: Place, kind: str, arguments: Values) -> Values:
    """Make one resource. Returns the attributes that it has besides its arguments.

    Raises LocalError for a type or an argument that is neither made nor left out with a reason.
    """
    if kind in NOT_LOCAL:
        return substitute(place, kind, arguments)
    maker = _MAKERS.get(kind)
    if maker is None:
        raise LocalError(f"local mode does not know the resource type {kind}")
    rest = dict(arguments)
    attributes = maker(place, rest)
    unknown = sorted(set(rest) - set(LEFT_OUT.get(kind, ())) - set(_EVERYWHERE))
    if unknown:
        raise LocalError(f"local mode does not know the argument `{unknown[0]}` of {kind}")
    return attributes


def substitute(place: Place, kind: str, arguments: Values) -> Values:
    """Attributes, as references may ask for, of a resource that is not made."""
    if kind == "aws_cloudfront_distribution":
        distribution = "LOCAL" + str(arguments["comment"]).rsplit(" ", 1)[-1]
        arn = place.arn("cloudfront", f"distribution/{distribution}", region=False)
        return {"id": distribution, "arn": arn, "domain_name": "127.0.0.1"}
    if kind == "aws_pipes_pipe":
        return {"arn": place.arn("pipes", f"pipe/{arguments['name']}")}
    name = arguments.get("alarm_name") or arguments.get("name") or "local"
    return {"id": name, "arn": place.arn("cloudwatch", f"alarm:{name}")}


_MAKERS: Mapping[str, Maker] = {
    "aws_cloudwatch_log_group": compute.log_group,
    "aws_dynamodb_table": storage.table,
    "aws_iam_policy": compute.policy,
    "aws_iam_role": compute.role,
    "aws_iam_role_policy": compute.role_policy,
    "aws_kms_alias": storage.kms_alias,
    "aws_kms_key": storage.kms_key,
    "aws_lambda_event_source_mapping": compute.mapping,
    "aws_lambda_function": compute.function,
    "aws_lambda_function_url": compute.function_url,
    "aws_lambda_layer_version": compute.layer,
    "aws_lambda_permission": compute.permission,
    "aws_s3_bucket": storage.bucket,
    "aws_s3_bucket_ownership_controls": storage.ownership,
    "aws_s3_bucket_policy": storage.bucket_policy,
    "aws_s3_bucket_public_access_block": storage.public_access_block,
    "aws_s3_bucket_server_side_encryption_configuration": storage.bucket_encryption,
    "aws_s3_object": storage.stored_object,
    "aws_scheduler_schedule": compute.schedule,
    "aws_sns_topic": compute.topic,
    "aws_sqs_queue": storage.queue,
    "aws_sqs_queue_policy": storage.queue_attribute("policy", "Policy"),
    "aws_sqs_queue_redrive_allow_policy": storage.queue_attribute("redrive_allow_policy", "RedriveAllowPolicy"),
}

"""Makes a Terraform resource in the embedded AWS, with the calls that the Terraform provider would make.

Which types and arguments are left out is written here, each with the reason. A maker takes the arguments that it uses
out of the dict it is given; if one remains that is not in LEFT_OUT, that is an error: nothing is dropped silently.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.errors import LocalError
from generator.local.deploy import access, functions, services, storage
from generator.local.deploy.target import Kind, Target, Values, make_again

_OWN_ALARMS = "`services.cloudwatch` has the alarms here: ministack's ignore dimensions and metric math"
_OWN_CLOUDFRONT = "`services.cloudfront` is the distribution here: ministack's cannot call a function URL"

NOT_LOCAL: Mapping[str, str] = {
    "aws_cloudfront_distribution": _OWN_CLOUDFRONT,
    "aws_cloudfront_function": _OWN_CLOUDFRONT,
    "aws_cloudfront_origin_access_control": _OWN_CLOUDFRONT,
    "aws_cloudwatch_composite_alarm": _OWN_ALARMS,
    "aws_cloudwatch_dashboard": "there is no console to show it",
    "aws_cloudwatch_metric_alarm": _OWN_ALARMS,
    "aws_pipes_pipe": "`services.pipes` is the pipe here: ministack's delivers nothing to SQS",
    "aws_s3_bucket_lifecycle_configuration": "ministack does not apply it",
    "aws_s3_bucket_versioning": "without the lifecycle rules, every version of every snapshot would stay in memory",
    "aws_sns_topic_policy": "it lets alarms publish, and those here tell nobody",
    "aws_sns_topic_subscription": "local mode must not write to anybody",
    "time_sleep": "the embedded AWS knows its roles and streams at once",
}
"""Resource types that are not made, and why. A reference to one gets the attributes that `substitute` makes up."""

LEFT_OUT: Mapping[str, Mapping[str, str]] = {
    "aws_kms_key": {
        "deletion_window_in_days": "it ends with the process",
        "enable_key_rotation": "it does not live long enough",
    },
    "aws_dynamodb_table": {
        "billing_mode": "nothing is billed",
        "point_in_time_recovery": "it ends with the process",
        "server_side_encryption": "nothing is written to disk",
        "deletion_protection_enabled": "it ends with the process",
        "warm_throughput": "nothing is throttled",
    },
    "aws_s3_bucket": {"force_destroy": "only Terraform reads it"},
    "aws_s3_object": {
        "source_hash": "only Terraform reads it",
        "kms_key_id": "nothing is written to disk",
        "override_provider": "it only concerns tags",
    },
    "aws_lambda_function": {"source_code_hash": "only Terraform reads it", "kms_key_arn": "nothing is written to disk"},
    "aws_lambda_layer_version": {"source_code_hash": "only Terraform reads it"},
    "aws_cloudwatch_log_group": {"kms_key_id": "nothing is written to disk"},
    "aws_sns_topic": {"kms_master_key_id": "nothing is written to disk"},
}
"""Arguments that are not used, by resource type, and why."""

_LEFT_OUT_EVERYWHERE = ("tags",)
"""Arguments that are not used for any type: nothing in a running board reads them."""


def make_resource(target: Target, kind: str, arguments: Values) -> Values:
    """Make one resource. Returns its attributes that are not among its arguments.

    Raises LocalError for a type or an argument that is neither used nor left out with a reason.
    """
    if kind in NOT_LOCAL:
        return substitute(target, kind, arguments)
    rest = dict(arguments)
    attributes = find_kind(kind).make(target, rest)
    _refuse_unknown(kind, rest)
    return attributes


def update_resource(target: Target, kind: str, arguments: Values, old: Values) -> Values:
    """Change one resource to what its arguments say now. `old`: all its attributes. Returns what `make_resource` does.

    Raises LocalError, besides what `make_resource` does, where that needs another resource in its place, and data lies
    in this one.
    """
    known, rest = find_kind(kind), dict(arguments)
    if known.update:
        attributes = known.update(target, rest, old)
        _refuse_unknown(kind, rest)
        return attributes
    if known.delete is None:
        raise LocalError("this change needs a new place for the data: stop `leaderboards local` and start it again")
    known.delete(target, old)
    return make_resource(target, kind, arguments)


def differ(kind: str, arguments: Values, old: Values) -> bool:
    """Whether a resource has to be changed: arguments that are left out count only where they tell of a file."""
    ignored = {*LEFT_OUT.get(kind, ()), *_LEFT_OUT_EVERYWHERE} - {"source_hash", "source_code_hash"}
    return any(arguments.get(name) != old.get(name) for name in {*arguments, *old} - ignored)


def find_kind(kind: str) -> Kind:
    """What is done with resources of a type. Raises LocalError for one that local mode does not know."""
    if kind not in _KINDS:
        raise LocalError(f"local mode does not know the resource type {kind}")
    return _KINDS[kind]


def _refuse_unknown(kind: str, rest: Values) -> None:
    """Raise LocalError if an argument is neither used nor left out with a reason."""
    unknown = sorted(set(rest) - set(LEFT_OUT.get(kind, ())) - set(_LEFT_OUT_EVERYWHERE))
    if unknown:
        raise LocalError(f"local mode does not know the argument `{unknown[0]}` of {kind}")


def substitute(target: Target, kind: str, arguments: Values) -> Values:
    """Make up the attributes of a resource that is not made, for the references to it."""
    if kind == "aws_cloudfront_distribution":
        distribution = "LOCAL" + str(arguments["comment"]).rsplit(" ", 1)[-1]
        arn = target.arn("cloudfront", f"distribution/{distribution}", region=False)
        return {"id": distribution, "arn": arn, "domain_name": "127.0.0.1"}
    if kind == "aws_pipes_pipe":
        return {"arn": target.arn("pipes", f"pipe/{arguments['name']}")}
    name = arguments.get("alarm_name") or arguments.get("name") or "local"
    return {"id": name, "arn": target.arn("cloudwatch", f"alarm:{name}")}


_KINDS: Mapping[str, Kind] = {
    "aws_cloudwatch_log_group": Kind(services.make_log_group, services.update_log_group, services.delete_log_group),
    "aws_cloudwatch_event_bus": Kind(services.make_bus),
    "aws_cloudwatch_event_rule": Kind(services.make_rule, make_again(services.make_rule), services.delete_rule),
    "aws_cloudwatch_event_target": Kind(
        services.make_rule_target, make_again(services.make_rule_target), services.delete_rule_target
    ),
    "aws_dynamodb_table": Kind(storage.make_table),
    "aws_iam_policy": Kind(access.make_policy, access.update_policy, access.delete_policy),
    "aws_iam_role": Kind(access.make_role, access.update_role, access.delete_role),
    "aws_iam_role_policy": Kind(
        access.make_role_policy, make_again(access.make_role_policy), access.delete_role_policy
    ),
    "aws_kms_alias": Kind(storage.make_kms_alias, None, storage.delete_kms_alias),
    "aws_kms_key": Kind(storage.make_kms_key, storage.update_kms_key, storage.delete_kms_key),
    "aws_lambda_event_source_mapping": Kind(
        functions.make_event_source_mapping,
        functions.update_event_source_mapping,
        functions.delete_event_source_mapping,
    ),
    "aws_lambda_function": Kind(functions.make_function, functions.update_function, functions.delete_function),
    "aws_lambda_function_event_invoke_config": Kind(
        functions.make_event_invoke_config,
        make_again(functions.make_event_invoke_config),
        functions.delete_event_invoke_config,
    ),
    "aws_lambda_function_url": Kind(
        functions.make_function_url, functions.update_function_url, functions.delete_function_url
    ),
    "aws_lambda_layer_version": Kind(functions.make_layer, None, functions.delete_layer),
    "aws_lambda_permission": Kind(functions.make_permission, None, functions.delete_permission),
    "aws_s3_bucket": Kind(storage.make_bucket),
    "aws_s3_bucket_ownership_controls": Kind(
        storage.make_ownership_controls, make_again(storage.make_ownership_controls)
    ),
    "aws_s3_bucket_policy": Kind(
        storage.make_bucket_policy, make_again(storage.make_bucket_policy), storage.delete_bucket_policy
    ),
    "aws_s3_bucket_public_access_block": Kind(
        storage.make_public_access_block, make_again(storage.make_public_access_block)
    ),
    "aws_s3_bucket_server_side_encryption_configuration": Kind(
        storage.make_bucket_encryption, make_again(storage.make_bucket_encryption)
    ),
    "aws_s3_object": Kind(storage.make_object, make_again(storage.make_object), storage.delete_object),
    "aws_scheduler_schedule": Kind(services.make_schedule, services.update_schedule, services.delete_schedule),
    "aws_sfn_state_machine": Kind(
        services.make_state_machine, services.update_state_machine, services.delete_state_machine
    ),
    "aws_sns_topic": Kind(services.make_topic, None, services.delete_topic),
    "aws_sqs_queue": Kind(storage.make_queue, storage.update_queue),
    "aws_sqs_queue_policy": Kind(storage.make_queue_policy, make_again(storage.make_queue_policy)),
    "aws_sqs_queue_redrive_allow_policy": Kind(
        storage.make_redrive_allow_policy, make_again(storage.make_redrive_allow_policy)
    ),
}

"""The rows of the table for what keeps data: DynamoDB, S3 and the keys that encrypt it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.terraform.stand_in.table import Kind, Part, Values, tags_part


def _key_schema(values: Values, operation: str) -> Mapping[str, Any]:
    if operation != "CreateTable":
        return {}
    keys = (("HASH", values["hash_key"]), ("RANGE", values.get("range_key")))
    return {"KeySchema": [{"AttributeName": name, "KeyType": kind} for kind, name in keys if name]}


def _read_key_schema(answer: Any, values: Values) -> Mapping[str, Any]:
    keys = {each["KeyType"]: each["AttributeName"] for each in answer["Table"]["KeySchema"]}
    stream = answer["Table"].get("StreamSpecification", {}).get("StreamEnabled", False)
    switched = {"stream_enabled": stream} if values.get("stream_enabled") is not None else {}
    return {"hash_key": keys["HASH"], "range_key": keys.get("RANGE"), **switched}


def _location(values: Values, _operation: str) -> Mapping[str, Any]:
    # S3 knows no such place as us-east-1, where it began (S3 API reference, "CreateBucket").
    region = values["region"]
    return {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}


def _body(values: Values, operation: str) -> Mapping[str, Any]:
    if operation != "PutObject":
        return {}
    with open(values["source"], "rb") as file:  # noqa: PTH123
        body = file.read()
    return {"Body": body, **({"ServerSideEncryption": "aws:kms"} if values.get("kms_key_id") else {})}


def _of_an_object(answer: Any, values: Values) -> Mapping[str, Any]:
    return {"etag": answer["ETag"].strip('"')}


def _alias(answer: Any, values: Values) -> Mapping[str, Any] | None:
    found = next((each for each in answer["Aliases"] if each["AliasName"] == values["name"]), None)
    return found and {
        "arn": found["AliasArn"],
        "target_key_arn": found["AliasArn"].rpartition(":")[0] + ":key/" + found["TargetKeyId"],
    }


def _of_bucket(create: str, read: str, delete: str, into: str, at: str, **more: Any) -> Kind:
    """A setting of a bucket that is a resource type of its own."""
    names = {"bucket": "", "expected_bucket_owner": "", **more.pop("names", {})}
    part = Part(
        "s3", create=create, read=read, delete=delete, key={"Bucket": "{bucket}"}, into=into, at=at, names=names, **more
    )
    return Kind((part,), id="{bucket}", replaces="bucket")


STORAGE: Mapping[str, Kind] = {
    "aws_dynamodb_table": Kind(
        (
            Part(
                "dynamodb",
                create="CreateTable",
                read="DescribeTable",
                update="UpdateTable",
                delete="DeleteTable",
                key={"TableName": "{name}"},
                at="Table",
                names={
                    "name": "TableName",
                    "hash_key": "",
                    "range_key": "",
                    "attribute": "AttributeDefinitions",
                    "attribute.name": "AttributeName",
                    "attribute.type": "AttributeType",
                    "stream_enabled": "StreamSpecification.StreamEnabled",
                    "stream_view_type": "StreamSpecification.StreamViewType",
                    "server_side_encryption": "SSESpecification",
                    "server_side_encryption.kms_key_arn": "KMSMasterKeyId",
                },
                read_names={
                    "billing_mode": "BillingModeSummary.BillingMode",
                    "stream_enabled": "",
                    "server_side_encryption": "SSEDescription",
                    "server_side_encryption.enabled": "Status",
                    "server_side_encryption.kms_key_arn": "KMSMasterKeyArn",
                },
                add=_key_schema,
                learn=_read_key_schema,
                only_changes=True,
                removed={"StreamSpecification": {"StreamEnabled": False}},
            ),
            Part(
                "dynamodb",
                create="UpdateTimeToLive",
                read="DescribeTimeToLive",
                key={"TableName": "{name}"},
                takes=("ttl",),
                names={"ttl": "TimeToLiveSpecification"},
                read_names={"ttl": "TimeToLiveDescription", "ttl.enabled": "TimeToLiveStatus"},
            ),
            Part(
                "dynamodb",
                create="UpdateContinuousBackups",
                read="DescribeContinuousBackups",
                key={"TableName": "{name}"},
                takes=("point_in_time_recovery",),
                names={
                    "point_in_time_recovery": "PointInTimeRecoverySpecification",
                    "point_in_time_recovery.enabled": "PointInTimeRecoveryEnabled",
                },
                read_names={
                    "point_in_time_recovery": "ContinuousBackupsDescription.PointInTimeRecoveryDescription",
                    "point_in_time_recovery.enabled": "PointInTimeRecoveryStatus",
                },
            ),
            tags_part("dynamodb", "ResourceArn", "{arn}", read="ListTagsOfResource"),
        ),
        id="{name}",
        replaces="name hash_key range_key",
        computed={
            "arn": "Table.TableArn",
            "stream_arn": "Table.LatestStreamArn",
            "stream_label": "Table.LatestStreamLabel",
        },
        changing={"stream_arn stream_label stream_view_type": "stream_enabled"},
        keeps="point_in_time_recovery server_side_encryption",
        dropped={"warm_throughput": "no emulator tells of it"},
    ),
    "aws_s3_bucket": Kind(
        (
            Part(
                "s3",
                create="CreateBucket",
                read="HeadBucket",
                delete="DeleteBucket",
                key={"Bucket": "{bucket}"},
                read_names={"bucket": ""},
                add=_location,
            ),
            Part(
                "s3",
                create="PutBucketTagging",
                read="GetBucketTagging",
                delete="DeleteBucketTagging",
                key={"Bucket": "{bucket}"},
                takes=("tags_all",),
                names={"tags_all": "Tagging.TagSet"},
                read_names={"tags_all": "TagSet"},
            ),
        ),
        id="{bucket}",
        replaces="bucket bucket_prefix object_lock_enabled",
        computed={
            "arn": "arn:aws:s3:::{bucket}",
            "bucket_domain_name": "{bucket}.s3.amazonaws.com",
            "bucket_regional_domain_name": "{bucket}.s3.{region}.amazonaws.com",
        },
        local="force_destroy",
    ),
    "aws_s3_bucket_public_access_block": _of_bucket(
        "PutPublicAccessBlock",
        "GetPublicAccessBlock",
        "DeletePublicAccessBlock",
        "PublicAccessBlockConfiguration",
        "PublicAccessBlockConfiguration",
        names={"skip_destroy": ""},
    ),
    "aws_s3_bucket_ownership_controls": _of_bucket(
        "PutBucketOwnershipControls",
        "GetBucketOwnershipControls",
        "DeleteBucketOwnershipControls",
        "OwnershipControls",
        "OwnershipControls",
    ),
    "aws_s3_bucket_versioning": _of_bucket(
        "PutBucketVersioning",
        "GetBucketVersioning",
        "PutBucketVersioning",
        "",
        "",
        names={"versioning_configuration": "VersioningConfiguration", "mfa": "MFA"},
        read_names={"versioning_configuration": "."},
        deleted_with={"VersioningConfiguration": {"Status": "Suspended"}},
    ),
    "aws_s3_bucket_server_side_encryption_configuration": _of_bucket(
        "PutBucketEncryption",
        "GetBucketEncryption",
        "DeleteBucketEncryption",
        "ServerSideEncryptionConfiguration",
        "ServerSideEncryptionConfiguration",
        names={"rule.blocked_encryption_types": "BlockedEncryptionTypes.EncryptionType"},
    ),
    "aws_s3_bucket_lifecycle_configuration": _of_bucket(
        "PutBucketLifecycleConfiguration",
        "GetBucketLifecycleConfiguration",
        "DeleteBucketLifecycle",
        "LifecycleConfiguration",
        "",
        names={"transition_default_minimum_object_size": ""},
    ),
    "aws_s3_bucket_policy": _of_bucket("PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy", "", ""),
    "aws_s3_object": Kind(
        (
            Part(
                "s3",
                create="PutObject",
                read="HeadObject",
                delete="DeleteObject",
                key={"Bucket": "{bucket}", "Key": "{key}"},
                names={"kms_key_id": "SSEKMSKeyId"},
                read_names={"bucket": "", "key": ""},
                add=_body,
                learn=_of_an_object,
            ),
            # No tags: the bundle's objects have none.
        ),
        id="{bucket}/{key}",
        replaces="bucket key",
        computed={
            "arn": "arn:aws:s3:::{bucket}/{key}",
            "version_id": "VersionId",
            "server_side_encryption": "ServerSideEncryption",
        },
        local="source source_hash etag force_destroy override_provider tags_all bucket_key_enabled",
        changing={"etag version_id": "source_hash source content_type cache_control kms_key_id"},
    ),
    "aws_kms_key": Kind(
        (
            Part(
                "kms",
                create="CreateKey",
                read="DescribeKey",
                update="UpdateKeyDescription",
                delete="ScheduleKeyDeletion",
                key={"KeyId": "{key_id}", "PendingWindowInDays": "{deletion_window_in_days}"},
                at="KeyMetadata",
                names={"multi_region": "MultiRegion"},
                read_names={"policy": ""},
            ),
            Part(
                "kms",
                update="PutKeyPolicy",
                read="GetKeyPolicy",
                key={"KeyId": "{key_id}", "PolicyName": "default"},
                takes=("policy",),
            ),
            Part(
                "kms",
                create="EnableKeyRotation",
                read="GetKeyRotationStatus",
                key={"KeyId": "{key_id}"},
                takes=("enable_key_rotation",),
                names={"enable_key_rotation": ""},
                read_names={"enable_key_rotation": "KeyRotationEnabled"},
            ),
            tags_part("kms", "KeyId", "{key_id}", read="ListResourceTags"),
        ),
        id="{key_id}",
        replaces="customer_master_key_spec key_usage multi_region custom_key_store_id",
        created={"key_id": "KeyMetadata.KeyId", "arn": "KeyMetadata.Arn"},
        computed={"arn": "KeyMetadata.Arn"},
        local="deletion_window_in_days bypass_policy_lockout_safety_check is_enabled",
    ),
    "aws_kms_alias": Kind(
        (
            Part(
                "kms",
                create="CreateAlias",
                update="UpdateAlias",
                read="ListAliases",
                delete="DeleteAlias",
                key={"AliasName": "{name}", "KeyId": "{target_key_id}"},
                names={"name": "AliasName"},
                read_names={"name": "", "target_key_id": ""},
                learn=_alias,
            ),
        ),
        id="{name}",
        replaces="name name_prefix",
    ),
}

"""Makes what stores data: keys, tables, queues, buckets and their objects."""

from __future__ import annotations

from generator.local.deploy.target import Target, Values


def make_kms_key(target: Target, arguments: Values) -> Values:
    """Create a KMS key."""
    answer = target.aws.client("kms").create_key(
        Description=arguments.pop("description"), Policy=arguments.pop("policy")
    )
    metadata = answer["KeyMetadata"]
    return {"arn": metadata["Arn"], "key_id": metadata["KeyId"], "id": metadata["KeyId"]}


def update_kms_key(target: Target, arguments: Values, old: Values) -> Values:
    """Change a KMS key's policy."""
    del arguments["description"]
    target.aws.client("kms").put_key_policy(KeyId=old["key_id"], Policy=arguments.pop("policy"))
    return old


def delete_kms_key(target: Target, old: Values) -> None:
    """Delete a KMS key, after the shortest wait that there is."""
    target.aws.client("kms").schedule_key_deletion(KeyId=old["key_id"], PendingWindowInDays=7)


def make_kms_alias(target: Target, arguments: Values) -> Values:
    """Give a KMS key its alias."""
    target.aws.client("kms").create_alias(AliasName=arguments.pop("name"), TargetKeyId=arguments.pop("target_key_id"))
    return {}


def delete_kms_alias(target: Target, old: Values) -> None:
    """Take a KMS key's alias away."""
    target.aws.client("kms").delete_alias(AliasName=old["name"])


def make_table(target: Target, arguments: Values) -> Values:
    """Create a DynamoDB table, with its stream and time to live."""
    dynamodb = target.aws.client("dynamodb")
    name = arguments.pop("name")
    keys = [{"AttributeName": arguments.pop("hash_key"), "KeyType": "HASH"}]
    if arguments.get("range_key"):
        keys.append({"AttributeName": arguments.pop("range_key"), "KeyType": "RANGE"})
    stream = {}
    if arguments.pop("stream_enabled", False):
        stream = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": arguments.pop("stream_view_type")}}
    table = dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=keys,
        AttributeDefinitions=[
            {"AttributeName": one["name"], "AttributeType": one["type"]} for one in arguments.pop("attribute")
        ],
        **stream,
    )["TableDescription"]
    for ttl in arguments.pop("ttl", []):
        dynamodb.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": ttl["enabled"], "AttributeName": ttl["attribute_name"]},
        )
    return {"id": name, "arn": table["TableArn"], "stream_arn": table.get("LatestStreamArn")}


def make_queue(target: Target, arguments: Values) -> Values:
    """Create an SQS queue."""
    name = arguments.pop("name")
    url = target.aws.client("sqs").create_queue(QueueName=name, Attributes=_take_queue(arguments))["QueueUrl"]
    return {"id": url, "url": url, "arn": target.arn("sqs", name)}


def update_queue(target: Target, arguments: Values, old: Values) -> Values:
    """Change the attributes of an SQS queue. Its messages stay."""
    del arguments["name"]
    target.aws.client("sqs").set_queue_attributes(QueueUrl=old["url"], Attributes=_take_queue(arguments))
    return old


def _take_queue(arguments: Values) -> dict[str, str]:
    return {
        key: str(arguments.pop(argument))
        for argument, key in {
            "message_retention_seconds": "MessageRetentionPeriod",
            "max_message_size": "MaximumMessageSize",
            "visibility_timeout_seconds": "VisibilityTimeout",
            "kms_master_key_id": "KmsMasterKeyId",
            "kms_data_key_reuse_period_seconds": "KmsDataKeyReusePeriodSeconds",
            "redrive_policy": "RedrivePolicy",
        }.items()
        if argument in arguments
    }


def make_queue_policy(target: Target, arguments: Values) -> Values:
    """Put the policy on an SQS queue."""
    _set_queue_attribute(target, arguments.pop("queue_url"), "Policy", arguments.pop("policy"))
    return {}


def make_redrive_allow_policy(target: Target, arguments: Values) -> Values:
    """Set which queues may use an SQS queue as their dead-letter queue."""
    _set_queue_attribute(
        target, arguments.pop("queue_url"), "RedriveAllowPolicy", arguments.pop("redrive_allow_policy")
    )
    return {}


def _set_queue_attribute(target: Target, url: str, name: str, value: str) -> None:
    target.aws.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={name: value})


def make_bucket(target: Target, arguments: Values) -> Values:
    """Create an S3 bucket."""
    name, region = arguments.pop("bucket"), target.aws.region
    location = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    target.aws.client("s3").create_bucket(Bucket=name, **location)
    return {
        "id": name,
        "arn": f"arn:aws:s3:::{name}",
        "bucket_regional_domain_name": f"{name}.s3.{region}.amazonaws.com",
    }


def make_public_access_block(target: Target, arguments: Values) -> Values:
    """Block public access to a bucket."""
    target.aws.client("s3").put_public_access_block(
        Bucket=arguments.pop("bucket"),
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": arguments.pop("block_public_acls"),
            "BlockPublicPolicy": arguments.pop("block_public_policy"),
            "IgnorePublicAcls": arguments.pop("ignore_public_acls"),
            "RestrictPublicBuckets": arguments.pop("restrict_public_buckets"),
        },
    )
    return {}


def make_ownership_controls(target: Target, arguments: Values) -> Values:
    """Set who owns the objects of a bucket."""
    rules = [{"ObjectOwnership": rule["object_ownership"]} for rule in arguments.pop("rule")]
    target.aws.client("s3").put_bucket_ownership_controls(
        Bucket=arguments.pop("bucket"), OwnershipControls={"Rules": rules}
    )
    return {}


def make_bucket_encryption(target: Target, arguments: Values) -> Values:
    """Set the default encryption of a bucket."""
    rules = [
        {
            "BucketKeyEnabled": rule["bucket_key_enabled"],
            "ApplyServerSideEncryptionByDefault": {
                "SSEAlgorithm": default["sse_algorithm"],
                "KMSMasterKeyID": default["kms_master_key_id"],
            },
        }
        for rule in arguments.pop("rule")
        for default in rule["apply_server_side_encryption_by_default"]
    ]
    target.aws.client("s3").put_bucket_encryption(
        Bucket=arguments.pop("bucket"), ServerSideEncryptionConfiguration={"Rules": rules}
    )
    return {}


def make_bucket_policy(target: Target, arguments: Values) -> Values:
    """Put the policy on a bucket."""
    target.aws.client("s3").put_bucket_policy(Bucket=arguments.pop("bucket"), Policy=arguments.pop("policy"))
    return {}


def delete_bucket_policy(target: Target, old: Values) -> None:
    """Take the policy of a bucket away."""
    target.aws.client("s3").delete_bucket_policy(Bucket=old["bucket"])


def make_object(target: Target, arguments: Values) -> Values:
    """Upload a file of the bundle to a bucket."""
    key = arguments.pop("key")
    target.aws.client("s3").put_object(
        Bucket=arguments.pop("bucket"),
        Key=key,
        Body=target.file(arguments.pop("source")),
        ContentType=arguments.pop("content_type"),
        CacheControl=arguments.pop("cache_control"),
    )
    return {"id": key}


def delete_object(target: Target, old: Values) -> None:
    """Delete a file of the bundle from a bucket."""
    target.aws.client("s3").delete_object(Bucket=old["bucket"], Key=old["key"])

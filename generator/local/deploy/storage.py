"""Makes what keeps things: keys, tables, queues, the bucket and its objects."""

from __future__ import annotations

from generator.local.deploy.target import Maker, Place, Values


def kms_key(place: Place, v: Values) -> Values:
    answer = place.aws.client("kms").create_key(Description=v.pop("description"), Policy=v.pop("policy"))
    metadata = answer["KeyMetadata"]
    return {"arn": metadata["Arn"], "key_id": metadata["KeyId"], "id": metadata["KeyId"]}


def kms_alias(place: Place, v: Values) -> Values:
    place.aws.client("kms").create_alias(AliasName=v.pop("name"), TargetKeyId=v.pop("target_key_id"))
    return {}


def table(place: Place, v: Values) -> Values:
    dynamodb = place.aws.client("dynamodb")
    name = v.pop("name")
    keys = [{"AttributeName": v.pop("hash_key"), "KeyType": "HASH"}]
    if v.get("range_key"):
        keys.append({"AttributeName": v.pop("range_key"), "KeyType": "RANGE"})
    stream = {}
    if v.pop("stream_enabled", False):
        stream = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": v.pop("stream_view_type")}}
    table = dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=keys,
        AttributeDefinitions=[
            {"AttributeName": one["name"], "AttributeType": one["type"]} for one in v.pop("attribute")
        ],
        **stream,
    )["TableDescription"]
    for ttl in v.pop("ttl", []):
        dynamodb.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": ttl["enabled"], "AttributeName": ttl["attribute_name"]},
        )
    return {"id": name, "arn": table["TableArn"], "stream_arn": table.get("LatestStreamArn")}


def queue(place: Place, v: Values) -> Values:
    name = v.pop("name")
    attributes = {
        key: str(v.pop(argument))
        for argument, key in {
            "message_retention_seconds": "MessageRetentionPeriod",
            "max_message_size": "MaximumMessageSize",
            "visibility_timeout_seconds": "VisibilityTimeout",
            "kms_master_key_id": "KmsMasterKeyId",
            "redrive_policy": "RedrivePolicy",
        }.items()
        if argument in v
    }
    url = place.aws.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return {"id": url, "url": url, "arn": place.arn("sqs", name)}


def queue_attribute(argument: str, key: str) -> Maker:
    def maker(place: Place, v: Values) -> Values:
        place.aws.client("sqs").set_queue_attributes(QueueUrl=v.pop("queue_url"), Attributes={key: v.pop(argument)})
        return {}

    return maker


def bucket(place: Place, v: Values) -> Values:
    name, region = v.pop("bucket"), place.aws.region
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    place.aws.client("s3").create_bucket(Bucket=name, **where)
    return {
        "id": name,
        "arn": f"arn:aws:s3:::{name}",
        "bucket_regional_domain_name": f"{name}.s3.{region}.amazonaws.com",
    }


def public_access_block(place: Place, v: Values) -> Values:
    place.aws.client("s3").put_public_access_block(
        Bucket=v.pop("bucket"),
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": v.pop("block_public_acls"),
            "BlockPublicPolicy": v.pop("block_public_policy"),
            "IgnorePublicAcls": v.pop("ignore_public_acls"),
            "RestrictPublicBuckets": v.pop("restrict_public_buckets"),
        },
    )
    return {}


def ownership(place: Place, v: Values) -> Values:
    rules = [{"ObjectOwnership": rule["object_ownership"]} for rule in v.pop("rule")]
    place.aws.client("s3").put_bucket_ownership_controls(Bucket=v.pop("bucket"), OwnershipControls={"Rules": rules})
    return {}


def bucket_encryption(place: Place, v: Values) -> Values:
    rules = [
        {
            "BucketKeyEnabled": rule["bucket_key_enabled"],
            "ApplyServerSideEncryptionByDefault": {
                "SSEAlgorithm": default["sse_algorithm"],
                "KMSMasterKeyID": default["kms_master_key_id"],
            },
        }
        for rule in v.pop("rule")
        for default in rule["apply_server_side_encryption_by_default"]
    ]
    place.aws.client("s3").put_bucket_encryption(
        Bucket=v.pop("bucket"), ServerSideEncryptionConfiguration={"Rules": rules}
    )
    return {}


def bucket_policy(place: Place, v: Values) -> Values:
    place.aws.client("s3").put_bucket_policy(Bucket=v.pop("bucket"), Policy=v.pop("policy"))
    return {}


def stored_object(place: Place, v: Values) -> Values:
    key = v.pop("key")
    place.aws.client("s3").put_object(
        Bucket=v.pop("bucket"),
        Key=key,
        Body=place.file(v.pop("source")),
        ContentType=v.pop("content_type"),
        CacheControl=v.pop("cache_control"),
    )
    return {"id": key}

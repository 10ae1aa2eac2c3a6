"""The rows of the table for what readers come to: CloudFront."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.terraform.stand_in.table import Kind, Part, Values, tags_part


def _origins(values: Values, operation: str) -> Mapping[str, Any]:
    return (
        {"DistributionConfig": {"CallerReference": values.get("caller_reference") or "terraform-1"}}
        if operation.startswith(("Create", "Update"))
        else {}
    )


_BEHAVIOURS = {
    f"{each}.{name}": member
    for each in ("default_cache_behavior", "ordered_cache_behavior")
    for name, member in (
        ("cached_methods", "AllowedMethods.CachedMethods"),
        ("lambda_function_association", "LambdaFunctionAssociations"),
    )
}


EDGE: Mapping[str, Kind] = {
    "aws_cloudfront_distribution": Kind(
        (
            Part(
                "cloudfront",
                create="CreateDistribution",
                read="GetDistribution",
                update="UpdateDistribution",
                delete="DeleteDistribution",
                key={"Id": "{id}", "IfMatch": "{etag}"},
                into="DistributionConfig",
                at="Distribution.DistributionConfig",
                names={
                    **_BEHAVIOURS,
                    "ordered_cache_behavior": "CacheBehaviors",
                    "origin.origin_id": "Id",
                    "restrictions.geo_restriction.locations": "Items",
                },
                add=_origins,
            ),
            tags_part("cloudfront", "Resource", "{arn}", member="Tags.Items", first=""),
        ),
        id="{id}",
        created={"id": "Distribution.Id"},
        computed={
            "arn": "Distribution.ARN",
            "domain_name": "Distribution.DomainName",
            "etag": "ETag",
            "status": "Distribution.Status",
            "last_modified_time": "Distribution.LastModifiedTime",
            # The zone of every distribution (CloudFront developer guide, "Route traffic to your distribution").
            "hosted_zone_id": "{_}Z2FDTNDATAQYW2",
            "caller_reference": "Distribution.DistributionConfig.CallerReference",
        },
        local="retain_on_delete wait_for_deployment",
        changing={"etag status last_modified_time": ""},
    ),
    "aws_cloudfront_function": Kind(
        (
            Part(
                "cloudfront",
                create="CreateFunction",
                read="DescribeFunction",
                update="UpdateFunction",
                delete="DeleteFunction",
                key={"Name": "{name}", "IfMatch": "{etag}"},
                constants={"Stage": "DEVELOPMENT"},
                at="FunctionSummary",
                names={
                    "code": "FunctionCode",
                    "comment": "FunctionConfig.Comment",
                    "publish": "",
                    "runtime": "FunctionConfig.Runtime",
                },
            ),
            Part(
                "cloudfront",
                read="GetFunction",
                key={"Name": "{name}"},
                constants={"Stage": "DEVELOPMENT"},
                takes=("code",),
                names={"code": ""},
                learn=lambda answer, _: {"code": answer["FunctionCode"].read().decode()},
            ),
            # What is not published serves nobody, and no distribution takes it.
            Part(
                "cloudfront",
                create="PublishFunction",
                key={"Name": "{name}", "IfMatch": "{etag}"},
                takes=("publish",),
                names={"publish": ""},
            ),
        ),
        id="{name}",
        replaces="name",
        computed={"arn": "FunctionSummary.FunctionMetadata.FunctionARN", "etag": "ETag"},
        changing={"etag live_stage_etag status": ""},
    ),
    "aws_cloudfront_origin_access_control": Kind(
        (
            Part(
                "cloudfront",
                create="CreateOriginAccessControl",
                read="GetOriginAccessControl",
                update="UpdateOriginAccessControl",
                delete="DeleteOriginAccessControl",
                key={"Id": "{id}", "IfMatch": "{etag}"},
                into="OriginAccessControlConfig",
                at="OriginAccessControl.OriginAccessControlConfig",
            ),
        ),
        id="{id}",
        created={"id": "OriginAccessControl.Id"},
        computed={"etag": "ETag"},
        changing={"etag": ""},
    ),
}

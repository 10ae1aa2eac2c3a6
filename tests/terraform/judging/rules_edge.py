"""Rules over CloudFront distributions and the function URLs behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.terraform.judging.plan import Plan, Resource
from tests.terraform.judging.rule import Rule

DISTRIBUTION, ACCESS_CONTROL = "aws_cloudfront_distribution", "aws_cloudfront_origin_access_control"
FUNCTION, FUNCTION_BYTES = "aws_cloudfront_function", 10_240

ERROR_CODES = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
"""CloudFront API reference, "CustomErrorResponse"."""

METHODS = (
    {"GET", "HEAD"},
    {"GET", "HEAD", "OPTIONS"},
    {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"},
)
"""CloudFront API reference, "AllowedMethods"."""


def list_behaviors(distribution: Resource) -> list[Mapping[str, Any]]:
    """The default and the other behaviours of a distribution."""
    return [*distribution.blocks("default_cache_behavior"), *distribution.blocks("ordered_cache_behavior")]


def find_origin_kind(origin: Mapping[str, Any]) -> str:
    """What an origin is: a bucket (s3) or a function URL (lambda)."""
    return "lambda" if ".lambda-url." in str(origin.get("domain_name")) else "s3"


def _find_bad_behaviors(plan: Plan) -> Iterator[str]:
    for distribution in plan.of(DISTRIBUTION):
        origin_kinds = {each["origin_id"]: find_origin_kind(each) for each in distribution.blocks("origin")}
        for behavior in list_behaviors(distribution):
            place = f"{distribution.address}: {behavior.get('path_pattern') or 'the default behaviour'}"
            if behavior["target_origin_id"] not in origin_kinds:
                yield f"{place} goes to the origin {behavior['target_origin_id']}, which it does not have"
            allowed, cached = set(behavior.get("allowed_methods") or ()), set(behavior.get("cached_methods") or ())
            if allowed not in METHODS or cached not in METHODS[:2] or not cached <= allowed:
                yield f"{place} has methods that CloudFront does not take together"
            if bool(behavior.get("cache_policy_id")) == bool(behavior.get("forwarded_values")):
                yield f"{place} needs either a cache policy or forwarded_values"
            if (
                not (behavior.get("min_ttl") or 0)
                <= (behavior.get("default_ttl") or 0)
                <= (behavior.get("max_ttl") or 31_536_000)
            ):
                yield f"{place} has times that are not in order: min_ttl, default_ttl, max_ttl"
            if origin_kinds.get(behavior["target_origin_id"]) == "lambda" and "POST" in allowed:
                yield f"{place} lets bodies through, which the origin access control does not sign"
            for values in behavior.get("forwarded_values") or []:
                yield from (f"{place} {fault}" for fault in _judge_forwarded(values))


def _judge_forwarded(values: Mapping[str, Any]) -> Iterator[str]:
    keys, headers = values.get("query_string_cache_keys") or [], values.get("headers") or []
    if len(keys) > 10:
        yield f"caches by {len(keys)} query parameters, but at most 10"
    if keys and not values.get("query_string"):
        yield "names query parameters but does not forward them"
    if len(headers) > 10:
        yield f"forwards {len(headers)} headers, but at most 10"
    if any(each.lower() in ("host", "*") for each in headers):
        yield "forwards Host, which a function URL and a bucket refuse"
    if any(each.lower() == "authorization" for each in headers):
        yield "forwards Authorization, which the origin access control writes itself"


def _find_open_origins(plan: Plan) -> Iterator[str]:
    for distribution in plan.of(DISTRIBUTION):
        for origin in distribution.blocks("origin"):
            control = plan.find(ACCESS_CONTROL, id=origin.get("origin_access_control_id"))
            kind = find_origin_kind(origin)
            if origin.get("domain_name") and control and control["origin_access_control_origin_type"] != kind:
                yield f"{distribution.address}: {origin['origin_id']} is of {kind}, its access control is not"
            if "origin_access_control_id" not in origin and kind == "lambda":
                yield f"{distribution.address}: the origin {origin['origin_id']} is not signed for"
            path = origin.get("origin_path") or ""
            if path and (not path.startswith("/") or path.endswith("/")):
                yield f"{distribution.address}: origin_path {path} must begin and not end with a slash"


def _find_bad_errors(plan: Plan) -> Iterator[str]:
    for distribution in plan.of(DISTRIBUTION):
        for response in distribution.blocks("custom_error_response"):
            if response["error_code"] not in ERROR_CODES:
                yield f"{distribution.address}: CloudFront has no custom response for {response['error_code']}"
            if bool(response.get("response_code")) != bool(response.get("response_page_path")):
                yield f"{distribution.address}: response_code and response_page_path go together"


def _find_bad_functions(plan: Plan) -> Iterator[str]:
    used: set[Any] = set()
    for distribution in plan.of(DISTRIBUTION):
        for behavior in list_behaviors(distribution):
            events = [each["event_type"] for each in behavior.get("function_association") or []]
            used |= {each.get("function_arn") for each in behavior.get("function_association") or []}
            if len(events) != len(set(events)) or not set(events) <= {"viewer-request", "viewer-response"}:
                yield f"{distribution.address}: functions run once on each viewer-request and viewer-response"
    for function in plan.of(FUNCTION):
        if len(function["code"].encode()) > FUNCTION_BYTES:
            yield f"{function.address}: a function of more than {FUNCTION_BYTES} bytes"
        if not function["publish"]:
            yield f"{function.address}: a distribution takes only a function that is published"
        if function["arn"] and function["arn"] not in used:
            yield f"{function.address}: no distribution runs it"


def _find_bad_names(plan: Plan) -> Iterator[str]:
    for distribution in plan.of(DISTRIBUTION):
        root = distribution["default_root_object"] or ""
        if root.startswith("/") or len(root) > 255:
            yield f"{distribution.address}: default_root_object {root} has a slash at its beginning, or is too long"
        if len(distribution["comment"] or "") > 128:
            yield f"{distribution.address}: a comment of more than 128 characters"
        for certificate in distribution.blocks("viewer_certificate"):
            arn = certificate.get("acm_certificate_arn")
            if distribution["aliases"] and not arn:
                yield f"{distribution.address}: an alias needs a certificate"
            if arn and ":us-east-1:" not in arn:
                yield f"{distribution.address}: the certificate {arn} is not in us-east-1"
        acl = distribution["web_acl_id"]
        if acl and not re.fullmatch(r"arn:aws:wafv2:us-east-1:\d{12}:global/webacl/[^/]+/[^/]+", acl):
            yield f"{distribution.address}: {acl} is no web ACL for CloudFront, which are in us-east-1 and global"


EDGE_RULES = (
    Rule(
        "behaviour",
        'CloudFront API reference, "CacheBehavior" and "ForwardedValues"; aws-amplify/amplify-backend#3194',
        _find_bad_behaviors,
    ),
    Rule(
        "origin",
        'CloudFront developer guide, "Restrict access to an AWS Lambda function URL origin"',
        _find_open_origins,
    ),
    Rule(
        "edge function",
        'CloudFront developer guide, "Quotas" (on CloudFront Functions) and "Restrictions on all edge functions"',
        _find_bad_functions,
    ),
    Rule("error response", 'CloudFront API reference, "CustomErrorResponse"', _find_bad_errors),
    Rule("distribution", 'CloudFront API reference, "DistributionConfig"', _find_bad_names),
)

"""CKV_LB_4: nobody has access to what a bundle makes unless the bundle names them."""

from __future__ import annotations

from collections.abc import Iterator

from policy_checks import ScannedBlock, first_value, register_policy
from policy_statements import DOCUMENT, find_allowed

_BUCKET_BLOCKS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")


def find_faults(block: ScannedBlock) -> Iterator[str]:
    """Say what gives access to somebody whom the bundle does not name."""
    for statement in find_allowed(block):
        for kind, identifier in statement.principals:
            if "*" in kind or "*" in identifier:
                yield f"the principal {identifier} is everyone: name who may do this"
    if block.type.endswith("_permission"):
        yield from _find_in_permission(block)
    elif block.type == "aws_lambda_function_url" and first_value(block.conf, "authorization_type") != "AWS_IAM":
        yield "everyone may call the URL: authorization_type must be AWS_IAM"
    elif block.type == "aws_s3_bucket_public_access_block":
        for key in _BUCKET_BLOCKS:
            if str(first_value(block.conf, key)).lower() != "true":
                yield f"{key} must be true"
    elif block.type in ("aws_s3_bucket", "aws_s3_bucket_acl", "aws_s3_object"):
        acl = str(first_value(block.conf, "acl") or "")
        if acl.startswith("public") or acl == "authenticated-read":
            yield f"the ACL {acl} lets everyone in"


def _find_in_permission(block: ScannedBlock) -> Iterator[str]:
    principal = str(first_value(block.conf, "principal"))
    if "*" in principal:
        yield "the principal * is everyone: name who may do this"
    elif principal.endswith(".amazonaws.com") and not (
        first_value(block.conf, "source_arn") or first_value(block.conf, "source_account")
    ):
        yield f"{principal} acts for every account: give source_arn"


register_policy("CKV_LB_4", "No principal is public", find_faults, resources=("*",), data=(DOCUMENT,))

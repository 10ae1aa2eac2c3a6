"""CKV_LB_4: nobody outside is let in but by name."""

from __future__ import annotations

from collections.abc import Iterator

from judging import Block, first, judge
from policy_statements import DOCUMENT, allowed

_BLOCKS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")


def faults(block: Block) -> Iterator[str]:
    """Who is let in without being named."""
    for statement in allowed(block):
        for kind, identifier in statement.principals:
            if "*" in kind or "*" in identifier:
                yield f"the principal {identifier} is everyone: name who may do this"
    if block.kind.endswith("_permission"):
        yield from _permission(block)
    elif block.kind == "aws_lambda_function_url" and first(block.conf, "authorization_type") != "AWS_IAM":
        yield "everyone may call the URL: authorization_type must be AWS_IAM"
    elif block.kind == "aws_s3_bucket_public_access_block":
        for key in _BLOCKS:
            if str(first(block.conf, key)).lower() != "true":
                yield f"{key} must be true"
    elif block.kind in ("aws_s3_bucket", "aws_s3_bucket_acl", "aws_s3_object"):
        acl = str(first(block.conf, "acl") or "")
        if acl.startswith("public") or acl == "authenticated-read":
            yield f"the ACL {acl} lets everyone in"


def _permission(block: Block) -> Iterator[str]:
    principal = str(first(block.conf, "principal"))
    if "*" in principal:
        yield "the principal * is everyone: name who may do this"
    elif principal.endswith(".amazonaws.com") and not (
        first(block.conf, "source_arn") or first(block.conf, "source_account")
    ):
        yield f"{principal} acts for every account: give source_arn"


judge("CKV_LB_4", "No principal is public", faults, resources=("*",), data=(DOCUMENT,))

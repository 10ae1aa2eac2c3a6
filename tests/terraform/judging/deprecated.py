"""The arguments that the AWS provider warns of: its published schema, as we have it, does not mark them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_ROLE = "terraform-provider-aws#39203, #39718"
_BUCKET = 'terraform-provider-aws, "Terraform AWS Provider Version 4 Upgrade Guide"'

DEPRECATED: Mapping[str, Mapping[str, str]] = {
    "aws_dynamodb_table": {
        # Those of the table itself are not: only an index has `key_schema`.
        "global_secondary_index.hash_key": "terraform-provider-aws#46197",
        "global_secondary_index.range_key": "terraform-provider-aws#46197",
    },
    "aws_iam_role": {"inline_policy": _ROLE, "managed_policy_arns": _ROLE},
    "aws_s3_bucket": dict.fromkeys(
        (
            "acceleration_status",
            "acl",
            "cors_rule",
            "grant",
            "lifecycle_rule",
            "logging",
            "policy",
            "replication_configuration",
            "request_payer",
            "server_side_encryption_configuration",
            "versioning",
            "website",
        ),
        _BUCKET,
    ),
}
"""By the type of a resource: the path of an argument, and who says so."""


def find_deprecated(kind: str, values: Mapping[str, Any]) -> Iterator[str]:
    """The deprecated arguments that the configuration of a resource sets, each with its source."""
    for path, source in DEPRECATED.get(kind, {}).items():
        found: list[Any] = [values]
        for name in path.split("."):
            found = [inner for outer in found for inner in _list(outer.get(name))]
        if found:
            yield f"{path} is deprecated ({source})"


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]

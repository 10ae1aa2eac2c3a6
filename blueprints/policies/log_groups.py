"""CKV_LB_5: every log group has a retention and a key, and every function writes into a log group of the bundle."""

from __future__ import annotations

from collections.abc import Iterator

from policy_checks import ScannedBlock, first_value, register_policy

LOG_GROUP = "aws_cloudwatch_log_group"


def find_faults(block: ScannedBlock) -> Iterator[str]:
    """Say what a log group lacks, or that a function has no log group of the bundle."""
    if block.type == LOG_GROUP:
        if str(first_value(block.conf, "retention_in_days") or 0) == "0":
            yield "retention_in_days is missing: its logs would be kept for ever"
        if not first_value(block.conf, "kms_key_id"):
            yield "kms_key_id is missing: its logs would not be under the board's key"
        return
    log_group = str(first_value(block.conf, "logging_config", "log_group") or "")
    # checkov replaces a reference by the log group's name where that log group exists.
    if not log_group or LOG_GROUP in log_group:
        yield "it has no log group of this bundle: Lambda would make one, without retention and key"


register_policy(
    "CKV_LB_5",
    "Every log group has a retention and a key",
    find_faults,
    resources=(LOG_GROUP, "aws_lambda_function"),
)

"""CKV_LB_5: every log group has a retention and a key, and every function writes into such a one."""

from __future__ import annotations

from collections.abc import Iterator

from judging import Block, first, judge

GROUP = "aws_cloudwatch_log_group"


def faults(block: Block) -> Iterator[str]:
    """What a log group lacks, or a function that would be given one by Lambda, which has neither."""
    if block.kind == GROUP:
        if str(first(block.conf, "retention_in_days") or 0) == "0":
            yield "retention_in_days is missing: its logs would be kept for ever"
        if not first(block.conf, "kms_key_id"):
            yield "kms_key_id is missing: its logs would not be under the board's key"
        return
    group = str(first(block.conf, "logging_config", "log_group") or "")
    # checkov puts a group's name in the place of a reference to it, where there is such a group.
    if not group or GROUP in group:
        yield "it has no log group of this bundle: Lambda would make one, without retention and key"


judge("CKV_LB_5", "Every log group has a retention and a key", faults, resources=(GROUP, "aws_lambda_function"))

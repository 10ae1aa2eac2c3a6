"""Feeds with every key, for the samples."""

from __future__ import annotations

from typing import Any

ID = "7e57ab1e-0b5e-4c0d-9a1e-c0ffee00000"
"""An id without its last digit. AWS gives ids, so that no word of ours can stand in one."""


def feed(name: str, kind: str, digit: int) -> dict[str, Any]:
    """A feed of one type. `digit`: the last of its key's id; that of the key before it is one more."""
    key = f"arn:aws:kms:sa-east-1:111111111111:key/{ID}"
    keys = {"kms_key_arn": f"{key}{digit}", "kms_previous_keys": [f"{key}{digit + 1}"]}
    return {"name": name, "team": "zqteam", "types": [kind], **keys}

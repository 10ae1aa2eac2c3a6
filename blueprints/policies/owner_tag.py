"""CKV_LB_2: everything that a bundle makes is tagged with its owner."""

from __future__ import annotations

from collections.abc import Iterator

from policy_checks import ScannedBlock, first_value, register_policy


def find_faults(block: ScannedBlock) -> Iterator[str]:
    """Say that the provider's default tags lack the owner, if they do."""
    if not str(first_value(block.conf, "default_tags", "tags", "owner") or "").strip():
        yield "default_tags has no tag owner: nobody would know whom to call"


register_policy("CKV_LB_2", "Everything is tagged with its owner", find_faults, providers=("aws",))

"""CKV_LB_2: all that a bundle makes is tagged with its owner."""

from __future__ import annotations

from collections.abc import Iterator

from judging import Block, first, judge


def faults(block: Block) -> Iterator[str]:
    """The tag that a provider does not give."""
    if not str(first(block.conf, "default_tags", "tags", "owner") or "").strip():
        yield "default_tags has no tag owner: who would be called?"


judge("CKV_LB_2", "Everything is tagged with its owner", faults, providers=("aws",))

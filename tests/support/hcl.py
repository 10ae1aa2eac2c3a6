"""Cuts Terraform files into pieces. python-hcl2 is slow and most pieces are the same in every bundle, so a test can
remember what it has read in a piece."""

from __future__ import annotations

import re


def split_blocks(text: str) -> list[str]:
    """A formatted file, cut behind each line that closes a top-level block."""
    return re.split(r"(?m)(?<=^}\n)", text)

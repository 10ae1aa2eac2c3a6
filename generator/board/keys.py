"""Keys that Terraform's addresses and AWS's statement ids are made of. Each follows from one text of the YAML alone."""

from __future__ import annotations

import re
from hashlib import sha256

_HASH = 8
"""Hexadecimal digits of a hash. Nobody but the author of the YAML gains by two texts with the same one."""


def make_key(text: str, characters: str, length: int) -> str:
    """Make a key of some characters (the inside of a regular expression's brackets), at most `length` of them.

    It is the text itself if that fits; otherwise what can be kept of it, and a hash that makes it unique.
    """
    kept = re.sub(f"[^{characters}]", "-", text)
    if kept == text and len(text) <= length:
        return text
    return f"{kept[: length - _HASH - 1]}-{sha256(text.encode()).hexdigest()[:_HASH]}"

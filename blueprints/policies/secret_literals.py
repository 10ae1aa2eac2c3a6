"""CKV_LB_6: nothing that looks like a secret stands in a bundle."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from math import log2
from typing import Any

from judging import Block, judge

_KNOWN = {
    "an AWS access key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{40,})",
    "a GitLab token": r"\bglpat-[\w-]{20,}",
    "a Slack token": r"\bxox[abeoprs]-[\w-]{10,}",
    "a Stripe key": r"\b[rs]k_live_\w{20,}",
    "a Google API key": r"\bAIza[\w-]{35}",
    "a JSON Web Token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",
    "a password in an address": r"\b[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/:@]+@",
}
_PATTERNS = {what: re.compile(pattern) for what, pattern in _KNOWN.items()}
_NAME = re.compile(r"(?:^|_)(?:password|passwd|secret|token|api_?key|(?:access|secret|private)_key)$", re.IGNORECASE)
_REFERENCE = re.compile(r"\$\{|(?:var|local|data|module|each|aws_\w+)\.")
_RUN = re.compile(r"[A-Za-z0-9+/_=-]{32,}")
_HASH = re.compile(r"[0-9a-f]+|[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{22}==")
"""Digests as hexadecimal digits, and SHA-256, SHA-512 and MD5 in base64."""
_BITS = 4.2
"""Bits a character: of 40 random characters of base64 about 4.9; some digits or a word again and again have less."""
_CHANGES = 0.4
"""Changes between small, capital and other letters, by character: in random ones 0.63, InWordsRunTogether less."""
_BLOCKS = ("locals", "output", "variable", "module", "terraform")
"""Blocks that checkov hands to no check; they are looked at together with the provider of their module."""


def faults(block: Block) -> Iterator[str]:
    """Each value that looks like a secret: where it stands, and like what it looks, never the value."""
    yield from _faults(block.conf, block.kind)
    if block.kind == "aws" and "default_tags" in block.conf:
        for node in block.beside():
            if node["block_type_"] in _BLOCKS:
                yield from _faults(node.get("config_"), str(node["block_name_"]))


def _faults(value: Any, place: str, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, child in value.items():
            if not str(name).startswith("__"):
                yield from _faults(name, place, "")
                yield from _faults(child, f"{place}.{name}", str(name))
    elif isinstance(value, list):
        for child in value:
            yield from _faults(child, place, key)
    elif isinstance(value, str) and (what := _looks_like(value, key, place)):
        yield f"{place[:80]} looks like {what}: keep it in Secrets Manager or Parameter Store"


def _looks_like(text: str, key: str, place: str) -> str:
    for what, pattern in _PATTERNS.items():
        if pattern.search(text):
            return what
    if _NAME.search(key) and text and not _REFERENCE.match(text):
        return "a secret, by its name"
    # To such an address SNS sends, and its path is often its only key: who may know it is its owner's affair.
    if place != "aws_sns_topic_subscription.endpoint" and any(_is_random(run) for run in _RUN.findall(text)):
        return "a random token"
    return ""


def _is_random(run: str) -> bool:
    # An AWS secret key is 40 characters of base64, slashes included; other slashes part names in a path.
    for part in [run] if len(run) == 40 else run.split("/"):
        if len(part) < 32 or _HASH.fullmatch(part):
            continue
        kinds = ["a" if c.islower() else "A" if c.isupper() else "1" if c.isdigit() else "-" for c in part]
        changes = sum(kind != after for kind, after in pairwise(kinds)) / len(part)
        if {"a", "A", "1"} <= set(kinds) and changes >= _CHANGES and _entropy(part) >= _BITS:
            return True
    return False


def _entropy(text: str) -> float:
    """Shannon's, in bits a character."""
    return -sum(count / len(text) * log2(count / len(text)) for count in Counter(text).values())


judge("CKV_LB_6", "No secret stands in it", faults, resources=("*",), data=("*",), providers=("*",))

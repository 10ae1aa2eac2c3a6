"""CKV_LB_6: a bundle contains nothing that looks like a secret."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from math import log2
from typing import Any

from policy_checks import ScannedBlock, register_policy

_KNOWN_SECRETS = {
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
_PATTERNS = {what: re.compile(pattern) for what, pattern in _KNOWN_SECRETS.items()}
_SECRET_NAME = re.compile(
    r"(?:^|_)(?:password|passwd|secret|token|api_?key|(?:access|secret|private)_key)$", re.IGNORECASE
)
_REFERENCE = re.compile(r"\$\{|(?:var|local|data|module|each|aws_\w+)\.")
_LONG_RUN = re.compile(r"[A-Za-z0-9+/_=-]{32,}")
"""A run of characters that is long enough for a token."""
_DIGEST = re.compile(r"[0-9a-f]+|[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{22}==")
"""Hashes: hexadecimal digits, and SHA-256, SHA-512 and MD5 in base64."""
_MIN_ENTROPY = 4.2
"""The least entropy of a random run, in bits for each character. 40 random characters of base64 have about 4.9 each;
repeated digits or words have less."""
_MIN_CHANGES = 0.4
"""The least share of a random run's characters after which the class changes (small letter, capital, digit, other).
Random characters have 0.63; WordsRunTogether have less."""
_UNCHECKED_BLOCKS = ("locals", "output", "variable", "module", "terraform")
"""Blocks that checkov gives to no check. They are looked at together with the provider of their module."""


def find_faults(block: ScannedBlock) -> Iterator[str]:
    """Say which values look like a secret: where each is and what it looks like, never the value."""
    yield from _find_secrets(block.conf, block.type)
    if block.type == "aws" and "default_tags" in block.conf:
        for node in block.module_blocks():
            if node["block_type_"] in _UNCHECKED_BLOCKS:
                yield from _find_secrets(node.get("config_"), str(node["block_name_"]))


def _find_secrets(value: Any, path: str, key: str = "") -> Iterator[str]:
    """Look for secrets in a value. `path` is its place, as names with dots between them; `key` is the last name."""
    if isinstance(value, dict):
        for name, child in value.items():
            if not str(name).startswith("__"):
                yield from _find_secrets(name, path, "")
                yield from _find_secrets(child, f"{path}.{name}", str(name))
    elif isinstance(value, list):
        for child in value:
            yield from _find_secrets(child, path, key)
    elif isinstance(value, str) and (what := _classify(value, key, path)):
        yield f"{path[:80]} looks like {what}: keep it in Secrets Manager or Parameter Store"


def _classify(text: str, key: str, path: str) -> str:
    """What kind of secret a text looks like; empty for none."""
    for what, pattern in _PATTERNS.items():
        if pattern.search(text):
            return what
    if _SECRET_NAME.search(key) and text and not _REFERENCE.match(text):
        return "a secret, by its name"
    # SNS sends to this address. Its path is often its only protection, but the person who gave it decides on that.
    if path != "aws_sns_topic_subscription.endpoint" and any(_is_random(run) for run in _LONG_RUN.findall(text)):
        return "a random token"
    return ""


def _is_random(run: str) -> bool:
    # An AWS secret key is 40 characters of base64, in which a slash is a character. In a path it separates names.
    for part in [run] if len(run) == 40 else run.split("/"):
        if len(part) < 32 or _DIGEST.fullmatch(part):
            continue
        classes = ["a" if c.islower() else "A" if c.isupper() else "1" if c.isdigit() else "-" for c in part]
        changes = sum(one != other for one, other in pairwise(classes)) / len(part)
        if {"a", "A", "1"} <= set(classes) and changes >= _MIN_CHANGES and _entropy(part) >= _MIN_ENTROPY:
            return True
    return False


def _entropy(text: str) -> float:
    """Shannon's entropy of a text, in bits for each character."""
    return -sum(count / len(text) * log2(count / len(text)) for count in Counter(text).values())


register_policy("CKV_LB_6", "No secret stands in it", find_faults, resources=("*",), data=("*",), providers=("*",))

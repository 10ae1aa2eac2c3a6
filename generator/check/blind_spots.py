"""Finds what Terraform would apply and checkov would not look at.

checkov does not report what it misses: a file that it cannot parse, a resource that it skips, a policy that breaks. So
our policies write down what they look at, as evidence. Any part of a bundle that the evidence lacks is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from generator.check.findings import POLICIES, RawFinding
from generator.check.terraform_files import Bundle, is_in

_OVERRIDE = re.compile(r"(^|[/_])override\.tf$")
"""Override files: Terraform merges each of their blocks into the same block of another file, checkov does not."""
_SKIP_COMMENT = re.compile(r":skip= *(CKV_LB_\w+)")
"""A comment that makes checkov skip one of our own policies, which must hold for every bundle."""
_GAP = r"(?:[ \t]|/\*(?:[^*]|\*(?!/))*\*/)*"
"""What may be between the words of a block's first line: spaces and comments."""
_RESOURCE = re.compile(rf'^{_GAP}resource\b{_GAP}"?([\w-]+)"?{_GAP}"?([\w-]+)"?{_GAP}\{{', re.MULTILINE)
_MODULE = re.compile(rf'^{_GAP}module\b{_GAP}"?([\w-]+)"?{_GAP}\{{', re.MULTILINE)
_RESOURCE_POLICY = "CKV_LB_6"
"""The policy that looks at every resource: its evidence says which resources checkov saw."""


@dataclass(frozen=True)
class Evidence:
    """What our policies looked at."""

    policies: set[tuple[str, str]]
    """Folder of a module, and policy."""
    resources: set[tuple[str, str, str]]
    """Folder of a module, type and name."""


def read_evidence(text: str) -> Evidence:
    """Read the file in which our policies write what they look at, one line each."""
    evidence = Evidence(set(), set())
    for line in text.splitlines():
        policy, block, entity = line.split("\t", 2)
        path, kind, name = entity.split(":", 2)
        module = path.lstrip("/").rpartition("/")[0]
        evidence.policies.add((module, policy))
        if block == "resource" and policy == _RESOURCE_POLICY:
            evidence.resources.add((module, kind, name.partition("[")[0]))
    return evidence


def list_resources(bundle: Bundle) -> Iterator[tuple[str, int, str, str]]:
    """Each resource that is written in a bundle: path, line, type, name."""
    return ((path, line, kind, name) for path, line, kind, name in _find_matches(_RESOURCE, bundle))


def find_unscannable(bundles: Iterable[Bundle]) -> Iterator[RawFinding]:
    """Find what no tool would report: bundles without resources, files that checkov does not read, skipped policies."""
    for bundle in bundles:
        if next(list_resources(bundle), None) is None:
            yield RawFinding(f"{bundle.folder}/terraform", 0, "empty", "there is no resource in it")
        for path in bundle.json:
            message = "checkov does not read JSON: write it as HCL, in a file that ends in .tf"
            yield RawFinding(path, 0, "parse", message)
        for path in filter(_OVERRIDE.search, bundle.hcl):
            message = "Terraform merges it into the other files, unseen by checkov: give it another name"
            yield RawFinding(path, 0, "seen", message)
        for path, line, policy in _find_matches(_SKIP_COMMENT, bundle):
            yield RawFinding(path, line, "seen", f"{policy} cannot be skipped: delete this comment")


def find_unseen(bundle: Bundle, evidence: Evidence, unread: set[str]) -> Iterator[RawFinding]:
    """Find parts of a bundle that checkov did not look at, except in `unread` files, which have a finding already."""
    for path, line, kind, name in list_resources(bundle):
        if path not in unread and (path.rpartition("/")[0], kind, name) not in evidence.resources:
            yield RawFinding(path, line, "seen", "checkov did not look at it", f"{kind}.{name}")
    for path, line, name in _find_matches(_MODULE, bundle):
        message = "checkov does not look into modules: write its resources here"
        yield RawFinding(path, line, "seen", message, f"module.{name}")
    root = f"{bundle.folder}/terraform"
    for policy, says in POLICIES.items():
        if (root, policy) not in evidence.policies and not any(is_in(path, bundle.folder) for path in unread):
            yield RawFinding(root, 0, policy, f"{says}: the bundle has nothing that could show it")


def _find_matches(pattern: re.Pattern[str], bundle: Bundle) -> Iterator[tuple[Any, ...]]:
    """Path, line and groups of each place in the bundle's files that a pattern matches."""
    for path, data in bundle.hcl.items():
        text = data.decode("utf-8", "replace")
        for match in pattern.finditer(text):
            yield path, text.count("\n", 0, match.start(1)) + 1, *match.groups()

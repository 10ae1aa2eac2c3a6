"""Registers policies with checkov. A policy that raises an exception fails the block; checkov would let it pass.

checkov may run this file more than once, under one name: it keeps no state.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from checkov.common.checks.base_check import BaseCheck
from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.data.base_check import BaseDataCheck
from checkov.terraform.checks.provider.base_check import BaseProviderCheck
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

EVIDENCE = "LEADERBOARDS_EVIDENCE"
"""The environment variable that names a file, to which each policy adds a line for each block that it looks at.

checkov says nothing about a block that it never looked at. The file shows which blocks it has looked at."""

Conf = dict[str, Any]
"""The content of a block, as checkov gives it: each value in a list, references replaced by what they refer to if that
is known."""


class ScannedBlock:
    """A block of Terraform that a policy looks at, and the other blocks of its module."""

    def __init__(self, check: BaseCheck, conf: Conf, type_: str) -> None:
        self.conf = conf
        self.type = type_
        """The type of a resource or of a data source; of a provider, its name."""
        self.folder = check.entity_path.partition(":")[0].rpartition("/")[0]
        """The folder of its module, below the folder that is scanned, with a slash before it."""
        self.nodes: Iterable[tuple[int, Conf]] = check.graph.nodes() if check.graph is not None else ()
        """Every block of every module."""

    def module_blocks(self) -> Iterator[Conf]:
        """Every block of the same module."""
        # This runs for each pair of blocks, and comparing texts is faster than pathlib.
        return (node for _, node in self.nodes if node["file_path_"].rpartition("/")[0].endswith(self.folder))


FindFaults = Callable[[ScannedBlock], Iterable[str]]
"""What a policy does with a block: it says in words what is wrong with it, and nothing if it is right."""


def register_policy(
    policy: str,
    name: str,
    find_faults: FindFaults,
    resources: tuple[str, ...] = (),
    data: tuple[str, ...] = (),
    providers: tuple[str, ...] = (),
) -> None:
    """Register a policy with checkov under the id `policy`, for blocks of the given types; `*` is every type."""
    scan = partial(_scan, policy, find_faults)

    class ResourceCheck(BaseResourceCheck):
        def scan_entity_conf(self, conf: Conf, entity_type: str) -> CheckResult:
            return scan(self, conf, entity_type)

        def scan_resource_conf(self, conf: Conf) -> CheckResult:
            raise NotImplementedError

    class DataCheck(BaseDataCheck):
        def scan_entity_conf(self, conf: Conf, entity_type: str) -> CheckResult:
            return scan(self, conf, entity_type)

        def scan_data_conf(self, conf: Conf) -> CheckResult:
            raise NotImplementedError

    class ProviderCheck(BaseProviderCheck):
        def scan_entity_conf(self, conf: Conf, entity_type: str) -> CheckResult:
            return scan(self, conf, entity_type)

        def scan_provider_conf(self, conf: Conf) -> CheckResult:
            raise NotImplementedError

    # Each of these registers itself when it is created.
    categories = [CheckCategories.GENERAL_SECURITY]
    if resources:
        ResourceCheck(name=name, id=policy, categories=categories, supported_resources=resources)
    if data:
        DataCheck(name=name, id=policy, categories=categories, supported_data=data)
    if providers:
        ProviderCheck(name=name, id=policy, categories=categories, supported_provider=providers)


def first_value(conf: Conf, *keys: str) -> Any:
    """The value at a path of nested blocks, out of the lists that checkov wraps it in; None where there is none."""
    value: Any = conf
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, list):
            value = value[0] if value else None
    return value


def flatten_texts(value: Any) -> list[str]:
    """Every single value in nested lists, as text."""
    if isinstance(value, list | tuple):
        return [text for item in value for text in flatten_texts(item)]
    return [] if value is None else [str(value)]


def _scan(policy: str, find_faults: FindFaults, check: BaseCheck, conf: Conf, type_: str) -> CheckResult:
    """Let a policy look at one block, and give checkov the result."""
    _leave_evidence(policy, check)
    try:
        check.details = list(dict.fromkeys(find_faults(ScannedBlock(check, conf, type_))))
    except Exception as error:  # checkov would let the block pass
        check.details = [f"the policy broke on it: {type(error).__name__}: {error}"]
    return CheckResult.FAILED if check.details else CheckResult.PASSED


def _leave_evidence(policy: str, check: BaseCheck) -> None:
    if path := os.environ.get(EVIDENCE):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{policy}\t{check.block_type}\t{check.entity_path}\n")

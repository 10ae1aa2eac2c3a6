"""How a policy becomes checks of checkov, which never pass because of a fault of their own.

checkov may run this file more than once, under one name: it keeps no state.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from checkov.common.checks.base_check import BaseCheck
from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.data.base_check import BaseDataCheck
from checkov.terraform.checks.provider.base_check import BaseProviderCheck
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

EVIDENCE = "LEADERBOARDS_EVIDENCE"
"""The variable that names a file: each policy adds a line to it for each block that it looks at. Whoever runs checkov
can tell from it what was passed over; checkov itself passes what it does not see."""

Conf = dict[str, Any]
"""A block as checkov gives it: each value in a list, references replaced by what they refer to where that is known."""


class Block:
    """What a policy looks at."""

    def __init__(self, check: BaseCheck, conf: Conf, kind: str) -> None:
        self.conf = conf
        self.kind = kind
        """The type of a resource or of data; of a provider, its name."""
        self.folder = check.entity_path.partition(":")[0].rpartition("/")[0]
        """Of its module, below the folder that is scanned, with a slash before it."""
        self.nodes: Iterable[tuple[int, Conf]] = check.graph.nodes() if check.graph is not None else ()
        """Every block of every module."""

    def beside(self) -> Iterator[Conf]:
        """Every block of the same module."""
        # Text and not pathlib: this is asked of every block, for every module.
        return (node for _, node in self.nodes if node["file_path_"].rpartition("/")[0].endswith(self.folder))


Faults = Callable[[Block], Iterable[str]]
"""What is wrong with a block, in words; nothing if it is right."""


def judge(
    policy: str,
    name: str,
    faults: Faults,
    resources: tuple[str, ...] = (),
    data: tuple[str, ...] = (),
    providers: tuple[str, ...] = (),
) -> None:
    """Registers a policy, by its id, for those types of blocks; `*` stands for all types."""

    def scan(check: BaseCheck, conf: Conf, kind: str) -> CheckResult:
        if path := os.environ.get(EVIDENCE):
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(f"{policy}\t{check.block_type}\t{check.entity_path}\n")
        try:
            check.details = list(dict.fromkeys(faults(Block(check, conf, kind))))
        except Exception as error:  # checkov would take it for a check that passes
            check.details = [f"the policy broke on it: {type(error).__name__}: {error}"]
        return CheckResult.FAILED if check.details else CheckResult.PASSED

    class Resource(BaseResourceCheck):
        def scan_entity_conf(self, conf: Conf, entity_type: str) -> CheckResult:
            return scan(self, conf, entity_type)

        def scan_resource_conf(self, conf: Conf) -> CheckResult:
            raise NotImplementedError

    class Data(BaseDataCheck):
        def scan_entity_conf(self, conf: Conf, entity_type: str) -> CheckResult:
            return scan(self, conf, entity_type)

        def scan_data_conf(self, conf: Conf) -> CheckResult:
            raise NotImplementedError

    class Provider(BaseProviderCheck):
        def scan_entity_conf(self, conf: Conf, entity_type: str) -> CheckResult:
            return scan(self, conf, entity_type)

        def scan_provider_conf(self, conf: Conf) -> CheckResult:
            raise NotImplementedError

    of = [CheckCategories.GENERAL_SECURITY]
    if resources:
        Resource(name=name, id=policy, categories=of, supported_resources=resources)
    if data:
        Data(name=name, id=policy, categories=of, supported_data=data)
    if providers:
        Provider(name=name, id=policy, categories=of, supported_provider=providers)


def first(conf: Conf, *keys: str) -> Any:
    """The value at a path of nested blocks, out of the lists that checkov wraps it in; None where there is none."""
    value: Any = conf
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, list):
            value = value[0] if value else None
    return value


def texts(value: Any) -> list[str]:
    """Every single value in nested lists, as text."""
    if isinstance(value, list | tuple):
        return [text for item in value for text in texts(item)]
    return [] if value is None else [str(value)]

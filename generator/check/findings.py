"""The results of a check, as data, and the names of everything that is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.output.plan import Plan
from generator.pipeline import SourcePosition

POLICIES = {
    "CKV_LB_1": "Every board has its alarms",
    "CKV_LB_2": "Everything is tagged with its owner",
    "CKV_LB_3": "No action and no resource is *",
    "CKV_LB_4": "No principal is public",
    "CKV_LB_5": "Every log group has a retention and a key",
    "CKV_LB_6": "No secret stands in it",
    "CKV_LB_7": "Applying it runs no program",
}
"""Our own policies, by their ids in blueprints/policies/. Every bundle has something that each of them looks at."""

RULES = {
    "drift": "build/ is what the YAML says",
    "edit": "No edit harms a board that runs",
    "empty": "The bundle holds resources",
    "fmt": "It is formatted as terraform fmt would",
    "parse": "checkov and Terraform can read it",
    "seen": "checkov looked at every resource",
}
"""What else is checked, by the names that findings use."""


@dataclass(frozen=True, order=True)
class RawFinding:
    """What one step of the check found, before it is traced to its board."""

    path: str
    """Below build/."""
    line: int
    rule: str
    message: str
    resource: str = ""


@dataclass(frozen=True, order=True)
class Finding:
    """Something wrong in a bundle, with the place in the bundle and the board's place in the YAML."""

    yaml: SourcePosition
    """Where its board is written; the start of the main file if it belongs to no board."""
    file: str
    """The file's path, as the user would write it in the current folder: build/... or games/arcade/build/..."""
    line: int
    """Counted from 1; 0 means the whole file."""
    rule: str
    """The id of checkov's check, or a name in RULES."""
    message: str
    resource: str = ""
    """The address of the resource in Terraform; empty if the finding is about no single one."""
    bundle: str = ""
    """The bundle's folder below build/; empty for a file that is in no bundle."""
    board: str = ""

    @property
    def place(self) -> str:
        """The file, and the line if it has one: build/...:LINE."""
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def sentence(self) -> str:
        """What is wrong, and with which resource."""
        return f"{self.message} ({self.resource})" if self.resource else self.message


@dataclass(frozen=True)
class CheckedBundle:
    """A bundle that was checked."""

    folder: str
    """Below build/."""
    board: str
    yaml: SourcePosition
    resources: int
    """The number of resources that checkov looked at, now or when it last scanned the same content."""
    unchanged: bool
    """Whether it was found clean before, and so was not scanned again."""


@dataclass(frozen=True)
class Report:
    """The result of a check: what was found, and what was checked."""

    findings: tuple[Finding, ...]
    """Sorted by board and place."""
    bundles: tuple[CheckedBundle, ...]
    """In the order of the YAML."""
    left_out: dict[str, str]
    """What could not be checked, by missing tool: a sentence that says what to install."""
    drift: Plan | None
    """What `generate` would change in build/. None if there is no build/: then what it would write was checked."""
    feeds: Mapping[str, str] = field(default_factory=dict)
    """The name of each feed in the YAML, by the folder of its bundle."""

    @property
    def resources(self) -> int:
        """The number of resources that checkov looked at in all bundles."""
        return sum(bundle.resources for bundle in self.bundles)

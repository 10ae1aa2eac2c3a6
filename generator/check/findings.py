"""What a check finds, as data."""

from __future__ import annotations

from dataclasses import dataclass

from generator.output.plan import Plan
from generator.pipeline import Place

POLICIES = {
    "CKV_LB_1": "Every board has its alarms",
    "CKV_LB_2": "Everything is tagged with its owner",
    "CKV_LB_3": "No action and no resource is *",
    "CKV_LB_4": "No principal is public",
    "CKV_LB_5": "Every log group has a retention and a key",
    "CKV_LB_6": "No secret stands in it",
    "CKV_LB_7": "Applying it runs no program",
}
"""Our own policies, by the ids under which blueprints/policies/ has them. Every bundle has something for each."""

RULES = {
    "drift": "build/ is what the YAML says",
    "empty": "The bundle holds resources",
    "fmt": "It is formatted as terraform fmt does",
    "parse": "checkov and Terraform can read it",
    "seen": "checkov looked at every resource",
}
"""What is checked besides, by the names that findings have."""


@dataclass(frozen=True, order=True)
class RawFinding:
    """What one of the steps sees, before it is traced to its board."""

    path: str
    """Below build/."""
    line: int
    rule: str
    message: str
    resource: str = ""


@dataclass(frozen=True, order=True)
class Finding:
    """Something in a bundle that must not be so."""

    yaml: Place
    """Where its board is written; of no board, the start of the main file."""
    file: str
    """The file's path as a person would write it here: build/..."""
    line: int
    """Counted from 1; 0 where the whole file is meant."""
    rule: str
    """checkov's id of the check, or a name of `RULES`."""
    message: str
    resource: str = ""
    """Terraform's address of the resource; empty where none is meant."""
    bundle: str = ""
    """The bundle's folder below build/; empty for a file of none."""
    board: str = ""

    @property
    def place(self) -> str:
        """Where in the bundle it is: build/...:LINE."""
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def words(self) -> str:
        """What is wrong, and with what."""
        return f"{self.message} ({self.resource})" if self.resource else self.message


@dataclass(frozen=True)
class Checked:
    """A bundle that was looked at."""

    folder: str
    """Below build/."""
    board: str
    yaml: Place
    resources: int
    """Resources that checkov looked at, now or when it last looked at the same content."""
    unchanged: bool
    """Whether it had been found clean before and was not looked at again."""


@dataclass(frozen=True)
class Report:
    """What was found, in what was looked at."""

    findings: tuple[Finding, ...]
    """Sorted by board and place."""
    bundles: tuple[Checked, ...]
    """In the order of the YAML."""
    left_out: dict[str, str]
    """What could not be checked here: the tool, and a sentence that says what to install."""
    drift: Plan | None
    """What `generate` would change. None where there is no build/: then what it would write was looked at."""

    @property
    def resources(self) -> int:
        """Resources that checkov looked at in all bundles."""
        return sum(bundle.resources for bundle in self.bundles)

"""Every error that ends a command, with its exit code.

    LeaderboardsError
    |-- FindingError         1  the command found what it looks for: drift, a failed check, lost activities
    |-- InputError           2  what the person wrote or asked for is wrong
    |   |-- UnreadableError     a file of the project cannot be read
    |   `-- AuthoringError      a board cannot be added to the YAML
    `-- OutsideError         3  something outside this program failed
        |-- OutputError         the disk: a file cannot be read or written
        |-- ToolError           terraform or checkov is missing, or did not do its work
        |-- TerraformError      a bundle's Terraform holds what our reader does not know
        |-- LocalError          local mode: the embedded AWS, a board deployed into it, or a port
        |-- OperationError      AWS refused, or could not be asked
        `-- FunctionError       a Lambda function failed, or could not be run

The text of each is for a person: one or more whole lines. `cli.main` prints it and ends with the exit code; nobody else
catches an error just to print it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from generator.diagnostics.diagnostic import Diagnostic


class LeaderboardsError(Exception):
    """Base class of every error that ends a command."""

    exit_code: ClassVar[int]


class FindingError(LeaderboardsError):
    """The command found what it looks for. The text is empty where the findings are printed already."""

    exit_code = 1


class InputError(LeaderboardsError):
    """What the person wrote, in a file or on the command line, is wrong. The text says what to write instead."""

    exit_code = 2


class UnreadableError(InputError):
    """A file of the project cannot be read. Carries a diagnostic, so that it is printed like a mistake in a file."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.headline)


class AuthoringError(InputError):
    """A board cannot be added to the YAML. The text has a line for each reason."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("\n".join((*reasons, "Nothing is written.")))


class OutsideError(LeaderboardsError):
    """Something outside this program failed: the disk, a tool, the network, AWS."""

    exit_code = 3


class OutputError(OutsideError):
    """A file or folder cannot be read, or cannot or must not be written: it is a link, say, or has just changed."""


class ToolError(OutsideError):
    """Terraform or checkov is missing although the command needs it, or did not do its work."""


class TerraformError(OutsideError):
    """A bundle's Terraform holds something that our reader does not know, or refers to something that is not there."""


class LocalError(OutsideError):
    """Local mode cannot go on: the embedded AWS, a board that is deployed into it, or a port failed."""


class OperationError(OutsideError):
    """AWS refused what was asked, or could not be asked."""


class FunctionError(OutsideError):
    """A Lambda function failed, or could not be run. The text has its last log lines."""

    def __init__(self, text: str, kind: str = "", reason: str = "") -> None:
        """`kind` and `reason`: of an exception that ended the function, its type and its text; empty for none."""
        super().__init__(text)
        self.kind = kind
        self.reason = reason

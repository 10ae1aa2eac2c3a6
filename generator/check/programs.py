"""Finds and runs the programs that check bundles, terraform and checkov."""

from __future__ import annotations

import json
import os
import shutil
import signal
import site
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from generator import __version__
from generator.diagnostics.wording import replace_invisible
from generator.errors import ToolError
from generator.output.signals import hold_signals
from generator.progress import Progress

CHECKOV_VERSION = "3.3.30"
"""The version that `make setup` installs."""
TERRAFORM_VERSION = "1.11.4"
"""A version that bundles take, for what is written for other repositories."""
CHECKOV_INSTALL = (
    f"`make setup` in the tool's own repository installs it; anywhere, `pipx install checkov=={CHECKOV_VERSION}` does"
)
TERRAFORM_INSTALL = "https://developer.hashicorp.com/terraform/install"

_REMOVED_VARIABLES = (
    "BC_", "CHECKOV_", "CKV_", "PRISMA_", "TF_CLI_ARGS", "TF_SPLIT", "PYTHONPATH", "PYTHONHOME", "LOG_LEVEL",
)  # fmt: skip
"""Prefixes of environment variables that no tool gets: a person's own settings would change what is checked."""

_LAST_LINES = 12
"""Lines at the end of a program's output that an error shows."""


@dataclass(frozen=True)
class Tools:
    """The tools that were found."""

    terraform: str | None
    """Its path; None if it is not installed."""
    checkov: str | None
    versions: dict[str, str]
    """By tool, leaderboards among them."""
    left_out: dict[str, str]
    """By missing tool: a sentence that says what cannot be checked without it, and what to install."""


@dataclass(frozen=True)
class ProgramResult:
    """The exit code and the output of a program that has ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def last_lines(self) -> str:
        """The last lines of its output, safe to print."""
        output = (self.stderr or self.stdout).strip().splitlines()[-_LAST_LINES:]
        return "\n".join(replace_invisible(line, " ") for line in output) or "it printed nothing"


def find_tools(project: Path, scratch: Path, progress: Progress) -> Tools:
    """Find terraform and checkov, with their versions. Raises ToolError if one is missing and the variable CI is set.

    `scratch`: a folder to run them in.
    """
    versions, left_out = {"leaderboards": __version__}, {}
    if terraform := find_terraform():
        versions["terraform"] = read_terraform_version(terraform, scratch, progress)
    else:
        left_out["terraform"] = _report_missing("terraform", "the format of the Terraform files", TERRAFORM_INSTALL)
    if checkov := find_checkov(project):
        versions["checkov"] = read_checkov_version(checkov, scratch, progress)
    else:
        left_out["checkov"] = _report_missing("checkov", "the policies", CHECKOV_INSTALL)
    return Tools(terraform, checkov, versions, left_out)


def find_terraform() -> str | None:
    """The path of terraform: from the variable TERRAFORM, else from PATH."""
    return os.environ.get("TERRAFORM") or shutil.which("terraform")


def find_checkov(project: Path) -> str | None:
    """The path of checkov: from the variable CHECKOV, else where `make setup` installs it, else from PATH."""
    if os.environ.get("CHECKOV"):
        return os.environ["CHECKOV"]
    for folder in (project, Path(sys.prefix).parent):
        path = folder.resolve() / ".venv-checkov" / "bin" / "checkov"
        if path.is_file():
            return str(path)
    return shutil.which("checkov")


def read_terraform_version(terraform: str, folder: Path, progress: Progress) -> str:
    """The version of terraform. Asked anew for each check: one path may lead to several versions, as with tfenv."""
    result = run_program([terraform, "version", "-json"], folder, progress)
    try:
        return str(json.loads(result.stdout)["terraform_version"])
    except (ValueError, KeyError, TypeError):
        raise ToolError(f"{terraform} does not print its version:\n{result.last_lines}") from None


def read_checkov_version(checkov: str, folder: Path, progress: Progress) -> str:
    """The version of checkov."""
    # checkov needs two seconds to print its version, which is also in the name of a folder of its installation.
    found = list(Path(checkov).resolve().parent.parent.glob("lib/python*/site-packages/checkov-*.dist-info"))
    if len(found) == 1:
        return found[0].name.removeprefix("checkov-").removesuffix(".dist-info")
    result = run_program([checkov, "--version"], folder, progress)
    if result.code or not result.stdout.strip():
        raise ToolError(f"{checkov} does not print its version:\n{result.last_lines}")
    return result.stdout.strip()


def run_program(
    command: list[str],
    folder: Path,
    progress: Progress,
    environment: Mapping[str, str] | None = None,
    home: bool = True,
) -> ProgramResult:
    """Run a program in a folder until it ends. Without `home`, it does not find settings in the user's home folder.

    Raises ToolError if it cannot be started. If leaderboards is interrupted, it ends the program and its children.
    """
    out, err = folder / ".stdout", folder / ".stderr"
    with out.open("wb") as stdout, err.open("wb") as stderr:

        def start() -> subprocess.Popen[bytes]:
            try:
                return subprocess.Popen(  # noqa: S603 (both programs are the user's own)
                    command,
                    cwd=folder,
                    env={**_make_environment(folder, home), **(environment or {})},
                    stdin=subprocess.DEVNULL,
                    stdout=stdout,
                    stderr=stderr,
                    start_new_session=True,
                )
            except OSError as error:
                raise ToolError(f"{command[0]} could not be started: {error.strerror}") from None

        code = _run(start, progress)
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in (out, err)]
    return ProgramResult(code, *texts)


def _make_environment(folder: Path, home: bool) -> dict[str, str]:
    """The environment of a tool: ours, without a person's own settings of that tool."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(_REMOVED_VARIABLES)}
    variables["CHECKPOINT_DISABLE"] = "1"  # Terraform would look for newer versions on the network
    if not home:
        # A program that was installed for one user only still has to find its libraries.
        variables |= {"HOME": str(folder), "USERPROFILE": str(folder)}
        variables.setdefault("PYTHONUSERBASE", site.getuserbase())
    return variables


def _run(start: Callable[[], subprocess.Popen[bytes]], progress: Progress) -> int:
    """Run a process until it ends, and return its exit code. Ends its process group if this program is interrupted."""
    process: subprocess.Popen[bytes] | None = None
    try:
        with hold_signals():  # a process that starts is known to nobody yet, and would go on after us
            process = start()
        while True:
            try:
                return process.wait(0.1)
            except subprocess.TimeoutExpired:
                progress.tick()
    except BaseException:
        if process is not None:
            _kill(process)
        raise


def _kill(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        # It may just have ended, and all that it has started. Of such a group macOS says that it must not be killed.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _report_missing(tool: str, unchecked: str, install: str) -> str:
    """The sentence that says that a tool is missing. Raises ToolError with it if the variable CI is set."""
    sentence = f"{tool} is not installed, so {unchecked} could not be checked ({install})"
    if os.environ.get("CI"):
        raise ToolError(sentence)
    return sentence

"""The programs that look at bundles: where they are, of which version, and running them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import site
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.check.progress import Progress
from generator.errors import PolicyError

CHECKOV_INSTALL = "make setup installs it; so does pip install checkov==3.3.30 in an environment of its own"
TERRAFORM_INSTALL = "https://developer.hashicorp.com/terraform/install"

_FOREIGN = ("BC_", "CHECKOV_", "CKV_", "PRISMA_", "TF_CLI_ARGS", "TF_SPLIT", "PYTHONPATH", "PYTHONHOME", "LOG_LEVEL")
"""Variables that a person has set for their own use of a tool: they would change what is checked."""


@dataclass(frozen=True)
class Done:
    """A program that has ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def last_words(self) -> str:
        """The last lines of what it wrote, safe to print."""
        output = (self.stderr or self.stdout).strip().splitlines()[-12:]
        lines = ["".join(c if c.isprintable() else " " for c in line) for line in output]
        return "\n".join(lines) or "it said nothing"


def terraform_at() -> str | None:
    """Where Terraform is: the variable TERRAFORM, the PATH."""
    return os.environ.get("TERRAFORM") or shutil.which("terraform")


def checkov_at(project: Path) -> str | None:
    """Where checkov is: the variable CHECKOV, the environment that `make setup` made, the PATH."""
    if os.environ.get("CHECKOV"):
        return os.environ["CHECKOV"]
    for folder in (project, Path(sys.prefix).parent):
        path = folder.resolve() / ".venv-checkov" / "bin" / "checkov"
        if path.is_file():
            return str(path)
    return shutil.which("checkov")


def missing(tool: str, what: str, install: str) -> str:
    """The sentence about a tool that is not there. Raises PolicyError where the variable CI is set."""
    sentence = f"{tool} is not installed, so {what} could not be checked ({install})"
    if os.environ.get("CI"):
        raise PolicyError(sentence)
    return sentence


def terraform_version(terraform: str, folder: Path, progress: Progress) -> str:
    """Which Terraform it is. Asked each time: behind one path may be a program that chooses."""
    done = run([terraform, "version", "-json"], folder, progress)
    try:
        return str(json.loads(done.stdout)["terraform_version"])
    except (ValueError, KeyError, TypeError):
        raise PolicyError(f"{terraform} does not tell its version:\n{done.last_words}") from None


def checkov_version(checkov: str, folder: Path, progress: Progress) -> str:
    """Which checkov it is."""
    # It takes two seconds to say so itself; what is installed beside it says it at once.
    found = list(Path(checkov).resolve().parent.parent.glob("lib/python*/site-packages/checkov-*.dist-info"))
    if len(found) == 1:
        return found[0].name.removeprefix("checkov-").removesuffix(".dist-info")
    done = run([checkov, "--version"], folder, progress)
    if done.code or not done.stdout.strip():
        raise PolicyError(f"{checkov} does not tell its version:\n{done.last_words}")
    return done.stdout.strip()


def run(
    command: list[str],
    folder: Path,
    progress: Progress,
    environment: Mapping[str, str] | None = None,
    home: bool = True,
) -> Done:
    """Runs a program in a folder to its end. Without `home`, what a person keeps in their home is out of its sight.

    Raises PolicyError if it cannot be started. Whatever ends this program ends that one, and all that it started.
    """
    variables = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    variables["CHECKPOINT_DISABLE"] = "1"  # Terraform would ask for newer versions
    if not home:
        # A program that was installed for one user still has to find its libraries.
        variables |= {"HOME": str(folder), "USERPROFILE": str(folder)}
        variables.setdefault("PYTHONUSERBASE", site.getuserbase())
    out, err = folder / ".stdout", folder / ".stderr"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        try:
            process = subprocess.Popen(  # noqa: S603 (both programs are the user's own)
                command,
                cwd=folder,
                env={**variables, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        except OSError as error:
            raise PolicyError(f"{command[0]} could not be started: {error.strerror}") from None
        try:
            while True:
                try:
                    code = process.wait(0.1)
                    break
                except subprocess.TimeoutExpired:
                    progress.tick()
        except BaseException:
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
            process.wait()
            raise
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in (out, err)]
    return Done(code, *texts)

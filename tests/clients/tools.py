"""What `make test-clients` has set up of each language, and programs that are made and run with it."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import programs
from tests.support.paths import REPOSITORY

INSTALLED = REPOSITORY / ".clients"
"""Where `make test-clients` puts what it installs."""
SECONDS = 300
"""How long a command may take, in seconds: long enough for a compiler on a machine that is busy."""

NEEDS = {"python": (), "node": ("node", "npm"), "go": ("go",), "java": ("java", "javac", "mvn")}
"""The programs that each language needs of the machine."""
BRINGS = {
    "python": (),
    "node": ("node_modules",),
    "go": ("go.mod", "go.sum"),
    "java": ("lib", "openapi-generator-cli.jar"),
}
"""What of a language's installed tools stands beside a program that uses them."""


@dataclass(frozen=True)
class Toolbox:
    """The tools of some languages, and a folder in which programs are made and run with them."""

    languages: tuple[str, ...]
    folder: Path

    def __post_init__(self) -> None:
        for language in self.languages:
            for name in BRINGS[language]:
                source, place = INSTALLED / language / name, self.folder / name
                if source.is_dir():
                    place.symlink_to(source)
                else:
                    shutil.copyfile(source, place)

    def run(self, command: str) -> str:
        """Run a line of a shell in the folder, and return what it prints. If it fails, the test fails with that."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        if done.returncode:
            pytest.fail(f"{command}\nexit {done.returncode}\n{done.stdout}{done.stderr}", pytrace=False)
        return done.stdout + done.stderr

    def start(self, command: str) -> subprocess.Popen[str]:
        """Start a program, whose input and outputs are pipes, with a line of a shell."""
        return subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def _environment(self) -> dict[str, str]:
        """Our environment with the installed tools first on the PATH, and without a Python of ours."""
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
        places = [str(INSTALLED / name / part) for name in self.languages for part in ("bin", "node_modules/.bin")]
        # What listens on this machine is asked without a proxy, and nothing is reported to anybody.
        quiet = {"NO_PROXY": "127.0.0.1", "REDOCLY_TELEMETRY": "off", "PYTHONUTF8": "1"}
        return kept | quiet | {"PATH": os.pathsep.join([*places, kept["PATH"]])}


def need_tools(folder: Path, *languages: str) -> Toolbox:
    """The tools of some languages. If the machine lacks one, the test is skipped and says what to install.

    On CI it fails instead. `folder`: where the test makes and runs its programs.
    """
    for language in languages:
        for program in NEEDS[language]:
            programs.need(program)
        if not (INSTALLED / language / "ready").is_file():
            pytest.fail(f".clients/{language} is not set up: run make test-clients", pytrace=False)
    return Toolbox(languages, folder)

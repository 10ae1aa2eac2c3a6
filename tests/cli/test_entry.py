"""The entry of the command: our packages are imported even if others have the same names."""

from __future__ import annotations

import os
import shutil
import tomllib
from pathlib import Path

import pytest

from tests.support.paths import REPOSITORY
from tests.support.processes import finish, start_python

ENTRY = "generator/cli/entry.py"
COMMAND = "from leaderboards_from_yaml import main; main()"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder that holds the entry alone, under the name that it is installed by."""
    (tmp_path / "installed").mkdir()
    shutil.copy(REPOSITORY / ENTRY, tmp_path / "installed" / "leaderboards_from_yaml.py")
    return tmp_path / "installed"


def run(*path: Path) -> tuple[str, str, int]:
    """`leaderboards validate` on the sample, with those folders on PYTHONPATH."""
    process = start_python("-c", COMMAND, "validate", cwd=REPOSITORY, PYTHONPATH=os.pathsep.join(map(str, path)))
    return *finish(process), process.returncode


def test_the_entry_is_what_is_installed() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["scripts"] == {"leaderboards": "leaderboards_from_yaml:main"}
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {ENTRY: "leaderboards_from_yaml.py"}


@pytest.mark.parametrize("name", ["generator", "runtime", "blueprints"])
@pytest.mark.parametrize("file", ["{}.py", "{}/__init__.py"])
def test_packages_of_the_same_names_are_passed_over(installed: Path, tmp_path: Path, name: str, file: str) -> None:
    theirs = tmp_path / "theirs" / file.format(name)
    theirs.parent.mkdir(parents=True)
    theirs.write_text("raise SystemExit('not ours')\n")
    assert run(tmp_path / "theirs", installed, REPOSITORY) == ("leaderboards.yaml: 8 boards, nothing wrong\n", "", 0)


def test_packages_that_are_imported_before_the_entry_are_replaced(installed: Path, tmp_path: Path) -> None:
    for name in ("generator", "runtime"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
    (tmp_path / "sitecustomize.py").write_text("import generator, runtime\n")
    assert run(tmp_path, installed, REPOSITORY)[2] == 0


def test_a_broken_installation_is_reported_in_one_sentence(installed: Path) -> None:
    # Without site-packages (-S), where a development install points here.
    process = start_python("-S", "-c", COMMAND, cwd=installed, PYTHONPATH=str(installed))
    message = "leaderboards: its own files are missing. Install leaderboards-from-yaml again.\n"
    assert finish(process) == ("", message)
    assert process.returncode == 3

"""The package: a wheel has all that the commands need, wherever it is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.paths import REPOSITORY

PROGRAM = "import sys; sys.path.insert(0, sys.argv.pop(1)); from leaderboards_from_yaml import main; main()"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a wheel, unpacked as pip unpacks it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_it_has_every_file_of_ours(installed: Path) -> None:
    for package in ("generator", "runtime", "blueprints"):
        ours = {
            path.relative_to(REPOSITORY).as_posix()
            for path in (REPOSITORY / package).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        packed = {path.relative_to(installed).as_posix() for path in (installed / package).rglob("*") if path.is_file()}
        # This one is installed under a name that nobody else has.
        assert packed == ours - {"generator/cli/entry.py"}
    assert (installed / "leaderboards_from_yaml.py").is_file()


def test_a_project_begins_and_makes_its_bundle_with_nothing_but_the_wheel(installed: Path, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    for arguments in (
        ["init", "game"],
        ["validate", "--file", "game/leaderboards.yaml"],
        ["generate", "--file", "game/leaderboards.yaml"],
    ):
        command = [sys.executable, "-P", "-c", PROGRAM, str(installed), *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "game/build/game/weekly-wins/lambda/board.zip").is_file()

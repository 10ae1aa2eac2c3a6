"""What lies in a folder and is no file keeps no command waiting: a named pipe has no content until somebody writes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from generator.errors import OutputError, UnreadableError
from generator.output.build_folder import BuildFolder
from generator.source.inputs import read_files
from generator.source.pictures import read_logo
from generator.source.regular import open_regular

SECONDS = 120.0
"""How long a read may take on a busy machine; one that waits for the pipe never ends."""


def read_pipe(folder: Path) -> object:
    """The file beside it that is none."""
    return open_regular(folder / "teams/pipe.yaml").readall()


def read_build(folder: Path) -> object:
    """A file of a bundle."""
    return BuildFolder(folder / "teams").read("pipe.yaml")


def read_project(folder: Path) -> object:
    """A file that `include:` names."""
    (folder / "main.yaml").write_text("include: ['teams/*.yaml']\n")
    return read_files(folder / "main.yaml")


def read_beside(folder: Path) -> object:
    """A file beside those that `include:` names."""
    (folder / "main.yaml").write_text("include: ['teams/*.yml']\n")
    return sorted(read_files(folder / "main.yaml").files)


def read_picture(folder: Path) -> object:
    """A logo."""
    return read_logo(folder, "teams/pipe.yaml")


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (read_pipe, OSError),
        (read_build, OutputError),
        (read_project, UnreadableError),
        (read_beside, ["main.yaml"]),
        (read_picture, None),
    ],
)
def test_nobody_waits_for_a_pipe(read: Callable[[Path], object], expected: object, tmp_path: Path) -> None:
    (tmp_path / "teams").mkdir()
    os.mkfifo(tmp_path / "teams/pipe.yaml")
    found: list[object] = []

    def look() -> None:
        try:
            found.append(read(tmp_path))
        except (OSError, OutputError, UnreadableError) as error:
            found.append(type(error))

    thread = Thread(target=look, daemon=True)
    thread.start()
    thread.join(SECONDS)
    assert found == [expected]


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    with open_regular(tmp_path / "file") as stream:
        assert stream.read(3) == b"con"

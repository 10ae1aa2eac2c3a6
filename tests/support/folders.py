"""Folders as dictionaries from path to content."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path in it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder, which need not be there yet."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)

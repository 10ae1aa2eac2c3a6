"""Reads and writes .leaderboards_cache beside leaderboards.yaml: what commands remember to be faster the next time.

It can be deleted at any time: whatever is missing or damaged is computed again.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from generator.output.replace_file import write_whole

FOLDER = ".leaderboards_cache"


def read_document(project: Path, name: str) -> Any:
    """Read a JSON document. Returns None if it is missing or damaged."""
    try:
        return json.loads((project / FOLDER / name).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def create_folder(project: Path) -> bool:
    """Create the folder, with a .gitignore. Returns False if it cannot be used: it is a link, or the disk refuses."""
    folder = project / FOLDER
    if folder.is_symlink():
        return False
    try:
        folder.mkdir(exist_ok=True)
        write_whole(folder / ".gitignore", b"*\n")
    except OSError:
        return False
    return True


def write_document(project: Path, name: str, document: Any) -> None:
    """Write a JSON document, after `create_folder`. Does nothing if the disk refuses."""
    with suppress(OSError):
        write_whole(project / FOLDER / name, json.dumps(document, indent=2, sort_keys=True).encode() + b"\n")

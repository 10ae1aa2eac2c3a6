"""The folder .leaderboards_cache beside leaderboards.yaml: what commands remember to be quicker the next time.

Nothing in it is needed: whatever is missing or damaged is made anew.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from generator.output.replace_file import write_whole

FOLDER = ".leaderboards_cache"


def read_document(project: Path, name: str) -> Any:
    """Read a JSON document; None if it is missing or cannot be read."""
    try:
        return json.loads((project / FOLDER / name).read_bytes())
    except (OSError, ValueError):
        return None


def create_folder(project: Path) -> bool:
    """Create the folder, with a .gitignore that excludes it. Returns False if a link is there or the disk refuses."""
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
    """Write a JSON document, after `create_folder`. Does nothing where the disk refuses."""
    with suppress(OSError):
        write_whole(project / FOLDER / name, json.dumps(document, indent=2, sort_keys=True).encode() + b"\n")

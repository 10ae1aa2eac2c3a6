"""leaderboards.yaml and what it includes, off the disk."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from generator.diagnostics.diagnostic import Diagnostic
from generator.errors import UnreadableError
from generator.source.globs import pattern
from generator.source.tree import MAX_BYTES, read_tree

MAX_INCLUDES = 100
"""Patterns of `include:`. Each is looked for on the disk."""


@dataclass(frozen=True)
class Inputs:
    """The files that boards are made of."""

    main: str
    """The name of the main file in `files`."""
    files: dict[str, bytes]
    """Content by path beside the main file, with forward slashes."""
    folder: Path
    """Where the main file lies; build/ is beside it."""

    def shown(self, file: str) -> str:
        """The path of one of the files as the person would write it here."""
        return (self.folder / file).as_posix()


def read(file: Path) -> Inputs:
    """The main file and every file that its `include:` names. Raises UnreadableError."""
    files = {file.name: _content(file, "Go to its folder, or name it with --file.")}
    for glob in includes(file.name, files[file.name]):
        for path in _matching(file.parent, glob):
            if path not in files:
                files[path] = _content(file.parent / path, "It was there a moment ago: try again.")
    return Inputs(file.name, files, file.parent)


def includes(main: str, data: bytes) -> list[str]:
    """The patterns of the main file's `include:`; those that are no text are left out."""
    root = read_tree(main, data).root
    node = root.get("include") if root else None
    items = node.sequence()[:MAX_INCLUDES] if node else []
    return [text for item in items if (text := item.text()) is not None]


def _content(file: Path, hint: str) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)  # enough to see that it is too large
    except FileNotFoundError:
        raise _unreadable(file, "there is no such file", hint) from None
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise _unreadable(file, message, "Name a file that you may read.") from None


def _unreadable(file: Path, message: str, hint: str) -> UnreadableError:
    return UnreadableError(Diagnostic(file.as_posix(), 0, 0, "", message, hint, "file"))


def _matching(folder: Path, glob: str) -> list[str]:
    """The files that an `include:` pattern means, as paths below the folder, sorted."""
    regex = pattern(glob)
    if regex is None:
        return []
    parts = glob.split("/")
    if parts[0] == "build":
        return []
    fixed = 0
    while fixed < len(parts) - 1 and not set("*?") & set(parts[fixed]):
        fixed += 1
    found = []
    for here, folders, names in os.walk(folder.joinpath(*parts[:fixed])):  # follows no links to folders
        below = Path(here).relative_to(folder).parts
        found += [path for name in names if regex.fullmatch(path := "/".join((*below, name)))]
        deepest = "**" not in parts and len(below) >= len(parts) - 1
        # What is generated is no input, here as above.
        hidden = {"build"} if not below else set()
        folders[:] = [] if deepest else [name for name in folders if name[0] != "." and name not in hidden]
    return sorted(found)

"""Reads leaderboards.yaml and the files that it includes from the disk."""

from __future__ import annotations

import os
import re
from collections.abc import Container, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from generator.diagnostics.diagnostic import Diagnostic
from generator.errors import UnreadableError
from generator.source.globs import compile_glob
from generator.source.pictures import list_logos, read_logo
from generator.source.regular import open_regular
from generator.source.tree import MAX_BYTES, read_tree

_TEAM_KEYS = (rb"(?m)^team[ \t]*:", rb"(?m)^boards[ \t]*:")
"""The keys by which a file looks like a team file."""
_MOST_BESIDE = 1000
"""Files of a folder that are looked at."""

MAX_INCLUDES = 100
"""Patterns that `include:` may have. Each one costs a search of the disk."""


@dataclass(frozen=True)
class Inputs:
    """The files that a project consists of."""

    main: str
    """The main file's name in `files`."""
    files: dict[str, bytes]
    """Content by path beside the main file, with forward slashes: of the main file, of those that `include:` names, and
    of those beside them that look like a team file although no pattern takes them, and of the logos that they name."""
    folder: Path
    """The folder of the main file, and of build/."""
    logos: frozenset[str] = frozenset()
    """The paths of the files that are read as pictures."""

    def display_path(self, file: str) -> str:
        """The path of one of the files as the user would write it in the current folder."""
        return (self.folder / file).as_posix()


def read_files(file: Path) -> Inputs:
    """Read the main file, every file that its `include:` names, what looks like a team file beside those, and the logos
    that they name. Raises UnreadableError."""
    files = {file.name: _read_file(file, "Go to its folder, or name it with --file.", waits=True)}
    folders: dict[str, None] = {}
    for glob in list_includes(file.name, files[file.name]):
        matches = find_matches(file.parent, glob)
        folders |= dict.fromkeys(path.rpartition("/")[0] for path in (*matches, *_fixed_file(glob)))
        for path in matches:
            if path not in files:
                files[path] = _read_file(file.parent / path, "It was there a moment ago: try again.")
    named = dict.fromkeys(path for name, data in files.items() for path in list_logos(name, data) if path not in files)
    logos = {path: data for path in named if (data := read_logo(file.parent, path)) is not None}
    beside = _read_beside(file.parent, folders, {**files, **logos})
    return Inputs(file.name, files | beside | logos, file.parent, frozenset(logos))


def list_includes(main: str, data: bytes) -> list[str]:
    """List the patterns of the main file's `include:`, without the values that are not text."""
    root = read_tree(main, data).root
    node = root.get("include") if root else None
    items = node.sequence()[:MAX_INCLUDES] if node else []
    return [text for item in items if (text := item.text()) is not None]


def _read_file(file: Path, hint: str, waits: bool = False) -> bytes:
    """Read a file. `waits`: also one that another program writes meanwhile."""
    try:
        with file.open("rb") if waits else open_regular(file) as stream:
            return stream.read(MAX_BYTES + 1)  # enough to see that it is too large
    except FileNotFoundError:
        raise _make_error(file, "there is no such file", hint) from None
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise _make_error(file, message, "Name a file that you may read.") from None


def _fixed_file(glob: str) -> tuple[str, ...]:
    """A path in the folder that a pattern names without `*` and `?`; none if the pattern is not a path below here."""
    return () if compile_glob(glob) is None else (re.split(r"[^/]*[*?]", glob)[0] or "x",)


def _read_beside(folder: Path, below: Iterable[str], taken: Container[str]) -> dict[str, bytes]:
    """Read the files of some folders that look like a team file, without those that are taken already.

    A pattern such as teams/*.yaml leaves out teams/nebula.yml, and nobody would miss its boards before the players do.
    """
    found: dict[str, bytes] = {}
    for name in below:
        with suppress(OSError), os.scandir(folder / name) as entries:
            names = sorted(each.name for each in entries if re.fullmatch(r"[^.].*\.ya?ml", each.name, re.IGNORECASE))
            for path in (f"{name}/{each}" if name else each for each in names[:_MOST_BESIDE]):
                if path not in taken and path.isprintable():
                    with suppress(OSError), open_regular(folder / path) as stream:
                        data = stream.read(MAX_BYTES + 1)
                        found |= {path: data} if all(re.search(key, data) for key in _TEAM_KEYS) else {}
    return found


def _make_error(file: Path, message: str, hint: str) -> UnreadableError:
    return UnreadableError(Diagnostic(file.as_posix(), 0, 0, "", message, hint, "file"))


def find_matches(folder: Path, glob: str) -> list[str]:
    """Find the files that an `include:` pattern matches, as sorted paths below the folder."""
    regex = compile_glob(glob)
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
        # build/ holds what is generated, which is never an input.
        skipped = {"build"} if not below else set()
        folders[:] = [] if deepest else [name for name in folders if name[0] != "." and name not in skipped]
    return sorted(found)

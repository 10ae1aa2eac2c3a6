"""Compiles the patterns of `include:` to regular expressions."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=64)
def compile_glob(glob: str) -> re.Pattern[str] | None:
    """Compile a pattern in which `*` and `?` match within a name and `**` matches folders. None unless it is a plain
    path below the main file's folder: with forward slashes, and without `.`, `..` or an empty part."""
    parts = glob.split("/")
    if glob.startswith("/") or "\\" in glob or any(part in ("", ".", "..") for part in parts):
        return None
    # Names follow each `**`. Where they first match is as good as any deeper place, because the next `**` may skip
    # any folders. So the groups are atomic: without backtracking, no pattern takes long to refuse a path.
    runs: list[list[str]] = [[]]
    for part in parts[:-1]:
        if part == "**":
            runs.append([])
        else:
            runs[-1].append(_compile_name(part) + "/")
    first, *later = ("".join(run) for run in runs)
    if not later:
        return re.compile(first + _compile_name(parts[-1]))
    *between, last = later
    folders = "(?:[^/.][^/]*/)*"
    middle = "".join(f"(?>{folders}?{run})" for run in between if run)
    return re.compile(first + middle + folders + last + _compile_name(parts[-1]))


def _compile_name(part: str) -> str:
    """Make the regular expression of one name. Here, too, text between two `*` stays where it first matches."""
    not_hidden = "" if part.startswith(".") else r"(?!\.)"
    first, *later = (re.escape(piece).replace(r"\?", "[^/]") for piece in re.split(r"\*+", part))
    if not later:
        return not_hidden + first
    return not_hidden + first + "".join(f"(?>[^/]*?{piece})" for piece in later[:-1]) + "[^/]*" + later[-1]

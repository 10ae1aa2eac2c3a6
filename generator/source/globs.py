"""Patterns of `include:`: which paths they mean."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=64)
def pattern(glob: str) -> re.Pattern[str] | None:
    """What an `include:` pattern matches: * and ? within a name, ** across folders. None where it leaves the folder."""
    parts = glob.split("/")
    if glob.startswith("/") or "\\" in glob or any(part in ("", ".", "..") for part in parts):
        return None
    # After each ** stands a run of names. Where the run first fits it may stay: what follows loses no choice by that,
    # and no pattern takes long to refuse a path.
    runs: list[list[str]] = [[]]
    for part in parts[:-1]:
        if part == "**":
            runs.append([])
        else:
            runs[-1].append(_part(part) + "/")
    first, *later = ("".join(run) for run in runs)
    if not later:
        return re.compile(first + _part(parts[-1]))
    *between, last = later
    folders = "(?:[^/.][^/]*/)*"
    middle = "".join(f"(?>{folders}?{run})" for run in between if run)
    return re.compile(first + middle + folders + last + _part(parts[-1]))


def _part(part: str) -> str:
    """A name's pattern. What stands between two * may stay where it first fits."""
    hidden = "" if part.startswith(".") else r"(?!\.)"
    first, *later = (re.escape(piece).replace(r"\?", "[^/]") for piece in re.split(r"\*+", part))
    if not later:
        return hidden + first
    return hidden + first + "".join(f"(?>[^/]*?{piece})" for piece in later[:-1]) + "[^/]*" + later[-1]

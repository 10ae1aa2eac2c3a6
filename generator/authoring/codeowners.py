"""The text of CODEOWNERS: who reviews changes of which file, as leaderboards.yaml names them.

GitHub and GitLab read the same lines: a pattern and its owners, of which the last that matches wins (GitHub Docs,
"About code owners"; GitLab documentation, "Code Owners syntax and error handling"). Our lines stand between two marks;
what people wrote around them stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from generator.diagnostics.wording import quote
from generator.errors import InputError
from generator.spec.project import Project

_BEGIN = "# Written by `leaderboards codeowners` from here on. Of the lines that match a file, the last one counts."
_END = "# Written by `leaderboards codeowners` up to here."

_TO_ESCAPE = re.compile(r"[ #]")
_WITHOUT_ESCAPE = re.compile(r"[\\\[\]!]|[^ -~]")
_WILD = re.compile(r"[*?]")
"""Characters that mean something in a pattern, and that GitHub has no escape for."""


def make_lines(project: Project, main: str, team_files: Mapping[str, str], folder: PurePosixPath) -> list[str]:
    """Make the lines: each team file is its team's; the main file, what deploys it, and whatever else `include` would
    take are the project's own owners'.

    `team_files`: the team of each, by its path from the project's folder, which is at `folder` in the repository.
    Raises InputError for a path that a pattern cannot hold.
    """
    return [_BEGIN, *_list_lines(project, main, team_files, folder), _END]


def _list_lines(project: Project, main: str, team_files: Mapping[str, str], folder: PurePosixPath) -> Iterator[str]:
    if project.code_owners:
        own = " ".join(project.code_owners)
        yield f"/.github/ {own}"
        for path in (main, *dict.fromkeys(project.include)):
            yield f"{_to_pattern(folder / path, wild=path != main)} {own}"
    for path, name in sorted(team_files.items()):
        team = project.teams[name]
        yield f"{_to_pattern(folder / path)} {' '.join(team.code_owners or [team.owner])}"


def _to_pattern(path: PurePosixPath, wild: bool = False) -> str:
    """Write a path as a pattern for that path alone; if `wild`, `*` and `?` match, as they do in `include`."""
    if found := _WITHOUT_ESCAPE.search(str(path)) or (not wild and _WILD.search(str(path))):
        raise InputError(f"{quote(str(path), 100)}: CODEOWNERS cannot name a path with {quote(found[0])}. Rename it.")
    return "/" + _TO_ESCAPE.sub(r"\\\g<0>", str(path))


def replace_lines(text: str, lines: list[str]) -> str:
    """Put our lines into a file in place of those that stand there; at the end, where none do, so that they win."""
    block = "".join(f"{line}\n" for line in lines)
    before, begin, rest = text.partition(f"{_BEGIN}\n")
    if not begin:
        return f"{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{block}"
    _, end, after = rest.partition(f"{_END}\n")
    return before + block + (after if end else "")

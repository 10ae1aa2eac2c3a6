"""The leaderboards.yaml of small projects as text, and the boards that the text describes."""

from __future__ import annotations

from textwrap import indent

from generator.board.board import Board
from generator.pipeline import validate

RULES = "{rules: [{activity: kill, points: 10}]}"
"""The scoring of a board that a test does not care about."""


def head(*, project: str = "arcade", teams: tuple[str, ...] = ("nebula",)) -> str:
    """The keys that every file needs above its boards. The last is `teams`, each team on a line of its own."""
    owners = "".join(f"  {team}: {{owner: {team}-oncall@example.com}}\n" for team in teams)
    return f"version: 1\nproject: {project}\nregion: eu-central-1\nteams:\n{owners}"


def board_yaml(name: str = "kills", team: str | None = "nebula", **keys: str) -> str:
    """One item of `boards`, each key on a line of its own. `keys` are its keys as YAML text, `scoring` and
    `window`; in a team file it has no team."""
    lines = "".join(f"{key}: {text}\n" for key, text in ({"scoring": RULES, "window": "{every: week}"} | keys).items())
    return f"  - name: {name}\n" + indent(f"team: {team}\n" * (team is not None) + lines, "    ")


def project_yaml(*boards: str, **keys: str) -> str:
    """A whole file: `head()`, `keys` as YAML text, and boards that `board_yaml()` has written."""
    return head() + "".join(f"{key}: {text}\n" for key, text in keys.items()) + "boards:\n" + "".join(boards)


def boards_of(text: str) -> tuple[Board, ...]:
    """The boards that a file describes. Fails if there is an error in it, or only a warning."""
    generated = validate({"leaderboards.yaml": text.encode()})
    assert generated.diagnostics == ()
    return generated.boards

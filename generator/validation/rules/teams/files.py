"""Rules of team files: each team has one, so that whoever owns it owns all that the team has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.wording import join_words, quote
from generator.source.nodes import Node


def check_files(teams: Iterable[Node]) -> Iterator[Diagnostic]:
    """Check that no two files claim the same team. Which of them is new nobody can see here, so both are named."""
    claims: dict[str, list[Node]] = {}
    for node in teams:
        if name := node.text():
            claims.setdefault(name, []).append(node)
    for name, nodes in claims.items():
        for node in nodes if len(nodes) > 1 else ():
            others = join_words((f"{each.file}:{each.line}" for each in nodes[:6] if each is not node), "and")
            message = f"{quote(name)} has another file already, {others}, and a team has one"
            yield node.diagnostic("team-file", message, "Move its boards into one of them, or write another team.")

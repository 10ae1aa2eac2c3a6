"""The examples of docs/boards.md: YAML, activities and the ranks that they lead to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from textwrap import indent

from runtime.config import BoardConfig
from tests.support.paths import REPOSITORY
from tests.support.projects import boards_of, head, project_yaml

TEXT = (REPOSITORY / "docs" / "boards.md").read_text(encoding="utf-8")
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Example:
    """One section that has YAML in it."""

    title: str
    board: str
    activities: Rows
    reads: list[tuple[str, int, Rows]]
    """Of each table of ranks: which window (or board on a feed) is read, when, and what is in it."""

    @property
    def has_feed(self) -> bool:
        """Whether its YAML is that of a feed with its boards."""
        return self.board.startswith("feeds:")

    def yaml(self) -> str:
        """A whole leaderboards.yaml with the section's board, or its feed and boards."""
        if self.has_feed:
            return head() + self.board
        return project_yaml(f"  - name: example\n    team: nebula\n{indent(self.board, '    ')}")

    def config(self) -> BoardConfig:
        """The board of the YAML, made as `leaderboards generate` makes it."""
        (board,) = boards_of(self.yaml())
        return board.config


def examples() -> list[Example]:
    """Read the document."""
    found = []
    for section in re.split(r"^##+ ", TEXT, flags=re.M)[1:]:
        if block := re.search(r"^```yaml\n(.*?)^```\n(.*)", section, re.M | re.S):
            activities, *rest = re.split(r"^Ranks of `(.*)` at (.*):$", block[2], flags=re.M)
            reads = [
                (window, instant(time), table(text))
                for window, time, text in zip(rest[::3], rest[1::3], rest[2::3], strict=True)
            ]
            found.append(Example(section.split("\n", 1)[0], block[1], table(activities), reads))
    return found


def table(text: str) -> Rows:
    """The rows of the one table in a text, each by the names of its columns."""
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")
    ]
    head, rule, *rows = lines
    assert all(set(cell) == {"-"} for cell in rule)
    return [dict(zip(head, row, strict=True)) for row in rows]


def instant(text: str) -> int:
    """A time of the document, which is in UTC, in milliseconds since 1970."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


_ALL = examples()
EXAMPLES = [example for example in _ALL if not example.has_feed]
(FEED,) = (example for example in _ALL if example.has_feed)
"""The one example with a feed, whose tables of ranks name boards."""

"""An entry of the runbook, and what of a bundle its sentences name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whom an alarm tells."""

    PAGE = "page"
    """Players see it on the whole board, or lose by it if it waits until morning: it goes to `page` as well."""
    NOTIFY = "notify"
    """It has time, or another alarm pages where it lasts: it goes to the owner and to `notify`."""


@dataclass(frozen=True)
class Words:
    """What entries name of a bundle. Every value is one that a shell takes as it is."""

    prefix: str
    """The beginning of its names in AWS."""
    source: str
    """That of its activities table and its pipe, which may be those of a feed."""
    region: str
    board: str
    """What commands call it, with --env where it is in an environment."""
    feed: str | None
    """The feed that a board counts."""
    numbers: Mapping[str, str]
    """Thresholds by name, and other numbers that the bundle was sized with."""
    assembles: bool = False
    """Whether a board has windows that are assembled."""

    def tail(self, log: str) -> str:
        """The command that prints the last hour of a log group."""
        return f"aws logs tail {log} --region {self.region} --since 1h"

    def tail_function(self, part: str) -> str:
        """The command that prints the last hour of a function's log."""
        return self.tail(f"/aws/lambda/{self.prefix}-{part}")


@dataclass(frozen=True)
class Entry:
    """What the runbook says of one alarm. Sentences are plain text: they begin small and have no full stop."""

    alarm: str
    """The alarm's name without the bundle's prefix."""
    severity: Severity
    fires: str
    """When it goes off: `it goes off when ...`."""
    players: str
    """What it means for players."""
    ends: str
    """When it ends: `it ends when ...`."""
    first: str
    """What to do first."""
    command: str
    """The one command to begin with, for a shell in the folder of leaderboards.yaml."""

    @property
    def description(self) -> str:
        """The alarm's description in AWS. The console shows it as Markdown, in which a line indented by four is code,
        and an e-mail as it is."""
        told = f"It goes off when {self.fires}. It ends when {self.ends}."
        return f"Players: {self.players}.\n\n{told}\n\nFirst: {self.first}.\n\n    {self.command}"


Writer = Callable[[Words], Entry]
"""Writes the entry of one alarm."""

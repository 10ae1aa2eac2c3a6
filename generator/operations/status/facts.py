"""What is read of a board or a feed, before anybody judges it. Instants are in milliseconds since 1970."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from generator.operations.measuring.measured import AlarmReading
from runtime.dynamodb.window_items import WindowState
from runtime.lifecycle.assembled.assemblies import Unfinished
from runtime.s3.snapshots import Snapshot

DEAD_LETTERS = "dead-letters"
"""What the name of each dead-letter queue ends with."""


@dataclass(frozen=True)
class QueueDepth:
    """How many messages a queue has, about."""

    name: str
    """The last part of its name; of a queue of the board's feed its whole name."""
    waiting: int
    in_work: int
    """Those that somebody has received, and not deleted yet."""
    is_own: bool = True
    """Whether it is the bundle's own; else it is that of a board's feed."""

    @property
    def is_dead(self) -> bool:
        """Whether it is a dead-letter queue."""
        return self.name.endswith(DEAD_LETTERS)


@dataclass(frozen=True)
class Code:
    """The code that one function runs."""

    digest: str
    """Its SHA-256 in base64, as Lambda says it."""
    deployed_at: str
    """When the function was changed last, in RFC 3339."""


@dataclass(frozen=True)
class Expected:
    """The code that a board's functions should run."""

    digest: str
    source: Literal["build", "yaml", "run"] = "build"
    """Where it is from: build/; the YAML, as nothing lies in build/; or the YAML, as a local run deploys it."""


@dataclass(frozen=True)
class BoardFacts:
    """What only a board has."""

    snapshot: Snapshot | None
    """The newest one; None before the first."""
    changed_at: int | None
    """When aggregates changed last; None where nothing was ever counted."""
    states: tuple[WindowState, ...]
    """Every window that is stored."""
    codes: Mapping[str, Code]
    """What each function runs, by the last part of its name; one that is not there is left out."""
    expected: Expected
    assemblies: Mapping[str, Unfinished] = field(default_factory=dict)
    """The assemblies that run, or have failed and were not begun anew, by the ids of their windows."""


@dataclass(frozen=True)
class Measurements:
    """What CloudWatch has of a bundle."""

    alarms: tuple[AlarmReading, ...] = ()
    lag_seconds: float | None = None
    """How long activities were on their way at the last watch; None where no watch has measured it of late."""
    rejected_hour: int = 0
    """Activities that were rejected in the last hour, whatever for."""
    reasons_hour: Mapping[str, int] = field(default_factory=dict)
    """Those by reason, where they were asked for."""
    reasons_day: Mapping[str, int] = field(default_factory=dict)
    """Those of the last 24 hours."""
    rebuild_seconds: float | None = None
    """How long the rebuild took that made the newest snapshot, where that was asked for and is still known."""


@dataclass(frozen=True)
class Facts:
    """What was read of one bundle at one instant."""

    now: int
    queues: tuple[QueueDepth, ...]
    missing: tuple[str, ...]
    """The functions and queues that the bundle has and AWS has not."""
    is_deployed: bool
    """Whether any of it is there."""
    board: BoardFacts | None = None
    """None for a feed, and for a board that is not deployed."""

"""What one rebuild has made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runtime.dynamodb.window_items import WindowState
from runtime.s3.snapshots import Snapshot


@dataclass(frozen=True)
class RebuildResult:
    """The snapshot that a rebuild made, and what became of it."""

    snapshot: Snapshot
    newest: Snapshot
    """The one that readers get now. It is another one where a rebuild that began later has published its own already,
    or where nothing changed and the one before is fresh."""
    previous: Snapshot | None
    """The newest snapshot when the rebuild began."""
    settled: bool
    """Whether no aggregate was written since the previous snapshot, so that none was read."""
    states: Sequence[WindowState] = ()
    """The windows that were opened when the rebuild began."""

    @property
    def published(self) -> bool:
        """Whether readers get the snapshot that was made."""
        return self.newest is self.snapshot

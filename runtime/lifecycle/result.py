"""What one rebuild has made."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any

from runtime.dynamodb.window_items import WindowState
from runtime.lifecycle.assembled.assemblies import Assemblies
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
    assemblies: Assemblies | None = None
    """The assemblies that it has looked for; None where it ranks all windows itself."""

    @property
    def published(self) -> bool:
        """Whether readers get the snapshot that was made."""
        return self.newest is self.snapshot

    @property
    def awaited(self) -> Set[str]:
        """The ids of the windows that are being assembled, or should be."""
        return self.assemblies.awaited if self.assemblies else set()

    def describe(self, window_id: str = "") -> dict[str, Any]:
        """What a person is told of it: of one window more, where its id is given (None: it has no ranks)."""
        most_players = max((ranks.players for ranks in self.newest.ranks), default=0)
        told: dict[str, Any] = {"as_of": self.newest.as_of, "published": self.published, "players": most_players}
        if not window_id:
            return told
        ranks = self.newest.find_ranks(window_id)
        names = ("players", "sealed", "revision")
        told["window"] = {name: getattr(ranks, name) for name in names} if ranks else None
        found = self.assemblies.find(window_id) if self.assemblies else None
        is_adopted = ranks and found and found.plan.prefix == ranks.prefix
        if self.assemblies and window_id in self.awaited and not is_adopted:
            told["waits"] = self.assemblies.explain(window_id)
        return told

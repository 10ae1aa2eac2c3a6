"""The delta of a window, which has several lists: that of all its players, and one for each value of a segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from runtime.domain.deltas.delta import RankDelta


@dataclass(frozen=True)
class WindowDelta:
    """How all lists of a window differ from those of its base."""

    everybody: RankDelta
    """Of the list of all players."""
    values: Mapping[tuple[str, str], RankDelta] = field(default_factory=dict)
    """By a segment's name and the value: of the lists in which something differs. All others are as in the base."""
    names: Sequence[bytes] = ()
    """Where names are searched: FOLDED, a tab, and the number of the added line in `everybody`, in the order of these.
    FOLDED is the folded name, as `added_names.escape` writes it."""

    @property
    def changes(self) -> int:
        """How many lines it removes from all lists and adds to them, together."""
        return self.everybody.changes + sum(delta.changes for delta in self.values.values()) + len(self.names)

    def of_value(self, name: str, value: str) -> RankDelta:
        """How the list of a value of a segment differs."""
        return self.values.get((name, value)) or self.everybody.emptied

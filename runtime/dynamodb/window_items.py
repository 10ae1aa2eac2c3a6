"""Items of windows in the aggregates table: the edges that each was opened with, and how far it is from sealed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from runtime.domain.edges.local_edges import LocalEdges
from runtime.domain.edges.local_time import local_text
from runtime.domain.ranking import WindowRanks
from runtime.domain.windows import Window
from runtime.dynamodb.items import get_number, get_text
from runtime.dynamodb.table import Item, Key

OPEN, PROBING, SEALING, SEALED = "open", "probing", "sealing", "sealed"
"""The states of a window. SEALING and SEALED take no activity; a batch that began before may still be writing."""
CLEARING, CLEARED = "clearing", "cleared"
"""What is said besides of a window that is left: its scores are being deleted, or are all gone. See `clearing`."""
FIRST, RECOUNT = "first", "recount"
"""Which of a player's two counts readers see, after a replay. See `recounting.recounts`."""
FIRST_KEPT, RECOUNT_KEPT = "first, kept", "recount, kept"
"""The same, where the other one is being removed: there is no way back."""
WINDOWS = "#windows"
"""The partition of the items."""


@dataclass(frozen=True)
class WindowState:
    """A window that was opened, and how far it is on its way to being sealed. Times are in milliseconds since 1970."""

    window: Window
    shards: int
    """How many partitions its aggregates are spread over."""
    state: str = OPEN
    token: str = ""
    """A secret text by which the window's own probes are recognised."""
    probed_at: int = 0
    """When the probes were sent for the first time."""
    probes: frozenset[str] = frozenset()
    """The ids of the probes that came through the processor."""
    arrived: str = ""
    """A fingerprint of what has arrived: the probes and the ranks. Sealing waits until it stops changing."""
    changed_at: int = 0
    """When `arrived` changed last."""
    closed_at: int = 0
    """When a rebuild knew that the window was closed to new activities; 0 until then."""
    final: WindowRanks | None = None
    """The final ranks, once it is sealed."""
    clearing: str = ""
    """CLEARING or CLEARED, where its scores are."""
    edges: str = ""
    """The text that the edges are stored as: the same as long as they are."""
    local: LocalEdges | None = None
    """The local times of its edges; None where a release without them has opened it."""
    moved_at: int = 0
    """When its end was moved last; 0 where it never was."""
    moved_from: str = ""
    """The local end that it had before that."""
    corrected: int = 0
    """How many corrections an operator has made in it."""
    recount: str = ""
    """Which recount its players have, or are about to get; empty where there is none. See `recounting.recounts`."""
    recount_at: int = 0
    """When that recount was begun, swapped or undone last."""
    shown: str = ""
    """Which count readers see; empty before the first replay."""

    @property
    def shows_recount(self) -> bool:
        """Whether readers see the recount."""
        return self.shown in (RECOUNT, RECOUNT_KEPT)


def window_key(window_id: str) -> Key:
    """The key of a window's item."""
    return WINDOWS, window_id


def window_item(state: WindowState) -> Item:
    """Make the item of a window that is open. It gets its other attributes on the way to being sealed.

    The names in `window` are what every release reads; a later one may only add attributes beside it.
    """
    window = state.window
    edges = {"every": window.every, "starts_at": window.starts_at, "ends_at": window.ends_at, "shards": state.shards}
    item: Item = {
        "partition": {"S": WINDOWS},
        "player_id": {"S": window.id},
        "window": {"S": json.dumps(edges)},
    }
    if state.local is not None:
        item["local"] = {"S": json.dumps(asdict(state.local))}
    if state.moved_at:
        item |= {"moved_at": {"N": str(state.moved_at)}, "moved_from": {"S": state.moved_from}}
    if state.recount:
        item |= {"recount": {"S": state.recount}, "recount_at": {"N": str(state.recount_at)}}
    if state.shown:
        item["shown"] = {"S": state.shown}
    return item


def open_window(window: Window, shards: int, local: LocalEdges | None) -> WindowState:
    """A window that is new."""
    return _with_edges(WindowState(window, shards, local=local))


def move_window(state: WindowState, window: Window, local: LocalEdges, now: int) -> WindowState:
    """A window that is open with other edges, from now on: whatever was done to seal it must be done again."""
    before = state.local.ends if state.local else local_text(state.window.ends_at or 0, local.timezone)
    moved = WindowState(window, state.shards, local=local, moved_at=now, moved_from=before)
    recount = replace(moved, recount=state.recount, recount_at=state.recount_at, shown=state.shown)
    return _with_edges(recount)


def read_state(item: Item) -> WindowState:
    """Read the item of a window, of this release or of one before."""
    text = item["window"]["S"]
    edges = json.loads(text)
    shards = edges.pop("shards")
    final, local = get_text(item, "final"), get_text(item, "local")
    return WindowState(
        window=Window(id=item["player_id"]["S"], **edges),
        shards=shards,
        state=get_text(item, "state") or OPEN,
        token=get_text(item, "token") or "",
        probed_at=get_number(item, "probed_at"),
        probes=frozenset(item["probes"]["SS"] if "probes" in item else []),
        arrived=get_text(item, "arrived") or "",
        changed_at=get_number(item, "changed_at"),
        closed_at=get_number(item, "closed_at"),
        final=WindowRanks.from_json(json.loads(final)) if final else None,
        clearing=get_text(item, "clearing") or "",
        edges=text,
        local=LocalEdges(**json.loads(local)) if local else None,
        moved_at=get_number(item, "moved_at"),
        moved_from=get_text(item, "moved_from") or "",
        corrected=get_number(item, "corrected"),
        recount=get_text(item, "recount") or "",
        recount_at=get_number(item, "recount_at"),
        shown=get_text(item, "shown") or "",
    )


def _with_edges(state: WindowState) -> WindowState:
    return replace(state, edges=window_item(state)["window"]["S"])

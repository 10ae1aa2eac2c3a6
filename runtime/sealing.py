"""Sealing: from a window's end to its final ranks.

A busy queue never reads empty, so that it has drained is proved: probe items go the whole way that activities go. When
all have come through, and since then nothing in the window for as long as a message can be on its way, the window is
closed to new activities; one processor timeout later nobody can still be writing, and the ranks made then are final.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from runtime.config import BoardConfig, WindowKind
from runtime.domain import scoring
from runtime.domain.activity import DAY, MIN_TTL, make_id
from runtime.domain.instants import rfc3339
from runtime.domain.judging import PROBE
from runtime.domain.ranking import RankedEntry, WindowRanks
from runtime.dynamodb import items
from runtime.dynamodb.items import OPEN, PROBING, SEALED, SEALING, WindowState
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_store import Registry

PROBES = 16
"""Probes of a window. Each has a key of its own, so that they spread over the stream's shards."""

TOLD = 100
"""Entries of a window's top in the event that tells of its end. An event holds 256 kB (EventBridge quotas, "PutEvents
entry size"), an entry up to 900 bytes."""


def step(
    board: BoardConfig,
    kind: WindowKind,
    window: WindowState,
    ranked: WindowRanks,
    registry: Registry,
    activities: Table,
    now: int,
    clock: Callable[[], int],
) -> bool:
    """Take a window that is not sealed one step on, if it is time; `ranked` are its ranks as of `now`.

    Waits begin when they are written down, not when the rebuild began: that may be minutes earlier, and while one
    takes that long others begin. True where those ranks are final and only `final` is left to do.
    """
    if window.span.ends_at is None or now < window.span.ends_at + kind.grace_seconds * 1000:
        return False
    if window.state == OPEN:
        if registry.probing(window, _arrived(window, ranked), clock()):
            fresh = registry.find(window.span.id)
            assert fresh is not None
            _send_probes(fresh, activities)
    elif window.state == PROBING:
        if (arrived := _arrived(window, ranked)) != window.arrived:
            registry.changed(window, arrived, clock())
            window = registry.find(window.span.id) or window
        drained = len(window.probes) >= PROBES and now - window.changed_at >= board.drain_seconds * 1000
        if drained or now - window.probed_at >= DAY:
            registry.sealing(window, clock())
        elif len(window.probes) < PROBES:
            # A rebuild that died may have sent only some. One that was sent before is not recorded again.
            _send_probes(window, activities)
    elif window.state == SEALING:
        return now - window.sealing_at >= board.processor_seconds * 1000
    return False


def closed_event(board: BoardConfig, ranked: WindowRanks, top: Sequence[RankedEntry]) -> dict[str, Any]:
    """The outbox item that tells of a sealed window."""
    span = ranked.span
    assert span.starts_at is not None
    assert span.ends_at is not None
    detail = {
        "id": f"window/{board.board}/{span.id}",
        "board": board.board,
        "window": {
            "id": span.id,
            "every": span.every,
            "starts_at": rfc3339(span.starts_at),
            "ends_at": rfc3339(span.ends_at),
        },
        "players": ranked.players,
        "top": [
            {
                "rank": entry.rank,
                "player_id": entry.player_id,
                "name": entry.name,
                "columns": {
                    column.name: scoring.number(value, board.decimals)
                    for column, value in zip(board.columns, entry.columns, strict=True)
                },
            }
            for entry in top
        ],
    }
    return items.events("leaderboard.window_closed", [detail])


def is_sealed(window: WindowState) -> bool:
    """Whether a window's ranks are final."""
    return window.state == SEALED


def _arrived(window: WindowState, ranked: WindowRanks) -> str:
    """What has come through for a window. While that changes, something from before may be on its way: a message that
    failed is received anew long after probes that were sent behind it."""
    return f"{len(window.probes)} probes, {ranked.content}"


def _send_probes(window: WindowState, activities: Table) -> None:
    """Write the probes of a window: the same items each time."""
    for number in range(PROBES):
        seed = uuid.uuid5(uuid.UUID(hex=window.token), str(number)).int >> 54
        activities.put(
            {
                "player_id": {"S": f"#probe-{number}"},
                "activity_id": {"S": make_id(window.probed_at, seed)},
                "type": {"S": PROBE},
                "window": {"S": window.span.id},
                "token": {"S": window.token},
                "expires_at": {"N": str((window.probed_at + MIN_TTL) // 1000)},
            }
        )

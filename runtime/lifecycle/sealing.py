"""Sealing: the steps from a window's end to its final ranks.

Before a window is final, all its activities must have come through the queue. A busy queue is never empty, so probes
prove it: items that go the whole way of an activity. Once all probes have come through, the window waits until nothing
has arrived for it for as long as a message can be under way. Then it is closed to new activities. A batch that did not
see it closed writes for one processor timeout at the most, and clocks may differ: after both no batch can still be
writing, and the ranks that are made then are final.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from runtime.config import BoardConfig, WindowKind
from runtime.domain import events
from runtime.domain.activity import MIN_TTL, make_id
from runtime.domain.instants import DAY
from runtime.domain.judging import PROBE, own_type
from runtime.domain.ranking import WindowRanks
from runtime.dynamodb import items
from runtime.dynamodb.table import Item, Table
from runtime.dynamodb.window_items import OPEN, PROBING, SEALING, WindowState
from runtime.dynamodb.window_store import WindowStore
from runtime.s3.rank_files import RankFiles

PROBES = 16
"""How many probes a window has. Each has a key of its own, so that they spread over the stream's shards."""
MAX_PROBING = DAY
"""How long probing lasts at the most, in milliseconds: after that the window is closed to new activities anyway."""


def advance(
    board: BoardConfig,
    kind: WindowKind,
    state: WindowState,
    ranks: WindowRanks,
    window_store: WindowStore,
    activities: Table,
    now: int,
    clock: Callable[[], int],
) -> bool:
    """Move an unsealed window one step towards its seal, if it is time. True where `ranks` are final: seal it now.

    `ranks` are those of a rebuild that began at `now`. A wait starts when the step before it is stored, so the time
    comes from `clock`: `now` may be minutes earlier, and other rebuilds may have begun in between.
    """
    if state.window.ends_at is None or now < state.window.ends_at + kind.grace_seconds * 1000:
        return False
    if state.state == OPEN:
        # Whoever has moved it on, its probes are sent: it may have been this rebuild, whose SDK asked twice.
        window_store.start_probing(state, _fingerprint(state, ranks), clock())
        probing = window_store.find(state.window.id)
        if probing is not None and probing.state == PROBING:
            _send_probes(board, probing, activities)
    elif state.state == PROBING:
        if (arrived := _fingerprint(state, ranks)) != state.arrived:
            window_store.record_arrival(state, arrived, clock())
            state = window_store.find(state.window.id) or state
        is_drained = len(state.probes) >= PROBES and now - state.changed_at >= board.drain_seconds * 1000
        if is_drained or now - state.probed_at >= MAX_PROBING:
            window_store.start_sealing(state, clock())
            window_store.record_closing(state.window.id, clock())
        elif len(state.probes) < PROBES:
            # A rebuild may have died after sending only some. The stream leaves out an item written again unchanged.
            _send_probes(board, state, activities)
    elif state.state == SEALING and not state.closed_at:
        # A rebuild died after closing the window.
        window_store.record_closing(state.window.id, clock())
    else:
        return is_complete(board, state, now)
    return False


def is_complete(board: BoardConfig, state: WindowState, now: int) -> bool:
    """Whether nothing is counted in a closed window any more, by a batch that began before neither: ranks of all its
    players are final from then on."""
    return state.state == SEALING and state.closed_at > 0 and complete_at(board, state) <= now


def complete_at(board: BoardConfig, state: WindowState) -> int:
    """From when on the aggregates of a closed window are complete, in milliseconds."""
    return state.closed_at + board.batch_seconds * 1000


def make_event(board: BoardConfig, rank_files: RankFiles, final: WindowRanks) -> Item:
    """The outbox item that tells of a window's final ranks."""
    top = rank_files.read_page(final, 0, min(board.top, events.TOP_IN_EVENT))
    return items.outbox_item(events.WINDOW_CLOSED, [events.window_closed_detail(board, final, top)])


def _fingerprint(state: WindowState, ranks: WindowRanks) -> str:
    """A text that changes with each arrival for a window.

    While it changes, an older message may still be under way: a message that failed is received again long after the
    probes that were sent behind it.
    """
    return f"{len(state.probes)} probes, {ranks.content}"


def _send_probes(board: BoardConfig, state: WindowState, activities: Table) -> None:
    """Write the probes of a window that have not come through into the activities table: the same items each time."""
    for number in range(PROBES):
        seed = uuid.uuid5(uuid.UUID(hex=state.token), str(number)).int >> 54
        probe_id = make_id(state.probed_at, seed)
        if probe_id in state.probes:
            continue
        activities.put(
            {
                "player_id": {"S": f"#probe-{number}"},
                "activity_id": {"S": probe_id},
                "type": {"S": own_type(board, PROBE)},
                "window": {"S": state.window.id},
                "token": {"S": state.token},
                "expires_at": {"N": str((state.probed_at + MIN_TTL) // 1000)},
            }
        )

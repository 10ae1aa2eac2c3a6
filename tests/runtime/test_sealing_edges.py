"""Which activities a window takes around its end, its grace and its seal, for each kind of window that closes.

The edges are written here by hand, in UTC, so that nothing is compared with itself. They are where clocks change: days
of 23 and 25 hours, a midnight that comes twice and one that never comes.
"""

from __future__ import annotations

from datetime import date

import pytest

from runtime.config import BoardConfig, Season, WindowKind
from runtime.domain.instants import parse_rfc3339
from tests.runtime.boards import board, item
from tests.runtime.closing import MINUTE, Closing
from tests.runtime.world import World

GRACE = 300

EDGES = [
    ("hour", WindowKind("hour", grace_seconds=GRACE), "2026-11-24T00", "2026-11-24T00:00:00", "2026-11-24T01:00:00"),
    (
        "day of 23 hours",
        WindowKind("day", "Europe/Berlin", grace_seconds=GRACE),
        "2027-03-28",
        "2027-03-27T23:00:00",
        "2027-03-28T22:00:00",
    ),
    (
        "day that ends at the first of two midnights",
        WindowKind("day", "Atlantic/Azores", grace_seconds=GRACE),
        "2026-10-24",
        "2026-10-24T00:00:00",
        "2026-10-25T00:00:00",
    ),
    (
        "week of 167 hours",
        WindowKind("week", "Europe/Berlin", 240, grace_seconds=GRACE),
        "2027-W12",
        "2027-03-22T03:00:00",
        "2027-03-29T02:00:00",
    ),
    (
        "month with an hour more",
        WindowKind("month", "America/New_York", grace_seconds=GRACE),
        "2026-11",
        "2026-11-01T04:00:00",
        "2026-12-01T05:00:00",
    ),
    (
        "season that ends at a midnight that never comes",
        WindowKind(
            "season",
            "Africa/Cairo",
            grace_seconds=GRACE,
            seasons=(
                Season("winter", date(2027, 1, 1), date(2027, 4, 30)),
                Season("summer", date(2027, 4, 30), date(2027, 9, 1)),
            ),
        ),
        "winter",
        "2026-12-31T22:00:00",
        "2027-04-29T22:00:00",
    ),
]


def boards(kind: WindowKind) -> list[BoardConfig]:
    """A board that counts and one that keeps one run, both with a window that takes everything."""
    windows = (kind, WindowKind("all_time"))
    return [board(decimals=0, windows=windows), board(decimals=0, aggregate="best", windows=windows)]


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("is_counting", [True, False], ids=["sum", "best"])
@pytest.mark.parametrize(("name", "kind", "window", "start", "end"), EDGES, ids=[edge[0] for edge in EDGES])
def test_what_a_window_takes_around_its_end_its_grace_and_its_seal(
    name: str, kind: WindowKind, window: str, start: str, end: str, is_counting: bool
) -> None:
    first, last = (parse_rfc3339(f"{edge}.000Z") for edge in (start, end))
    closing = Closing(World(boards(kind)[0 if is_counting else 1]), window, first, last)
    deliver, grace_ends = closing.deliver, last + GRACE * 1000
    # The first and the last millisecond are in it, their neighbours are in the windows beside it.
    for at in (first, last - 1, last, last + 1):
        deliver(at, at, at, "counted")
    before = item("p0", at=first - 1, number=900)
    assert closing.world.put(before, written=first, now=first).counts["Counted"] == 1
    closing.rebuild(last)
    # The record of a write has whole seconds, and the end of the second counts.
    for written, expected in [
        (grace_ends - 1001, "counted"),
        (grace_ends - 1000, "counted"),
        (grace_ends - 1, "counted"),
        (grace_ends, "late"),
        (grace_ends + 999, "late"),
    ]:
        deliver(last - 1, written, grace_ends, expected)
    closing.rebuild(grace_ends - 1)
    assert closing.state == "open"
    probing = closing.until("probing", grace_ends)
    assert probing == grace_ends
    # Written in time, and on its way until now; and written too late.
    deliver(last - 1, grace_ends - 1, probing + 5 * MINUTE, "counted")
    deliver(last - 1, grace_ends, probing + 5 * MINUTE, "late")
    closed = closing.until("sealing", probing + 6 * MINUTE)
    in_queue = deliver(last - 1, grace_ends - 1, closed, "sealed")
    sealed = closing.until("sealed", closed)
    final = closing.check(sealed)
    assert final["window"] == {
        "id": window,
        "every": kind.every,
        "starts_at": f"{start}.000Z",
        "ends_at": f"{end}.000Z",
        "sealed": True,
    }
    # Delayed in the queue past the seal; put back from a dead-letter queue hours and days after it.
    for delay in (1, 60 * MINUTE, 24 * 60 * MINUTE, 14 * 24 * 60 * MINUTE):
        now = sealed + delay
        deliver(last - 1, grace_ends - 1, now, "sealed")
        deliver(last - 1, grace_ends, now, "late")
        deliver(last, grace_ends - 1, now, "sealed" if is_next_sealed(closing) else "counted")
        closing.world.put(in_queue, written=grace_ends - 1, now=now)
        closing.rebuild(now)
        closing.world.snapshots.sweep(now, 30)
        assert closing.check(now) == final
    if is_counting:
        # The window that never closes took every activity once, the one before the start too.
        total = closing.world.page(sealed, window="all_time", limit="100")["entries"]
        assert sum(entry["score"] for entry in total) == 10 * (closing.number + 1)


def is_next_sealed(closing: Closing) -> bool:
    """Whether the window after this one is closed by now."""
    states = {state.window.starts_at: state.state for state in closing.world.window_store.read_all()}
    return states.get(closing.end) in ("sealing", "sealed")

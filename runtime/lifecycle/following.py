"""Following: what has changed since the newest snapshot, as the stream of the aggregates table tells it.

Positions and ranks lie in one pointer, so no function that dies can part them. Ranks may have more than their positions
say, as those have that are read from the table itself: whoever reads on gets the newest of each player again, up to a
fence that is written later than any of that. They must never have less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runtime import logs
from runtime.dynamodb.streaming.positions import Positions, StreamBehindError, StreamGapError
from runtime.dynamodb.streaming.table_stream import TableStream
from runtime.dynamodb.table import Item
from runtime.s3.snapshots import Snapshot

Changed = Mapping[str, Mapping[str, Item | None]]
"""The newest items of players that have changed, None of one that was removed: by the window's id and the player's."""


@dataclass(frozen=True)
class Since:
    """What has changed since a snapshot."""

    positions: Positions | None
    """Up to where in the stream that is known, and the next rebuild reads on; None where it is not known."""
    changed: Changed | None
    """None where only the aggregates themselves say it."""


def stay(previous: Snapshot) -> Since:
    """Nothing has changed since a snapshot."""
    return Since(_read_positions(previous), {})


def follow(stream: TableStream, previous: Snapshot | None) -> Since:
    """Read what has changed since the newest snapshot, and was written before this was called.

    Windows are read after it: of each of which it tells, the state is stored by then.
    """
    positions = _read_positions(previous)
    try:
        if positions is not None:
            try:
                read = stream.read(positions)
            except StreamGapError as gap:
                logs.warn("the stream may lack changes, so all aggregates are read", reason=str(gap))
                positions = None
            except StreamBehindError as error:
                # There may be too much in it: then the next rebuild had the same to read, and more, from there on.
                logs.warn("the stream was not read to its end, so all aggregates are read", reason=str(error))
            else:
                return Since(read.positions, read.changed)
        return Since(stream.begin(), None)
    except (StreamBehindError, StreamGapError) as error:
        logs.warn("the stream does not say what has changed, so all aggregates are read", reason=str(error))
        return Since(positions, None)


def follow_on(stream: TableStream, positions: Positions) -> Changed | None:
    """What has changed since some positions by now; None where the stream does not say it."""
    try:
        return stream.read(positions).changed
    except (StreamBehindError, StreamGapError) as error:
        logs.warn("the stream does not say what has changed, so ranks are not checked", reason=str(error))
        return None


def _read_positions(snapshot: Snapshot | None) -> Positions | None:
    return Positions.from_json(snapshot.positions) if snapshot and snapshot.positions else None

"""The watch: a look at the board every few minutes, by which people hear that it stands still though nothing fails.

A stopped pipe reports no error, and on a board where nobody plays nothing is missed. So the watch sends a heartbeat: an
item of the activities table that goes the whole way of an activity. The processor notes its arrival, and the next watch
measures how far arrivals lag behind. It also measures how old the newest snapshot is. Alarms look at both numbers, and
at their absence: then the watch itself stands still.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from runtime import metrics
from runtime.config import BoardConfig
from runtime.domain.activity import make_id
from runtime.domain.instants import DAY
from runtime.domain.judging import HEARTBEAT, own_type
from runtime.dynamodb.heartbeats import Heartbeats, HeartbeatState
from runtime.dynamodb.table import Table
from runtime.s3.snapshots import SnapshotStore

HEARTBEAT_PARTITIONS = 16
"""How many partition keys heartbeats have. Each takes one by chance, so that in time they come by every shard of the
stream: a time would choose only a few, as watches are equally far apart."""
HEARTBEAT_LIFE = DAY
"""After how many milliseconds a heartbeat's item expires: the stream keeps its record no longer either."""


@dataclass(frozen=True)
class Measurement:
    """What one watch has measured, in milliseconds."""

    arrival_lag: int
    snapshot_age: int

    def to_metrics(self) -> dict[str, float]:
        """The metrics of it, in seconds."""
        return {metrics.ARRIVAL_LAG: self.arrival_lag / 1000, metrics.SNAPSHOT_AGE: self.snapshot_age / 1000}


def watch(
    board: BoardConfig, heartbeats: Heartbeats, activities: Table, snapshots: SnapshotStore, now: int
) -> Measurement:
    """Measure how far the board is behind at `now` (milliseconds), and send the next heartbeat."""
    state = heartbeats.begin(now)
    newest = snapshots.read_newest()
    # A new board has no snapshot yet: it has the same time for its first one as for each later one.
    measured = Measurement(state.lag(now), max(0, now - (newest.as_of if newest else state.began)))
    if not state.is_just_sent(now):
        _send_heartbeat(board, state, activities, now)
        heartbeats.record_sent(now)
    return measured


def _send_heartbeat(board: BoardConfig, state: HeartbeatState, activities: Table, now: int) -> None:
    activities.put(
        {
            "player_id": {"S": f"{HEARTBEAT}-{secrets.randbelow(HEARTBEAT_PARTITIONS)}"},
            "activity_id": {"S": make_id(now, secrets.randbits(74))},
            "type": {"S": own_type(board, HEARTBEAT)},
            "token": {"S": state.token},
            "expires_at": {"N": str((now + HEARTBEAT_LIFE) // 1000)},
        }
    )

"""Heartbeats in the aggregates table: what the watch has sent through the board's pipeline, and what has arrived.

It is one item, so it never grows. The processor writes an arrival only for a heartbeat with the stored token, which no
producer can read.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from runtime.domain.activity import MAX_AHEAD
from runtime.dynamodb.items import get_number, get_text
from runtime.dynamodb.table import Table

ON_ITS_WAY = 60_000
"""For how many milliseconds a heartbeat may be on its way before it is missed, and no other is sent. AWS may start one
watch twice (EventBridge Scheduler and Lambda deliver at least once): the second must not miss the first one's."""

_KEY = ("#watch", "heartbeats")


@dataclass(frozen=True)
class HeartbeatState:
    """What is known of a board's heartbeats. Times are in milliseconds since 1970."""

    began: int
    """When the board was watched for the first time."""
    token: str
    """A secret text by which the board's own heartbeats are recognised."""
    sent: int
    """When the newest heartbeat was sent; `began` before the first."""
    arrived: int
    """When the newest heartbeat that has arrived was sent; `began` before the first."""
    took: int
    """How many milliseconds that heartbeat was on its way."""

    def lag(self, now: int) -> int:
        """How many milliseconds activities are on their way, as it is seen at `now`.

        The time that the newest arrival took, or, while later heartbeats are still on their way for longer than
        expected, how much older it is than the newest one that was sent: that grows with every heartbeat that does not
        arrive.
        """
        return self.took if self.is_just_sent(now) else max(self.sent - self.arrived, self.took)

    def is_just_sent(self, now: int) -> bool:
        """Whether a heartbeat was sent a moment ago."""
        return self.sent > self.began and abs(now - self.sent) < ON_ITS_WAY


class Heartbeats:
    """The heartbeats of one board, in its aggregates table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def begin(self, now: int) -> HeartbeatState:
        """Read what is known of the heartbeats. The first call stores when the board's watch began, and a token."""
        state = self._find()
        if state is None:
            item = {
                **self._table.key_attributes(_KEY),
                "began": {"N": str(now)},
                "token": {"S": secrets.token_hex(16)},
            }
            self._table.put(item, "attribute_not_exists(player_id)")
            state = self._find()
        assert state is not None
        return state

    def record_sent(self, now: int) -> None:
        """Remember when the newest heartbeat was sent."""
        # A clock that was ahead once must not end all watching until its time has come.
        newer = "attribute_not_exists(#sent) OR #sent < :sent OR #sent > :latest"
        sent, latest = {"N": str(now)}, {"N": str(now + ON_ITS_WAY)}
        self._table.update(_KEY, "SET #sent = :sent", newer, sent=sent, latest=latest)

    def record_arrival(self, token: str, sent: int, now: int) -> bool:
        """Remember that a heartbeat has arrived at `now`; False for one that this board did not send.

        A heartbeat that is delivered again, or after a newer one, changes nothing.
        """
        state = self._find()
        if state is None or not secrets.compare_digest(state.token, token) or sent > now + MAX_AHEAD:
            return False
        self._table.update(
            _KEY,
            "SET #arrived = :arrived, #took = :took",
            "attribute_not_exists(#arrived) OR #arrived < :arrived",
            arrived={"N": str(sent)},
            took={"N": str(max(0, now - sent))},
        )
        return True

    def _find(self) -> HeartbeatState | None:
        item = self._table.get(_KEY)
        if item is None:
            return None
        began = get_number(item, "began")
        return HeartbeatState(
            began=began,
            token=get_text(item, "token") or "",
            sent=get_number(item, "sent") or began,
            arrived=get_number(item, "arrived") or began,
            took=get_number(item, "took"),
        )

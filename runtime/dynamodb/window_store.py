"""What a board's tables are for: what their numbers mean, which windows were opened, and how far those are from sealed.

A window goes open -> probing -> sealing -> sealed, each step one conditional write, so that two rebuilds at once agree.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from typing import Any

from runtime.config import BoardConfig
from runtime.domain import instants, windows
from runtime.domain.ranking import WindowRanks
from runtime.domain.windows import Window
from runtime.dynamodb import items
from runtime.dynamodb.items import OPEN, PROBING, SEALED, SEALING, WindowState
from runtime.dynamodb.table import Table


class IdentityError(Exception):
    """The stored numbers mean something else than this bundle's: nothing may be written."""


class Registry:
    """The items of the aggregates table that are about the board and not about a player."""

    def __init__(self, table: Table, config: BoardConfig) -> None:
        self._table = table
        self._config = config
        self._identified = False
        self._shards: dict[str, int] = {}

    def identify(self) -> None:
        """Make sure that the stored numbers mean what this bundle's mean, or claim an empty table.

        Raises IdentityError where they do not. A kind of window that is new to the board is added, and so is a season.
        """
        if self._identified:
            return
        for name, mine in items.identity(self._config).items():
            key = ("#identity", name)
            stored = self._table.get(key)
            if stored is None:
                self._table.put({**self._table.key(key), "is": {"S": mine}}, "attribute_not_exists(player_id)")
                stored = self._table.get(key)
            if stored is None or stored["is"]["S"] != mine:
                raise _refused(name, str(stored and stored["is"]["S"]), mine)
        spans = {span.id: span for kind in self._config.windows for span in windows.seasons(kind)}
        known = self._table.get_all([("#windows", name) for name in spans]) if spans else {}
        for opened in map(items.read_opened, known.values()):
            if opened.span != (span := spans[opened.span.id]):
                raise _refused(f"the season {span.id}", _dates(opened.span), _dates(span))
        self._identified = True

    def shards(self, span: Window) -> int:
        """How many partitions a window's aggregates are spread over; opens the window where it is new."""
        if span.id not in self._shards:
            stored = self.find(span.id)
            if stored is None:
                self._table.put(items.opened(span, self._config.shards), "attribute_not_exists(player_id)")
                stored = self.find(span.id)
            assert stored is not None
            self._shards[span.id] = stored.shards
        return self._shards[span.id]

    def find(self, window_id: str) -> WindowState | None:
        """A window that was opened; None for any other."""
        item = self._table.get(("#windows", window_id))
        return items.read_opened(item) if item else None

    def opened(self) -> list[WindowState]:
        """Every window that was opened, in the order of their ids."""
        return [items.read_opened(item) for item in self._table.query("#windows")]

    def forget(self, window_id: str) -> None:
        """Remove what is known of a window that nothing can arrive for any more."""
        self._table.delete(("#windows", window_id))

    def closed(self, window_id: str) -> bool:
        """Whether a window takes nothing any more."""
        window = self.find(window_id)
        return window is not None and window.state in (SEALING, SEALED)

    def probing(self, window: WindowState, arrived: str, now: int) -> bool:
        """From here on the window's probes are on their way, with a token that only they carry."""
        return self._step(
            window,
            PROBING,
            "token = :token, arrived = :arrived, probed_at = :now, changed_at = :now",
            token=secrets.token_hex(16),
            arrived=arrived,
            now={"N": str(now)},
        )

    def probe_seen(self, window_id: str, token: str, probe_id: str) -> bool:
        """A probe came through. False for one that this board did not send."""
        return self._table.update(
            ("#windows", window_id),
            "ADD #probes :probes",
            "#token = :token",
            token=token,
            probes={"SS": [probe_id]},
        )

    def changed(self, window: WindowState, arrived: str, now: int) -> None:
        """Remember that more has come through for a window than before."""
        self._table.update(
            ("#windows", window.span.id),
            "SET #arrived = :arrived, #changed_at = :now",
            "#state = :state",
            arrived=arrived,
            now={"N": str(now)},
            state=window.state,
        )

    def sealing(self, window: WindowState, now: int) -> bool:
        """From here on the window takes nothing. A batch that began before may still write, until it times out."""
        return self._step(window, SEALING, "sealing_at = :now", now={"N": str(now)})

    def seal(self, window: WindowState, ranked: WindowRanks, event: dict[str, Any]) -> None:
        """The window's ranks are final; the event that tells so is written with it. Harmless when done twice."""
        sealed = {
            "Update": {
                "TableName": self._table.name,
                "Key": self._table.key(("#windows", window.span.id)),
                "UpdateExpression": "SET #state = :sealed, #final = :final",
                "ConditionExpression": "#state = :sealing",
                "ExpressionAttributeNames": {"#state": "state", "#final": "final"},
                "ExpressionAttributeValues": {
                    ":sealed": {"S": SEALED},
                    ":sealing": {"S": SEALING},
                    ":final": {"S": json.dumps(asdict(ranked))},
                },
            }
        }
        writes: list[Any] = [sealed, {"Put": self._table.write(event)}]
        client = self._table.client
        try:
            client.transact_write_items(TransactItems=writes)
        except client.exceptions.TransactionCanceledException as error:
            codes = [reason.get("Code", "None") for reason in error.response["CancellationReasons"]]
            if codes[0] != "ConditionalCheckFailed":
                raise

    def _step(self, window: WindowState, state: str, assignments: str, **values: Any) -> bool:
        """Move a window on from the state it was read in; False where it is in another already."""
        names = ", ".join(f"#{assignment.strip()}" for assignment in assignments.split(","))
        condition = "attribute_not_exists(#state)" if window.state == OPEN else "#state = :before"
        before = {} if window.state == OPEN else {"before": window.state}
        return self._table.update(
            ("#windows", window.span.id), f"SET #state = :state, {names}", condition, state=state, **before, **values
        )


def _refused(name: str, stored: str, mine: str) -> IdentityError:
    return IdentityError(
        f"this board's data was made with {name} = {stored}, the bundle has {mine}: "
        "nothing is written; give the board a new name, or put the old value back"
    )


def _dates(span: Window) -> str:
    return " to ".join(instants.rfc3339(edge) for edge in (span.starts_at, span.ends_at) if edge is not None)

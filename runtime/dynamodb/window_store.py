"""Windows in the aggregates table: which were opened, how far each is from sealed, and what the numbers mean.

A window goes open -> probing -> sealing -> sealed. Each step is one conditional write, so that two rebuilds at once
agree.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from runtime.config import BoardConfig
from runtime.domain import instants, windows
from runtime.domain.identity import describe_identity
from runtime.domain.ranking import WindowRanks
from runtime.domain.windows import Window
from runtime.dynamodb.items import get_number, get_text
from runtime.dynamodb.table import Item, Key, Table

OPEN, PROBING, SEALING, SEALED = "open", "probing", "sealing", "sealed"
"""The states of a window. SEALING and SEALED take no activity; a batch that began before may still be writing."""


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


class IdentityError(Exception):
    """The stored numbers mean something else than this bundle's numbers, so nothing may be written.

    `name`: what differs, `board` or a window; `stored` and `own`: what it means in the data, and in the bundle.
    """

    def __init__(self, name: str, stored: str, own: str) -> None:
        self.name, self.stored, self.own = name, stored, own
        super().__init__(
            f"this board's data was made with {name} = {stored}, the bundle has {own}: "
            "nothing is written; give the board a new name, or put the old value back"
        )


class WindowStore:
    """The windows of one board that were opened, in its aggregates table."""

    def __init__(self, table: Table, board: BoardConfig) -> None:
        self._table = table
        self._board = board
        self._identity_is_checked = False
        self._shards: dict[str, int] = {}

    def check_identity(self) -> None:
        """Compare the board's identity with the stored one. Raises IdentityError where they differ.

        Where none is stored yet, for a new board or for a kind of window that is new to it, the board's own is stored.
        Seasons that were opened must have the same dates as before.
        """
        if self._identity_is_checked:
            return
        for name, own in describe_identity(self._board).items():
            key = ("#identity", name)
            stored = self._table.get(key)
            if stored is None:
                item = {**self._table.key_attributes(key), "is": {"S": own}}
                self._table.put(item, "attribute_not_exists(player_id)")
                stored = self._table.get(key)
            if stored is None or stored["is"]["S"] != own:
                raise IdentityError(name, str(stored and stored["is"]["S"]), own)
        seasons = {season.id: season for kind in self._board.windows for season in windows.season_windows(kind)}
        opened = self._table.get_all([_key(window_id) for window_id in seasons]) if seasons else {}
        for stored_season in (_read_state(item).window for item in opened.values()):
            if stored_season != (season := seasons[stored_season.id]):
                raise IdentityError(f"the season {season.id}", _dates(stored_season), _dates(season))
        self._identity_is_checked = True

    def open(self, window: Window) -> int:
        """Open a window if it is new, and return how many partitions its aggregates are spread over."""
        if window.id not in self._shards:
            state = self.find(window.id)
            if state is None:
                self._table.put(_window_item(window, self._board.shards), "attribute_not_exists(player_id)")
                state = self.find(window.id)
            assert state is not None
            self._shards[window.id] = state.shards
        return self._shards[window.id]

    def find(self, window_id: str) -> WindowState | None:
        """The state of a window; None for a window that was never opened."""
        item = self._table.get(_key(window_id))
        return _read_state(item) if item else None

    def read_all(self) -> list[WindowState]:
        """The states of all windows that were opened, in the order of their ids."""
        return [_read_state(item) for item in self._table.query("#windows")]

    def forget(self, window_id: str) -> None:
        """Remove the state of a window that no activity can arrive for any more."""
        self._table.delete(_key(window_id))

    def is_closed(self, window_id: str) -> bool:
        """Whether a window takes no activity any more."""
        found = self.find(window_id)
        return found is not None and found.state in (SEALING, SEALED)

    def start_probing(self, state: WindowState, arrived: str, now: int) -> bool:
        """Move a window on to PROBING, with a token for its probes; False where it is in another state already."""
        instant = {"N": str(now)}
        token = secrets.token_hex(16)
        return self._move(state, PROBING, token=token, arrived=arrived, probed_at=instant, changed_at=instant)

    def record_probe(self, window_id: str, token: str, probe_id: str) -> bool:
        """Remember that a probe came through; False for a probe that this board did not send."""
        return self._table.update(
            _key(window_id),
            "ADD #probes :probes",
            "#token = :token",
            token=token,
            probes={"SS": [probe_id]},
        )

    def record_arrival(self, state: WindowState, arrived: str, now: int) -> None:
        """Remember that more has arrived for a window than before."""
        self._table.update(
            _key(state.window.id),
            "SET #arrived = :arrived, #changed_at = :now",
            "#state = :state",
            arrived=arrived,
            now={"N": str(now)},
            state=state.state,
        )

    def start_sealing(self, state: WindowState, now: int) -> bool:
        """Move a window on to SEALING, so that it takes no activity; False where it is in another state already.

        `sealing_at` is for bundles that know no `closed_at`: they would seal a window without it at once.
        """
        return self._move(state, SEALING, sealing_at={"N": str(now)})

    def record_closing(self, window_id: str, now: int) -> None:
        """Remember when it was known that a window takes no activity any more.

        It is another write than the one that closes the window: that one may be carried out long after it was sent,
        where the SDK has to repeat it, and until then batches begin that may still write.
        """
        known = {"N": str(now)}
        self._table.update(_key(window_id), "SET #closed_at = :now", "attribute_not_exists(#closed_at)", now=known)

    def seal(self, state: WindowState, ranks: WindowRanks, event: Item) -> None:
        """Store a window's final ranks together with the outbox item of its event. Doing it twice changes nothing."""
        update = {
            "Update": {
                "TableName": self._table.name,
                "Key": self._table.key_attributes(_key(state.window.id)),
                "UpdateExpression": "SET #state = :sealed, #final = :final",
                "ConditionExpression": "#state = :sealing",
                "ExpressionAttributeNames": {"#state": "state", "#final": "final"},
                "ExpressionAttributeValues": {
                    ":sealed": {"S": SEALED},
                    ":sealing": {"S": SEALING},
                    ":final": {"S": json.dumps(ranks.to_json())},
                },
            }
        }
        writes: list[Any] = [update, {"Put": self._table.put_request(event)}]
        client = self._table.client
        try:
            client.transact_write_items(TransactItems=writes)
        except client.exceptions.TransactionCanceledException as error:
            codes = [reason.get("Code", "None") for reason in error.response["CancellationReasons"]]
            if codes[0] != "ConditionalCheckFailed":
                raise

    def _move(self, state: WindowState, next_state: str, **values: Any) -> bool:
        """Move a window on from the state that it was read in, and set attributes; False where it has moved already."""
        condition = "attribute_not_exists(#state)" if state.state == OPEN else "#state = :before"
        before = {} if state.state == OPEN else {"before": state.state}
        assignments = ", ".join(f"#{name} = :{name}" for name in ("state", *values))
        values |= {"state": next_state, **before}
        return self._table.update(_key(state.window.id), f"SET {assignments}", condition, **values)


def read_shards(table: Table, window_ids: Iterable[str]) -> dict[str, int]:
    """How many partitions each window's aggregates are spread over, for the windows that were opened; up to 100."""
    states = map(_read_state, table.get_all([_key(window_id) for window_id in window_ids]).values())
    return {state.window.id: state.shards for state in states}


def _key(window_id: str) -> Key:
    return "#windows", window_id


def _window_item(window: Window, shards: int) -> Item:
    """Make the item of a window that opens now. It gets its other attributes on the way to being sealed."""
    edges = {"every": window.every, "starts_at": window.starts_at, "ends_at": window.ends_at, "shards": shards}
    return {"partition": {"S": "#windows"}, "player_id": {"S": window.id}, "window": {"S": json.dumps(edges)}}


def _read_state(item: Item) -> WindowState:
    edges = json.loads(item["window"]["S"])
    shards = edges.pop("shards")
    final = get_text(item, "final")
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
    )


def _dates(window: Window) -> str:
    return " to ".join(instants.rfc3339(edge) for edge in (window.starts_at, window.ends_at) if edge is not None)

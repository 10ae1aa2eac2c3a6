"""Windows in the aggregates table: which were opened, how far each is from sealed, and what the numbers mean.

What is stored of a window's edges is the one truth about them. No two functions store edges that contradict each other:
whoever opens a window, or moves an end, writes the board's version of its edges anew in the same transaction, and is
refused where another has done so since it read the windows.

A window goes open -> probing -> sealing -> sealed. Each step is one conditional write, so that two rebuilds at once
agree.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from typing import Any

from runtime.config import BoardConfig, WindowKind
from runtime.domain.edges.local_edges import LocalEdges, describe_local
from runtime.domain.edges.timeline import Timelines
from runtime.domain.identity import describe_identity
from runtime.domain.ranking import WindowRanks
from runtime.domain.windows import Window
from runtime.dynamodb.decisions import EDGES, Decisions, DecisionStore
from runtime.dynamodb.items import get_text
from runtime.dynamodb.table import PER_TRANSACTION, RETRYABLE, Item, Table
from runtime.dynamodb.window_items import (
    CLEARED,
    CLEARING,
    OPEN,
    PROBING,
    SEALED,
    SEALING,
    WINDOWS,
    WindowState,
    move_window,
    open_window,
    read_state,
    window_item,
    window_key,
)


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


class EdgesChangedError(Exception):
    """Another function has opened a window, or moved an end, since the windows were read: read them, and judge anew."""


class WindowStore:
    """The windows of one board that were opened, in its aggregates table."""

    def __init__(self, table: Table, board: BoardConfig) -> None:
        self._table = table
        self._board = board
        self._identity_is_checked = False
        self._version: str | None = None
        self._is_versioned = False
        """Whether `_version` is not newer than the windows that were read."""
        self._states: dict[str, WindowState] = {}
        self._timelines = Timelines(board.windows)
        self._decisions = DecisionStore(table)
        self._decided = ""

    def check_identity(self) -> None:
        """Compare the board's identity with the stored one. Raises IdentityError where they differ.

        Where none is stored yet, the board's own is stored.
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
        self._identity_is_checked = True

    @property
    def decisions(self) -> Decisions:
        """What was decided about players before the version was read last."""
        return self._decisions.follow(self._decided)

    @property
    def timelines(self) -> Timelines:
        """Which window an instant falls into, by the windows as they were read last."""
        return self._timelines

    def refresh(self) -> Timelines:
        """Take up what other functions have opened or moved: the windows are read only where the version is another.

        Whatever was stored before the call is in what it returns, but for what a release without versions has opened.
        """
        if not self._is_versioned or self._read_version() != self._version:
            self.read_for_change()
        return self._timelines

    def read_for_change(self) -> list[WindowState]:
        """Read the states of all windows as `read_all` does, so that some can be opened, or ends moved."""
        # The version comes first: the windows may be newer than it, and then what follows from them is refused.
        version = self._read_version()
        states = self.read_all()
        self._version, self._is_versioned = version, True
        return states

    def read_all(self) -> list[WindowState]:
        """Read the states of all windows that were opened, in the order of their ids."""
        self._is_versioned = False
        self._states = {state.window.id: state for state in map(read_state, self._table.query(WINDOWS))}
        self._timelines = self._make_timelines()
        return list(self._states.values())

    def open(self, windows: Iterable[Window]) -> None:
        """Open those of some windows that are new, as their timelines have them.

        Raises EdgesChangedError where another function has opened a window since they were read.
        """
        kinds: dict[str, WindowKind] = {kind.every: kind for kind in self._board.windows}
        new = [
            open_window(window, self._board.shards, describe_local(kinds[window.every], window))
            for window in windows
            if window.id not in self._states
        ]
        while new:
            # One item of each transaction is the version's.
            some, new = new[: PER_TRANSACTION - 1], new[PER_TRANSACTION - 1 :]
            self._change_edges([self._table.put_new_request(window_item(state)) for state in some])
            self._states |= {state.window.id: state for state in some}
            self._timelines = self._make_timelines()

    def state_of(self, window: Window) -> WindowState:
        """The state of a window as it was read last. It is opened where it is new."""
        if window.id not in self._states:
            self.refresh()
            self.open([window])
        return self._states[window.id]

    def move_end(self, state: WindowState, window: Window, local: LocalEdges, now: int) -> None:
        """Store another end of a window that is not closed yet, and let all that was done to seal it begin anew.

        Raises EdgesChangedError where another function has opened or moved one, or is about to seal this one.
        """
        item = window_item(move_window(state, window, local, now))
        same = "#window = :window AND (attribute_not_exists(#state) OR #state = :probing)"
        self._change_edges([{"Put": self._table.put_request(item, same, window=state.edges, probing=PROBING)}])

    def find(self, window_id: str) -> WindowState | None:
        """The state of a window; None for a window that was never opened."""
        item = self._table.get(window_key(window_id))
        return read_state(item) if item else None

    def forget(self, window_id: str) -> None:
        """Remove the state of a window that no activity can arrive for any more."""
        self._table.delete(window_key(window_id))

    def record_clearing(self, window_id: str) -> None:
        """Remember that the scores of a window are being deleted; nothing where it is forgotten."""
        key = window_key(window_id)
        self._table.update(key, "SET #clearing = :step", "#player_id = :id", step=CLEARING, id=window_id)

    def record_cleared(self, window_id: str) -> None:
        """Remember that the scores of a window are all gone; nothing where it is forgotten.

        What only its sealing needed goes too: all windows are read whenever one has opened.
        """
        changes = "SET #clearing = :step REMOVE #probes, #token, #arrived, #probed_at, #changed_at"
        self._table.update(window_key(window_id), changes, "#player_id = :id", step=CLEARED, id=window_id)

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
            window_key(window_id),
            "ADD #probes :probes",
            "#token = :token",
            token=token,
            probes={"SS": [probe_id]},
        )

    def record_arrival(self, state: WindowState, arrived: str, now: int) -> None:
        """Remember that more has arrived for a window than before."""
        self._table.update(
            window_key(state.window.id),
            "SET #arrived = :arrived, #changed_at = :now",
            "#state = :state AND #window = :window",
            arrived=arrived,
            now={"N": str(now)},
            state=state.state,
            window=state.edges,
        )

    def start_sealing(self, state: WindowState, now: int) -> bool:
        """Move a window on to SEALING, so that it takes no activity; False where it is in another state already.

        `sealing_at` is for bundles that know no `closed_at`: they would seal a window without it at once.
        """
        return self._move(state, SEALING, sealing_at={"N": str(now)})

    def record_closing(self, window_id: str, now: int) -> None:
        """Remember when it was known that a window takes no activity any more.

        It is another write than the one that closes the window: that one may be carried out long after it was sent,
        where the SDK has to repeat it, and until then batches begin that may still write. A window whose end was moved
        instead is not closed: it would be sealed one day without a wait for the batches of that day.
        """
        condition = "#state = :sealing AND attribute_not_exists(#closed_at)"
        known = {"N": str(now)}
        self._table.update(window_key(window_id), "SET #closed_at = :now", condition, now=known, sealing=SEALING)

    def seal(self, state: WindowState, ranks: WindowRanks, event: Item) -> None:
        """Store a window's final ranks together with the outbox item of its event. Doing it twice changes nothing."""
        final = json.dumps(ranks.to_json())
        update = self._table.update_request(
            window_key(state.window.id),
            "SET #state = :sealed, #final = :final",
            "#state = :sealing",
            sealed=SEALED,
            sealing=SEALING,
            final=final,
        )
        writes: list[Any] = [{"Update": update}, {"Put": self._table.put_request(event)}]
        client = self._table.client
        try:
            client.transact_write_items(TransactItems=writes)
        except client.exceptions.TransactionCanceledException as error:
            codes = [reason.get("Code", "None") for reason in error.response["CancellationReasons"]]
            if codes[0] != "ConditionalCheckFailed":
                raise

    def _move(self, state: WindowState, next_state: str, **values: Any) -> bool:
        """Move a window on from the state that it was read in, and set attributes; False where it has moved already.

        It may also have got another end meanwhile: then it has longer to go, or shorter.
        """
        condition = "attribute_not_exists(#state)" if state.state == OPEN else "#state = :before"
        before = {} if state.state == OPEN else {"before": state.state}
        assignments = ", ".join(f"#{name} = :{name}" for name in ("state", *values))
        values |= {"state": next_state, "window": state.edges, **before}
        condition += " AND #window = :window"
        return self._table.update(window_key(state.window.id), f"SET {assignments}", condition, **values)

    def _read_version(self) -> str | None:
        """The version of the board's edges, another text after each change; None before the first."""
        item = self._table.get(EDGES) or {}
        self._decided = get_text(item, "players") or ""
        return get_text(item, "version")

    def _make_timelines(self) -> Timelines:
        return Timelines(self._board.windows, [state.window for state in self._states.values()])

    def _change_edges(self, writes: list[Any]) -> None:
        """Carry out writes of windows' edges, if nobody has changed any since they were read."""
        assert self._is_versioned, "the version is read before the windows that a change follows from"
        version = secrets.token_hex(8)
        same = "attribute_not_exists(#version)" if self._version is None else "#version = :before"
        before = {} if self._version is None else {"before": self._version}
        # What else the item says stays.
        update = self._table.update_request(EDGES, "SET #version = :version", same, version=version, **before)
        versioned: Any = {"Update": update}
        client = self._table.client
        try:
            client.transact_write_items(TransactItems=[*writes, versioned])
        except client.exceptions.TransactionCanceledException as error:
            self._is_versioned = False
            if not {reason.get("Code", "None") for reason in error.response["CancellationReasons"]} <= RETRYABLE:
                raise
            raise EdgesChangedError("another function has changed the windows") from error
        self._version = version


def read_states(table: Table, window_ids: Iterable[str]) -> list[WindowState]:
    """The states of those of some windows that were opened; up to 100."""
    return list(map(read_state, table.get_all([window_key(window_id) for window_id in window_ids]).values()))

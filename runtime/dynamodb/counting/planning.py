"""Plans: what players' records change in what is stored, as the parts of a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.config import BoardConfig
from runtime.domain import counting, events
from runtime.domain.counting import Effect
from runtime.domain.instants import MINUTE
from runtime.domain.judging import Contribution, JudgedRecord
from runtime.domain.rejection import Rejection
from runtime.domain.windows import Window
from runtime.dynamodb import items
from runtime.dynamodb.recounting.recounts import TwinCounting
from runtime.dynamodb.table import Item, Key, Table
from runtime.dynamodb.window_items import WindowState
from runtime.dynamodb.window_store import WindowStore


@dataclass(frozen=True)
class Plan:
    """What one player's records change."""

    judged: Sequence[JudgedRecord]
    effect: Effect
    writes: list[Any]
    """The parts of a transaction that change it: first a mark for each record, in order."""


class Planner:
    """Plans for one board: `table` holds its aggregates, and `marks` which activities were decided on already."""

    def __init__(self, board: BoardConfig, window_store: WindowStore, table: Table, marks: Table) -> None:
        self._board = board
        self._window_store = window_store
        self._table = table
        self._marks = marks

    def plan(self, players: Mapping[str, Sequence[JudgedRecord]], now: int) -> dict[str, Plan]:
        """Read what is stored of some players, at once, and plan what their records change.

        Together they have at most 100 records and windows: so many items are read at once (`Table.get_all`).
        """
        keys = {player_id: self._find_keys(player_id, judged) for player_id, judged in players.items()}
        minutes = {player_id: self._find_minutes(player_id, judged) for player_id, judged in players.items()}
        aggregates = _read(self._table, keys.values())
        # While a transaction is carried out its items are seen one by one (Amazon DynamoDB developer guide, "Isolation
        # levels for DynamoDB transactions"): an aggregate that was read says nothing about the counters, so each has a
        # condition of its own.
        stored = aggregates | _read(self._marks, minutes.values())
        return {
            player_id: self._plan(player_id, judged, keys[player_id], minutes[player_id], stored, now)
            for player_id, judged in players.items()
        }

    def _plan(
        self,
        player_id: str,
        judged: Sequence[JudgedRecord],
        keys: Mapping[Window, Key],
        minute_keys: Mapping[int, Key],
        stored: Mapping[Key, Item],
        now: int,
    ) -> Plan:
        """Decide what one player's records change in what is stored, and make the writes for it."""
        twins = TwinCounting({window: stored[key] for window, key in keys.items() if key in stored})
        minutes = {minute: items.get_number(stored.get(key, {}), "counted") for minute, key in minute_keys.items()}
        verdicts = [twins.extend(each.verdict) for each in judged]
        effect = counting.count_activities(self._board, verdicts, twins.aggregates, minutes)

        marks, rejected, writes = [], [], []
        for each, verdict in zip(judged, effect.verdicts, strict=True):
            outcome = "rejected" if isinstance(verdict, Rejection) else "counted"
            marks.append(self._marks.put_new_request(items.mark_item(each.record, outcome, now)))
            if isinstance(verdict, Rejection):
                rejected.append({"Put": self._marks.put_request(items.rejected_item(each.record, verdict, now))})
        for window, aggregate in twins.windows(effect).items():
            version, condition = next_version(stored.get(keys[window]))
            item = items.aggregate_item(keys[window], aggregate, version) | twins.attributes(window, effect)
            writes.append({"Put": self._table.put_request(item, **condition)})
        for minute, counted in effect.minutes.items():
            item = items.minute_item(minute_keys[minute], counted, now)
            writes.append({"Put": self._marks.put_request(item, **_same_counter(stored.get(minute_keys[minute])))})
        milestones = twins.milestones(effect, [self._state_of(window) for window in keys])
        reached = [] if self._window_store.decisions.hides(player_id) else milestones
        for details in events.milestone_details(self._board, player_id, reached):
            writes.append({"Put": self._table.put_request(items.outbox_item(events.MILESTONE_REACHED, details))})
        return Plan(judged, effect, [*marks, *rejected, *writes])

    def _find_keys(self, player_id: str, judged: Sequence[JudgedRecord]) -> dict[Window, Key]:
        """The keys of the player's aggregates that the records may change, by window."""
        return {
            window: items.aggregate_key(window.id, self._state_of(window).shards, player_id)
            for window in find_windows(judged)
        }

    def _find_minutes(self, player_id: str, judged: Sequence[JudgedRecord]) -> dict[int, Key]:
        """The keys of the counters of the records' UTC minutes; none where the board does not limit them."""
        if self._board.limits.activities_per_minute is None:
            return {}
        contributions = (each.verdict for each in judged if isinstance(each.verdict, Contribution))
        minutes = {contribution.activity.at // MINUTE for contribution in contributions}
        return {minute: items.minute_key(player_id, minute) for minute in minutes}

    def _state_of(self, window: Window) -> WindowState:
        return self._window_store.state_of(window)


def find_windows(judged: Iterable[JudgedRecord]) -> list[Window]:
    """The windows that records contribute to, in the order of their ids."""
    windows = {w.id: w for each in judged if isinstance(each.verdict, Contribution) for w in each.verdict.windows}
    return [windows[window_id] for window_id in sorted(windows)]


def next_version(item: Item | None) -> tuple[int, dict[str, Any]]:
    """The next version of an item, and the condition that the stored item is still the one that was read."""
    if item is None:
        return 1, {"condition": "attribute_not_exists(player_id)"}
    run = {"run": item["run"]["S"]} if "run" in item else {}
    same_run = " AND #run = :run" if run else ""
    if "version" not in item:
        # It was written while the board kept one run by one conditional write.
        return 1, {"condition": f"attribute_not_exists(#version){same_run}", **run}
    # While a deployment goes on such a write may come between two transactions, with a better run: then versions begin
    # anew, and the same version says nothing.
    version = item["version"]["S"]
    return int(version) + 1, {"condition": f"#version = :version{same_run}", "version": version, **run}


def _read(table: Table, keys: Iterable[Mapping[Any, Key]]) -> dict[Key, Item]:
    """The stored items of some keys, by key."""
    wanted = [key for some in keys for key in some.values()]
    return table.get_all(wanted) if wanted else {}


def _same_counter(item: Item | None) -> dict[str, Any]:
    """The condition that a minute's counter is still as it was read."""
    if item is None:
        return {"condition": "attribute_not_exists(player_id)"}
    return {"condition": "#counted = :counted", "counted": item["counted"]}

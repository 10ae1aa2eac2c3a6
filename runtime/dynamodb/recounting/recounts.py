"""Recounts: what a replay has counted anew, beside what was counted as it came, in the same items.

    item of a player   recounted      what the recount comes to, as `items.aggregate_item` has it; empty: nothing counts
                       recounted_run  where one run is kept: its `run_key`
                       recounted_since  where an operator has set it: `Aggregate.since`
                       recount        which recount that is, "/", and how many activities are missing in it
    item of a window   recount        which recount its players have, or are about to get
                       recount_at     when it was begun, swapped or undone last
                       shown          RECOUNT where rebuilds and the API read that one, FIRST where they do not; KEPT
                                      behind it, where the other one is being removed

Both lie in one item, so one write changes both, on one condition: a player's recount is of the same activities as the
first count, always. A player without one came after the replay, and the first count stands for both.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from runtime.domain.counting import Effect
from runtime.domain.events import Milestone
from runtime.domain.judging import Contribution
from runtime.domain.rejection import Rejection
from runtime.domain.scoring import Aggregate, made_by
from runtime.domain.windows import Window
from runtime.dynamodb.decisions import EDGES
from runtime.dynamodb.items import aggregate_item, get_text, read_aggregate
from runtime.dynamodb.table import RETRYABLE, Item, Key, Table
from runtime.dynamodb.window_items import (
    FIRST,
    FIRST_KEPT,
    PROBING,
    RECOUNT,
    RECOUNT_KEPT,
    SEALED,
    WindowState,
    window_key,
)

ATTRIBUTES = ("recounted", "recounted_run", "recounted_since", "recount")
"""What a player's item has of a recount."""
_SHOW = "SET #shown = :shown, #recount_at = :now"
_STATES = {"probing": PROBING, "sealed": SEALED}
_NOT_SEALING = (
    "attribute_not_exists(#clearing) AND (attribute_not_exists(#state) OR #state = :probing OR #state = :sealed)"
)


def read_first(item: Item | None) -> Aggregate | None:
    """What was counted of a player as it came; None where nothing is."""
    return read_aggregate(item) if item and "columns" in item else None


def read_recounted(item: Item | None) -> Aggregate | None:
    """What the recount of a player comes to; None where nothing counts, and where there is none."""
    if item is None or "recounted" not in item:
        return None
    since = {"since": item["recounted_since"]} if "recounted_since" in item else {}
    return read_first(item["recounted"]["M"] | since)


def read_shown(item: Item | None, state: WindowState) -> Aggregate | None:
    """What readers see of a player in a window; None for a player who is not in its ranks."""
    shows = state.shows_recount and item is not None and is_recounted(item, state.recount)
    return read_recounted(item) if shows else read_first(item)


def recounted_attributes(aggregate: Aggregate | None, recount: str) -> Item:
    """What a player's item has of a recount. `recount` is its text as it is stored."""
    content: Item = {}
    if aggregate is not None:
        item = aggregate_item(("", ""), aggregate, version=0)
        content = {name: value for name, value in item.items() if name not in ("partition", "player_id", "version")}
    flat = {"recounted_run": aggregate.run, "recounted_since": aggregate.since} if aggregate else {}
    told = {name: {"S": text} for name, text in flat.items() if text}
    return {"recounted": {"M": content}, "recount": {"S": recount}, **told}


def is_recounted(item: Item, recount: str) -> bool:
    """Whether a player's item has that recount, whole."""
    return (get_text(item, "recount") or "").startswith(f"{recount}/")


def count_missing(item: Item) -> int:
    """How many activities a player's recount is without, that were counted and are gone."""
    return int(item["recount"]["S"].rpartition("/")[2])


class TwinCounting:
    """Lets activities of one player count in recounts too: there each stored window has a twin, where it has one."""

    def __init__(self, stored: Mapping[Window, Item]) -> None:
        self._stored = stored
        self._twins = {window: _twin(window) for window, item in stored.items() if "recounted" in item}

    @property
    def aggregates(self) -> dict[Window, Aggregate]:
        """What is stored, by window: of a recount by the window's twin."""
        first = {window: read_first(item) for window, item in self._stored.items()}
        twins = {twin: read_recounted(self._stored[window]) for window, twin in self._twins.items()}
        return {window: found for window, found in (first | twins).items() if found is not None}

    def extend(self, verdict: Contribution | Rejection) -> Contribution | Rejection:
        """A verdict by which the activity counts in the twins too."""
        if isinstance(verdict, Rejection) or not self._twins:
            return verdict
        return verdict._replace(windows=(*verdict.windows, *self._twins_of(verdict.windows)))

    def windows(self, effect: Effect) -> dict[Window, Aggregate]:
        """The windows that change, without their twins, with the first count in each."""
        twins = set(self._twins.values())
        return {window: each for window, each in effect.aggregates.items() if window not in twins}

    def attributes(self, window: Window, effect: Effect) -> Item:
        """What the item of a player has of a recount afterwards."""
        if window not in self._twins:
            return {}
        return recounted_attributes(effect.aggregates[self._twins[window]], self._stored[window]["recount"]["S"])

    def milestones(self, effect: Effect, states: Iterable[WindowState]) -> list[Milestone]:
        """The milestones that are told of: those that what readers see has reached."""
        shown = {state.window for state in states if state.shows_recount and state.window in self._twins}
        windows = {twin: window for window, twin in self._twins.items()}
        told = [each for each in effect.milestones if each.window not in windows and each.window not in shown]
        others = [each for each in effect.milestones if windows.get(each.window) in shown]
        return told + [replace(each, window=windows[each.window]) for each in others]

    def _twins_of(self, windows: Sequence[Window]) -> list[Window]:
        return [self._twins[window] for window in windows if window in self._twins]


def keep_recounted_run(table: Table, key: Key, run: Aggregate, kind: str) -> None:
    """Make a run the recounted one of a player, if it is better; nothing where the player has no recount."""
    condition, by = "#recounted_run < :run", {}
    if kind == "best":
        since = "(attribute_not_exists(#recounted_since) OR #recounted_since < :by)"
        condition, by = f"#recounted_run > :run AND {since}", {"by": made_by(run)}
    content = recounted_attributes(run, "")["recounted"]
    table.update(key, "SET #recounted = :content, #recounted_run = :run", condition, content=content, run=run.run, **by)


def unchanged(item: Item) -> tuple[str, dict[str, Any]]:
    """The condition that nothing was counted of a player since the item was read, and its values."""
    names = ("version", "run", "recounted_run", "recount")
    there = [name for name in names if name in item]
    same = [f"#{name} = :{name}" for name in there]
    same += [f"attribute_not_exists(#{name})" for name in names if name not in item]
    return " AND ".join(same), {name: item[name] for name in there}


def begin_recount(table: Table, states: Sequence[WindowState], recount: str, now: int) -> bool:
    """Say that the players of some windows get a recount; False where a window is not as it was read."""
    is_same = "#window = :window AND (attribute_not_exists(#recount) OR #recount = :before)"
    is_first = "(attribute_not_exists(#shown) OR #shown = :first OR #shown = :kept)"
    set_ = "SET #recount = :recount, #recount_at = :now, #shown = :first"
    is_kept = "attribute_not_exists(#clearing)"
    return _change(
        table,
        states,
        set_,
        f"{is_same} AND {is_first} AND {is_kept}",
        now,
        recount=recount,
        first=FIRST,
        kept=FIRST_KEPT,
    )


def show_recount(table: Table, states: Sequence[WindowState], recount: str, now: int) -> bool:
    """Let readers see the recount of some windows from the next rebuild on, all at once; False where one has changed.

    A window that is about to be sealed has changed too: a rebuild may be making its final ranks of the first count. So
    has one in which an operator has corrected a score since it was read.
    """
    is_read = "(attribute_not_exists(#corrected) OR #corrected = :corrected)"
    condition = f"#recount = :recount AND #shown = :first AND {is_read} AND {_NOT_SEALING}"
    return _change(table, states, _SHOW, condition, now, shown=RECOUNT, first=FIRST, recount=recount, **_STATES)


def show_first(table: Table, states: Sequence[WindowState], now: int) -> bool:
    """Let readers see what was counted as it came again; False where a window has changed.

    Nobody sees that recount again: what functions of other rules have added to it would stay. It goes a week later.
    """
    condition = f"#shown = :recount AND {_NOT_SEALING}"
    return _change(table, states, _SHOW, condition, now, shown=FIRST_KEPT, recount=RECOUNT, **_STATES)


def keep_shown(table: Table, state: WindowState, now: int) -> bool:
    """Say that of two counts only the one that readers see is kept; False where the window has changed."""
    kept = RECOUNT_KEPT if state.shows_recount else FIRST_KEPT
    condition = "#recount = :recount AND #shown = :before"
    return _change(table, [state], _SHOW, condition, now, shown=kept, recount=state.recount, before=state.shown)


def end_recount(table: Table, state: WindowState, now: int) -> bool:
    """Say that no player of a window has a recount any more; False where it has changed."""
    condition = "#recount = :recount AND (#shown = :kept OR #shown = :first_kept)"
    kept = {"kept": RECOUNT_KEPT, "first_kept": FIRST_KEPT}
    set_ = "SET #shown = :first, #recount_at = :now REMOVE #recount"
    return _change(table, [state], set_, condition, now, first=FIRST, recount=state.recount, **kept)


def _change(
    table: Table, states: Sequence[WindowState], expression: str, condition: str, now: int, **values: Any
) -> bool:
    """Change some windows in one transaction, together with the version by which each batch hears of it.

    Up to 90 windows, the most days of a rolling one. Raises ClientError.
    """
    values["now"] = {"N": str(now)}
    updates = []
    for state in states:
        # What DynamoDB is given and does not use is an error.
        own: dict[str, Any] = {}
        if ":window" in condition:
            own = {"window": state.edges, "before": state.recount or "-"}
        elif ":corrected" in condition:
            own = {"corrected": {"N": str(state.corrected)}}
        updates.append(table.update_request(window_key(state.window.id), expression, condition, **values | own))
    updates.append(table.update_request(EDGES, "SET #version = :version", None, version=secrets.token_hex(8)))
    writes: list[Any] = [{"Update": update} for update in updates]
    client = table.client
    try:
        client.transact_write_items(TransactItems=writes)
    except client.exceptions.TransactionCanceledException as error:
        if not {reason.get("Code", "None") for reason in error.response["CancellationReasons"]} <= RETRYABLE:
            raise
        return False
    return True


def _twin(window: Window) -> Window:
    """What stands for a window's recount while activities are counted. No window's id has a "~"."""
    return replace(window, id=f"{window.id}~")

"""Counts a correction, once: by one transaction with the scores that it changes.

The transaction is refused where the correction is there already, where a score has changed since it was read, where a
window has moved on towards its seal, and where the player is being erased or was. Then everything is read anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from generator.errors import InputError, OperationError
from generator.operations.corrections import new_score
from generator.operations.corrections.both_counts import correct_both
from generator.operations.corrections.correction import Correction, CountedCorrection, find_correction
from generator.operations.corrections.new_score import UnfitError
from generator.operations.corrections.windows import choose_windows, find_problems
from generator.operations.players.deciding import ERASED, UNDER_WAY
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.running_board import aws_errors_as_operation_errors
from runtime.domain import counting, events
from runtime.domain.events import Milestone
from runtime.domain.scoring import Aggregate
from runtime.domain.windows import Window
from runtime.dynamodb import items
from runtime.dynamodb.changes import Changes
from runtime.dynamodb.counting.planning import next_version
from runtime.dynamodb.decisions import PLAYERS, DecisionStore, hash_player
from runtime.dynamodb.recounting.recounts import read_shown, unchanged
from runtime.dynamodb.table import RETRYABLE, Item, Key, Table, pause_before_retry
from runtime.dynamodb.window_items import PROBING, SEALED, WindowState, window_key
from runtime.dynamodb.window_store import EdgesChangedError, IdentityError, WindowStore
from runtime.s3.snapshots import SnapshotStore

ATTEMPTS = 10
"""How often it is tried while functions write the same items, with at most 20 seconds of pauses in all."""


@dataclass(frozen=True)
class Plan:
    """What a correction changes, by what was found."""

    counted: CountedCorrection
    windows: WindowStore
    """The board's windows, as they were read."""
    states: Mapping[str, WindowState]
    """Those that are stored, by id."""
    stored: Mapping[Window, Item]
    """The player's scores."""
    before: Mapping[Window, Aggregate]
    """The same, read."""
    after: Mapping[Window, Aggregate]
    """What they come to, in each window that the correction falls in."""
    is_hidden: bool
    """Whether nobody is told of a milestone."""
    erased_until: int | None
    """What the correction says of it."""


def count_correction(board: ManagedBoard, correction: Correction, *, reopen: bool) -> tuple[CountedCorrection, bool]:
    """Count a correction if it was not counted before. Returns it, and whether it is new.

    Raises InputError where it cannot be counted, and OperationError.
    """
    for attempt in range(ATTEMPTS):
        with aws_errors_as_operation_errors():
            if (found := find_correction(board.running.marks, correction)) is not None:
                return found, False
            plan = make_plan(board, correction, reopen=reopen)
            if _open(plan) and _write(board, plan):
                return plan.counted, True
        pause_before_retry(attempt)
    raise OperationError(f"{board.name}: its functions wrote the same scores {ATTEMPTS} times meanwhile: try again")


def make_plan(board: ManagedBoard, correction: Correction, *, reopen: bool) -> Plan:
    """Find what a correction would change now. Raises InputError where it cannot be counted."""
    now, store = board.running.now(), WindowStore(board.aggregates, board.config)
    states = {state.window.id: state for state in store.read_for_change()}
    windows = choose_windows(board.config, states, store.timelines, correction, now)
    newest = SnapshotStore(board.bucket).read_newest() if reopen else None
    shown = {ranks.window.id for ranks in newest.ranks} if newest else set()
    problems = find_problems(board.config, windows, states, store.timelines, shown, now, reopen=reopen)
    if wrong := "\n".join(problems):
        raise InputError(wrong)
    decided = _find_decided(board, correction)
    keys = {each: _key(states[each.id], correction.player_id) for each in windows if each.id in states}
    found = board.aggregates.get_all(list(keys.values())) if keys else {}
    stored = {window: found[key] for window, key in keys.items() if key in found}
    shown_now = {window: read_shown(item, states[window.id]) for window, item in stored.items()}
    before = {window: aggregate for window, aggregate in shown_now.items() if aggregate is not None}
    random_bits = int(sha256(correction.key[1].encode()).hexdigest()[:16], 16)
    activity_id = new_score.choose_id(board.config, list(before.values()), now, random_bits)
    after = _correct_all(board, correction, windows, before, activity_id)
    names = {window: new_score.name_columns(board.config, aggregate) for window, aggregate in before.items()}
    counted = CountedCorrection(
        correction.key,
        correction.player_id,
        activity_id,
        correction.action,
        dict(correction.values),
        {window.id: names.get(window) for window in windows},
        {window.id: new_score.name_columns(board.config, aggregate) for window, aggregate in after.items()},
    )
    return Plan(counted, store, states, stored, before, after, "hidden" in decided, correction.erased_until)


def _correct_all(
    board: ManagedBoard,
    correction: Correction,
    windows: list[Window],
    before: Mapping[Window, Aggregate],
    activity_id: str,
) -> dict[Window, Aggregate]:
    """The player's aggregates in all windows after a correction. Raises InputError for all that is wrong."""
    after, problems = {}, []
    for window in windows:
        bound = counting.bound_of(board.config, window)
        try:
            after[window] = new_score.correct(
                board.config,
                before.get(window),
                correction.player_id,
                correction.action,
                correction.values,
                activity_id,
                bound,
            )
        except UnfitError as error:
            problems.append(f"{window.id}: {error}")
    if problems:
        raise InputError("\n".join(problems))
    return after


def _find_decided(board: ManagedBoard, correction: Correction) -> Item:
    """What is decided about the player. Raises InputError where an erasure is under way, or one has ended since."""
    decisions, player_id = DecisionStore(board.aggregates), correction.player_id
    decided, tombstone = decisions.find(player_id) or {}, decisions.find(hash_player(player_id))
    if "erasing" in decided:
        raise InputError(UNDER_WAY)
    if (items.get_number(tombstone, "until") if tombstone else None) != correction.erased_until:
        raise InputError(ERASED)
    return decided


def _check_erased(table: Table, plan: Plan) -> Iterator[dict[str, Any]]:
    """The parts of the transaction that are refused where the player is being erased, or was meanwhile."""
    player_id, until = plan.counted.player_id, plan.erased_until
    yield table.check_request((PLAYERS, player_id), "attribute_not_exists(#erasing)")
    tombstone = PLAYERS, hash_player(player_id)
    if until is None:
        yield table.check_request(tombstone, "attribute_not_exists(#until)")
    else:
        yield table.check_request(tombstone, "#until = :until", until={"N": str(until)})


def _key(state: WindowState, player_id: str) -> Key:
    return items.aggregate_key(state.window.id, state.shards, player_id)


def _open(plan: Plan) -> bool:
    """Open the windows that are not, as an activity does; False where there are some: then all must be read anew."""
    new = [window for window in plan.after if window.id not in plan.states]
    try:
        plan.windows.check_identity()
        plan.windows.open(new)
    except IdentityError as error:
        raise OperationError(str(error)) from None
    except EdgesChangedError:
        return False
    return not new


def _make_writes(board: ManagedBoard, plan: Plan) -> list[Any]:
    """The transaction of a plan."""
    counted, table, now = plan.counted, board.aggregates, board.running.now()
    writes: list[Any] = [
        board.running.marks.put_new_request(counted.make_item(now)),
        *_check_erased(table, plan),
        Changes(table).change_request(now),
    ]
    reached: list[Milestone] = []
    for window, after in plan.after.items():
        state, before = plan.states[window.id], plan.before.get(window)
        stored, key = plan.stored.get(window), _key(state, counted.player_id)
        if stored and "recounted" in stored:
            put = correct_both(board.config, counted, state, stored, after)
            writes.append({"Put": table.put_request(put, unchanged(stored)[0], **unchanged(stored)[1])})
        else:
            writes.append(_write_score(board, key, stored, after))
        writes.append(_note_in_window(table, state))
        reached += counting.new_milestones(board.config, window, before, after, counted.at)
    told = [] if plan.is_hidden else reached
    for details in events.milestone_details(board.config, counted.player_id, told):
        writes.append({"Put": table.put_request(items.outbox_item(events.MILESTONE_REACHED, details))})
    return writes


def _write_score(board: ManagedBoard, key: Key, stored: Item | None, after: Aggregate) -> dict[str, Any]:
    """The write of a player's aggregate, which is refused where another one has come since."""
    table = board.aggregates
    if not board.config.keeps_one_run:
        version, condition = next_version(stored)
        return {"Put": table.put_request(items.aggregate_item(key, after, version), **condition)}
    update, values = items.keep_run(after)
    if stored is None or "run" not in stored:
        # Of a player of whom nothing counts after a replay an item without a run is left.
        return {"Update": table.update_request(key, update, "attribute_not_exists(#run)", **values)}
    return {"Update": table.update_request(key, update, "#run = :before", before=stored["run"]["S"], **values)}


def _note_in_window(table: Table, state: WindowState) -> dict[str, Any]:
    """The write that counts a correction in a window's item, which is refused where the window has moved on."""
    is_as_it_was = "#corrected = :seen" if state.corrected else "attribute_not_exists(#corrected)"
    values: dict[str, Any] = {"seen": {"N": str(state.corrected)}} if state.corrected else {}
    if state.state == SEALED:
        is_at_step, values["step"] = "#state = :step", SEALED
    else:
        is_at_step, values["step"] = "(attribute_not_exists(#state) OR #state = :step)", PROBING
    condition = f"#player_id = :id AND attribute_not_exists(#clearing) AND {is_at_step} AND {is_as_it_was}"
    key, following = window_key(state.window.id), {"N": str(state.corrected + 1)}
    changes = "SET #corrected = :corrected"
    return {"Update": table.update_request(key, changes, condition, id=key[1], corrected=following, **values)}


def _write(board: ManagedBoard, plan: Plan) -> bool:
    """Carry out a plan; False where something has changed since it was made."""
    client = board.aggregates.client
    try:
        client.transact_write_items(TransactItems=_make_writes(board, plan))
    except client.exceptions.TransactionCanceledException as error:
        if {reason.get("Code", "None") for reason in error.response["CancellationReasons"]} <= RETRYABLE:
            return False
        raise
    return True

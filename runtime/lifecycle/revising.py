"""Revising: final ranks are made anew where an operator has decided about a player, or has corrected a score.

To decide is to hide, to rename or to erase. A correction of a sealed window has an event of its own, as prizes may go
by its ranks: it is stored together with the new ones, which take the place of the final ones.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from runtime.domain.ranking import FormerRanks, WindowRanks
from runtime.dynamodb.decisions import Decisions
from runtime.dynamodb.table import Item, Table
from runtime.dynamodb.window_items import WindowState, read_state, window_key

FORMER = 5
"""How many of the ranks that a window's final ones have replaced are kept, for the operator only."""


def find_kept(final: WindowRanks, shown: WindowRanks | None) -> WindowRanks | None:
    """The final ranks of a sealed window whose files exist; None where the previous snapshot has left it out.

    `shown` are the ranks that the previous snapshot shows. It may have died before it showed the newest final ones.
    """
    return shown if shown is None or (shown.sealed and shown.corrected == final.corrected) else final


def revise(
    state: WindowState, final: WindowRanks, kept: WindowRanks | None, ranks: WindowRanks, decisions: Decisions
) -> WindowRanks:
    """The final ranks of a sealed window, from those that were kept (None: their files are gone) and those made anew.

    They are another revision where an entry differs. What they replace stays in the bucket, unless a player is being
    erased: what is left of that one goes.
    """
    made = replace(ranks, sealed=True, corrected=state.corrected)
    before = kept or final
    if kept is None and state.corrected == final.corrected:
        return replace(made, revision=final.revision)
    is_revised = ranks.total != before.total
    replaced = FormerRanks(before.prefix, before.players, before.buckets)
    former = (*before.former, replaced)[-FORMER:] if is_revised and kept else before.former if kept else ()
    revision = max(before.revision, final.revision) + is_revised
    return replace(made, revision=revision, former=() if decisions.erasing else former)


def store_correction(
    table: Table,
    before: WindowRanks,
    ranks: WindowRanks,
    make_event: Callable[[WindowRanks], Item],
) -> WindowRanks:
    """Store final ranks that have a new correction, with the event of their revision. Twice changes nothing.

    `before` are the ranks that readers got until now. Returns those that they get from now on: where another rebuild
    has stored its own, which has read the same aggregates, those.
    """
    if ranks.corrected == before.corrected:
        return ranks
    key = window_key(ranks.window.id)
    final, corrected = json.dumps(ranks.to_json()), {"N": str(ranks.corrected)}
    newer = "attribute_not_exists(#told) OR #told < :told"
    update = table.update_request(key, "SET #final = :final, #told = :told", newer, final=final, told=corrected)
    writes: list[Any] = [{"Update": update}]
    if ranks.revision != before.revision:
        writes.append({"Put": table.put_request(make_event(ranks))})
    client = table.client
    try:
        client.transact_write_items(TransactItems=writes)
    except client.exceptions.TransactionCanceledException as error:
        if error.response["CancellationReasons"][0].get("Code") != "ConditionalCheckFailed":
            raise
        stored = table.get(key)
        return (read_state(stored).final if stored else None) or ranks
    return ranks

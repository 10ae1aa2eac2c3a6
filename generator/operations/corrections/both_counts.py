"""Corrects both counts of a player whose window was replayed: the one that readers see, and the one beside it."""

from __future__ import annotations

from contextlib import suppress

from generator.operations.corrections import new_score
from generator.operations.corrections.correction import CountedCorrection
from generator.operations.corrections.new_score import UnfitError
from runtime.config import BoardConfig
from runtime.domain.counting import bound_of
from runtime.domain.scoring import Aggregate
from runtime.dynamodb.items import aggregate_item
from runtime.dynamodb.recounting.recounts import ATTRIBUTES, read_first, read_recounted, recounted_attributes
from runtime.dynamodb.table import Item
from runtime.dynamodb.window_items import WindowState


def correct_both(
    config: BoardConfig, counted: CountedCorrection, state: WindowState, stored: Item, shown: Aggregate
) -> Item:
    """The player's item after a correction. `shown`: what readers see then.

    The other count stays as it is where the correction does not fit it.
    """
    beside = read_first(stored) if state.shows_recount else read_recounted(stored)
    asked = (counted.player_id, counted.action, counted.values, counted.activity_id)
    with suppress(UnfitError):
        beside = new_score.correct(config, beside, *asked, bound_of(config, state.window))
    first, recount = (beside, shown) if state.shows_recount else (shown, beside)
    version = int(stored["version"]["S"]) + 1 if "version" in stored else None
    key = stored["partition"]["S"], stored["player_id"]["S"]
    rest = {name: stored[name] for name in ("reached", *ATTRIBUTES) if name in stored}
    made = aggregate_item(key, first, version) if first else {name: stored[name] for name in ("partition", "player_id")}
    if version is not None:
        made["version"] = {"S": str(version)}
    return rest | made | recounted_attributes(recount, stored["recount"]["S"])

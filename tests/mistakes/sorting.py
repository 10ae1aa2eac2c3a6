"""Mistakes by which a full rebuild loses a player, has one twice, or in the wrong place."""

from __future__ import annotations

from tests.mistakes.making import Edit, Mistake

_READING = "runtime.lifecycle.line_reading"

PLAYER_SPLIT_BY_PAGES = Mistake(
    "days are read side by side up to the page that ends last, and so without some of a player's days",
    (Edit(f"{_READING}:read_complete", "min((_id_of(", "max((_id_of("),),
)

PLAYER_SPLIT_BY_SHARDS = Mistake(
    "days with fewer shards are shared out by the number of those that have more",
    (
        Edit(
            f"{_READING}:count_units",
            "math.gcd(*(part.shards for part in parts))",
            "max(part.shards for part in parts)",
        ),
    ),
)

RUNS_PUT_TOGETHER = Mistake(
    "what runs have of a range of keys is put together, and not sorted",
    (Edit("runtime.sorting.runs:merge_runs", "lines.sort()", "pass"),),
)

REST_OF_A_BLOCK_LOST = Mistake(
    "what a block has behind a range of keys is not kept for the next one",
    (Edit("runtime.sorting.runs:RunReader.take", "self.rest = lines[cut:]", "self.rest = []"),),
)

HIDDEN_ON_THE_SHORT_WAY = Mistake(
    "the short way from an item to a line shows a player whom an operator has hidden",
    (Edit(f"{_READING}:_plain_maker", "hides(player_id)", "False"),),
)

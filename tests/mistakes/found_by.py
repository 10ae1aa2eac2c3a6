"""Which proof finds which mistake."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.mistakes import (
    assembled,
    assembling,
    counting,
    edges,
    following,
    players,
    proofs,
    ranking,
    segments,
    sorting,
)
from tests.mistakes.making import Mistake

_redrive = partial(proofs.fail_everywhere, "redrive, sum")
_batch = partial(proofs.fail_everywhere, "batch, sum")
_forgetting = partial(proofs.fail_everywhere, "forgetting")
_overlapping = partial(proofs.fail_everywhere, "overlapping batches, sum")

FOUND_BY: list[tuple[Mistake, Callable[[], str | None]]] = [
    (counting.MARK_BEFORE_COUNT, proofs.simulate),
    (counting.MARK_BEFORE_COUNT, _batch),
    (counting.COUNT_BEFORE_MARK, proofs.simulate),
    (counting.COUNT_BEFORE_MARK, _batch),
    (counting.MARK_ON_THE_ACTIVITY, proofs.write_over),
    (counting.VERSION_NOT_COMPARED, proofs.simulate),
    (counting.VERSION_NOT_COMPARED, _overlapping),
    (counting.RETRY_DROPPED, proofs.simulate),
    (counting.RETRY_DROPPED, _batch),
    (counting.ACKNOWLEDGED_UNWRITTEN, proofs.simulate),
    (counting.PROBE_COUNTED, proofs.simulate),
    (counting.REDRIVE_UNGUARDED, _redrive),
    (ranking.SORTED_BY_FLOAT, proofs.simulate),
    (ranking.RANK_OFF_BY_ONE, proofs.simulate),
    (ranking.MIDNIGHT_IN_UTC, proofs.compare_days),
    (ranking.POINTER_BEFORE_FILES, proofs.simulate),
    (ranking.POINTER_MOVED_BACK, proofs.simulate),
    (ranking.EVENT_WITH_TWO_IDS, proofs.simulate),
    (ranking.CHANGE_NOT_ANNOUNCED, proofs.simulate),
    (ranking.SEAL_IGNORED, proofs.simulate),
    (ranking.SWEPT_TOO_EARLY, proofs.simulate),
    (ranking.NEWEST_BY_ARRIVAL, proofs.simulate),
    (ranking.BEST_IS_HIGHEST, proofs.simulate),
    (ranking.WORTHLESS_LOSES_TIES, proofs.simulate),
    (ranking.CLEARED_BEFORE_DELETED, _forgetting),
    (ranking.FORGOTTEN_TOO_EARLY, proofs.come_late),
    (edges.OPENED_WITHOUT_VERSION, proofs.open_by_two),
    (edges.JUDGED_BY_THE_RULE, proofs.edit_boards),
    (edges.ENDS_NOT_MOVED, proofs.edit_boards),
    (players.QUIET_WINDOW_SHOWN_AS_BEFORE, proofs.simulate),
    (players.PIN_OUTLIVES_A_DECISION, proofs.simulate),
    (players.HIDDEN_TOLD, proofs.simulate),
    (segments.VALUE_BY_ARRIVAL, proofs.simulate),
    (segments.VALUE_OF_THE_RUN, proofs.simulate),
    (segments.VALUE_OF_A_CHANGED_SCORE, proofs.simulate),
    (segments.RANKS_RUN_ON, proofs.simulate),
    (segments.NEIGHBOUR_OF_ANOTHER_VALUE, proofs.simulate),
    (sorting.PLAYER_SPLIT_BY_PAGES, proofs.sort_windows),
    (sorting.PLAYER_SPLIT_BY_SHARDS, proofs.sort_windows),
    (following.POSITIONS_TAKEN_LATER, proofs.follow),
    (following.GAP_IGNORED, proofs.follow),
    (following.FENCE_NOT_AWAITED, proofs.follow),
    (following.FENCE_NOT_AWAITED, proofs.simulate),
    (following.WINDOWS_READ_FIRST, proofs.follow),
    (following.DAY_TAKEN_FOR_ALL, proofs.follow),
    (following.HIDDEN_FOLLOWED, proofs.follow),
    (following.HIDDEN_FOLLOWED, proofs.simulate),
    (following.DELTA_OF_THE_LAST_DELTA, proofs.follow),
    (following.PLACE_AFTER_THE_DELTA, proofs.follow),
    (following.NAME_OF_BEFORE, proofs.follow),
    (following.NAMES_NUMBERED_UNSORTED, proofs.follow),
    (assembled.ADOPTED_AS_IT_WAS, proofs.adopt),
    (assembled.ADOPTED_AS_IT_WAS, proofs.simulate),
    (assembled.FOLLOWED_FROM_THE_POINTER, proofs.adopt),
    (assembled.COMPACTED_BEHIND, proofs.adopt),
    (assembled.HIDDEN_UNTIL_ASSEMBLED, proofs.adopt),
    (assembled.SWEPT_WHILE_IT_RUNS, proofs.adopt),
    (sorting.RUNS_PUT_TOGETHER, proofs.sort_windows),
    (sorting.REST_OF_A_BLOCK_LOST, proofs.sort_windows),
    (sorting.HIDDEN_ON_THE_SHORT_WAY, proofs.sort_windows),
    (assembling.GROUP_BEGINS_WITH_ITS_RANGE, proofs.assemble_bases),
    (assembling.GROUP_COUNTED_TWICE, proofs.assemble_bases),
    (assembling.GROUP_ENDS_WITH_ITS_RANGE, proofs.assemble_bases),
    (assembling.RANGE_WRITES_ITS_OWN, proofs.assemble_bases),
    (assembling.READ_AGAIN, proofs.assemble_bases),
    (assembling.START_OF_A_BLOCK_TAKEN, proofs.assemble_bases),
    (assembling.RUN_LEFT_OUT, proofs.assemble_bases),
    (assembling.PART_SORTED_IN_PIECES, proofs.assemble_bases),
    (assembling.REMOVED_BY_THE_WHOLE_BASE, proofs.assemble_bases),
]
"""Each mistake with a proof that finds it."""

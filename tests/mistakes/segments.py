"""Mistakes by which a player is in the wrong value of a segment, or ranks within one are wrong."""

from __future__ import annotations

from tests.mistakes.making import Edit, Mistake

VALUE_BY_ARRIVAL = Mistake(
    "a player is in the value that arrived last, not in the newest",
    (
        Edit(
            "runtime.domain.texts.segments:merge_segments",
            "name not in newest or given_by > newest[name][2]",
            "True",
        ),
    ),
)

VALUE_OF_THE_RUN = Mistake(
    "a board that keeps a run takes the values of that run alone",
    (
        Edit(
            "runtime.domain.scoring:_merge",
            "return run if run.segments == segments else run._replace(segments=segments)",
            "return run",
        ),
    ),
)

VALUE_OF_A_CHANGED_SCORE = Mistake(
    "ranks are taken for unchanged where nothing but a player's value has changed",
    (
        Edit(
            "runtime.domain.deltas.changing:compare",
            "if line == last:",
            'if (line or b"").partition(b",")[0] == (last or b"").partition(b",")[0]:',
        ),
    ),
)

RANKS_RUN_ON = Mistake(
    "ranks within a value go on where those of the value before ended",
    (
        Edit(
            "runtime.s3.ranks.blocks:BlockReader._rank",
            "rank, lines, begin = 1, lines[-begin:], 0",
            "rank, lines, begin = 1 - begin, lines[-begin:], 0",
        ),
    ),
)

LEFT_BY_THE_WINDOW = Mistake(
    "a value's list loses the player who stands there where the one who goes stands among all",
    (
        Edit(
            "runtime.domain.deltas.window_changing:_compare_values",
            "BaseLine(position, own)",
            "BaseLine(base[player].stood.position, own)",
        ),
    ),
)

PLACE_IN_THE_BLOCK = Mistake(
    "a place within a value counts the lines of other values that stand before its list in a block",
    (
        Edit(
            "runtime.domain.deltas.places:find_in_base",
            "lines[max(0, begin) : begin + wanted[each].players]",
            "lines[: begin + wanted[each].players]",
        ),
    ),
)

VALUE_OF_NOBODY = Mistake(
    "a value that the last player has left is still listed",
    (
        Edit(
            "runtime.s3.ranks.segments:merge_segment",
            "in values if ranks.players}",
            "in values}",
        ),
    ),
)

NEIGHBOUR_OF_ANOTHER_VALUE = Mistake(
    "a place within a value counts those of the values before it",
    (
        Edit(
            "runtime.s3.ranks.segments:SegmentWriter._write_segment",
            "buckets.add_places(name, players, ranked, ends)",
            "buckets.add_places(name, players, ranked._replace(first=ranked.first + start), ends)",
        ),
    ),
)

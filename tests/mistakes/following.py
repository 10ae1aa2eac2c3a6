"""Mistakes by which a rebuild that reads what has changed makes other ranks than one that reads everything."""

from __future__ import annotations

from tests.mistakes.making import Edit, Mistake

_FOLLOWING = "runtime.lifecycle.following"
_CHANGED = "runtime.lifecycle.changed_players"
_DELTA = "runtime.s3.ranks.delta_writer:DeltaWriter"

POSITIONS_TAKEN_LATER = Mistake(
    "positions are taken after the aggregates were read, and what was written between is skipped",
    (
        Edit(
            "runtime.rebuilder:Rebuilder.rebuild",
            "snapshot = replace(self._make_snapshot(ranker, as_of, changed, states), positions=positions)",
            """
            snapshot, later = self._make_snapshot(ranker, as_of, changed, states), follow(self.stream, None).positions
            snapshot = replace(snapshot, positions=later and later.to_json())
            """,
        ),
    ),
)

GAP_IGNORED = Mistake(
    "a gap in the stream is taken for nothing that has changed",
    (
        Edit(
            f"{_FOLLOWING}:follow",
            "return Since(stream.begin(), None)",
            "return Since(stream.begin(), {})",
        ),
    ),
)

FENCE_NOT_AWAITED = Mistake(
    "the first empty answer of a stream is taken for its end",
    (
        Edit(
            "runtime.dynamodb.streaming.table_stream:TableStream._read_to_fences",
            "while reading.missing or reading.list_pending():",
            "while reading.missing and self._read_on(reading, pool):",
        ),
    ),
)

WINDOWS_READ_FIRST = Mistake(
    "windows are read before the stream, which tells of players in windows that were opened since",
    (
        Edit(
            "runtime.rebuilder:Rebuilder.rebuild",
            "else self._follow(previous, now)\n    states = open_windows(self.board, self.window_store, now)",
            """
            else None
            states = open_windows(self.board, self.window_store, now)
            since = since or self._follow(previous, now)
            """,
        ),
    ),
)

DAY_TAKEN_FOR_ALL = Mistake(
    "the day of a rolling window that has changed is taken for all of its days",
    (
        Edit(
            f"{_CHANGED}:make_changes",
            "if len(parts) == 1:",
            "if (parts := [p for p in parts if changed.get(p.window.id)][:1]):",
        ),
    ),
)

HIDDEN_FOLLOWED = Mistake(
    "a hidden player who plays is shown",
    (
        Edit(
            f"{_CHANGED}:make_changes",
            "choose_maker(board, parts, decisions)",
            "choose_maker(board, parts, Decisions(names=decisions.names))",
        ),
    ),
)

DELTA_OF_THE_LAST_DELTA = Mistake(
    "a delta has what changed since the delta before it, not since the base",
    (
        Edit(
            f"{_DELTA}.update",
            "delta = self.reader.read_delta(previous)",
            "delta = WindowDelta(self.reader.read_delta(previous).everybody.emptied)",
        ),
    ),
)

PLACE_AFTER_THE_DELTA = Mistake(
    "a player's line leaves the base at the place that the merged ranks have it at",
    (
        Edit(
            f"{_DELTA}._find_base_players",
            "BaseLine(int(position), line)",
            "BaseLine(self.reader.count_before(ranks, line), line)",
        ),
    ),
)

NAME_OF_BEFORE = Mistake(
    "a search by name finds who has gone or has another name, too",
    (Edit("runtime.s3.ranks.names:_search_base", "if not delta.has_removed(place.position):", "if True:"),),
)

NAMES_NUMBERED_UNSORTED = Mistake(
    "the names of a delta have the numbers of its lines before these are sorted",
    (
        Edit(
            f"{_DELTA}._change",
            "list_names(everybody.added)",
            "list_names([*difference.everybody.new, *difference.everybody.kept])",
        ),
    ),
)

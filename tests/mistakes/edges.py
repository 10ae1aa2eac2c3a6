"""Mistakes by which windows of a board that is edited overlap, or an activity counts where no window is ranked."""

from __future__ import annotations

from tests.mistakes.making import Edit, Mistake

OPENED_WITHOUT_VERSION = Mistake(
    "a window is opened whatever others have opened since the windows were read",
    (
        Edit(
            "runtime.dynamodb.window_store:WindowStore._change_edges",
            "TransactItems=[*writes, versioned]",
            "TransactItems=writes",
        ),
    ),
)

JUDGED_BY_THE_RULE = Mistake(
    "an activity is judged by the rule where a window is stored",
    (
        Edit(
            "runtime.domain.edges.timeline:Timeline.window_at",
            "if index and is_in(self._stored[index - 1], instant):",
            "if False:",
        ),
    ),
)

ENDS_NOT_MOVED = Mistake(
    "a processor goes by the end that a season had when the processor started",
    (
        Edit(
            "runtime.dynamodb.window_store:WindowStore.refresh",
            "self._read_version() != self._version",
            "False",
        ),
    ),
)

"""Mistakes by which a player whom an operator hides is still shown."""

from __future__ import annotations

from tests.mistakes.making import Edit, Mistake

QUIET_WINDOW_SHOWN_AS_BEFORE = Mistake(
    "a window in which nobody plays is not made anew when a player is hidden",
    (Edit("runtime.lifecycle.ranking:Ranker.are_good", "ranks.decided == self.decisions.fingerprint", "True"),),
)

PIN_OUTLIVES_A_DECISION = Mistake(
    "who has pinned a snapshot goes on reading of a player who is hidden",
    (
        Edit(
            "runtime.s3.snapshots:_add_replaced",
            "if newest is None or newest.decided != following.decided:",
            "if newest is None:",
        ),
    ),
)

HIDDEN_TOLD = Mistake(
    "a milestone of a hidden player is told",
    (
        Edit(
            "runtime.dynamodb.counting.planning:Planner._plan",
            "[] if self._window_store.decisions.hides(player_id) else milestones",
            "milestones",
        ),
    ),
)

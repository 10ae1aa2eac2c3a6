"""Mistakes by which a window that is assembled has other ranks than one that a rebuild reads."""

from __future__ import annotations

from tests.mistakes.making import Edit, Mistake

_RANKER = "runtime.lifecycle.assembled.large_ranking:LargeRanker"

ADOPTED_AS_IT_WAS = Mistake(
    "what has changed while ranks were assembled is left out",
    (Edit(f"{_RANKER}._adopt", "return self._follow_large(ranks, parts, changed)", "return ranks"),),
)

FOLLOWED_FROM_THE_POINTER = Mistake(
    "assembled ranks are followed from where the last snapshot was, and not from where they were begun",
    (
        Edit(
            f"{_RANKER}._adopt",
            "changed = self.stream.read(Positions.from_json(plan.positions or {})).changed",
            "changed = self.since.changed or {}",
        ),
    ),
)

COMPACTED_BEHIND = Mistake(
    "a compaction is taken for one of all that has changed by now",
    (Edit(f"{_RANKER}._begin", "positions = dict(self.previous.positions or {})", "pass"),),
)

HIDDEN_UNTIL_ASSEMBLED = Mistake(
    "who is hidden is shown until the window is assembled without that player",
    (
        Edit(
            f"{_RANKER}._follow_large",
            "changes |= dict.fromkeys(self.decisions.hidden | self.decisions.erasing)",
            "pass",
        ),
    ),
)

SWEPT_WHILE_IT_RUNS = Mistake(
    "the files of ranks that are being assembled are swept as those that no snapshot refers to",
    (
        Edit(
            "runtime.lifecycle.assembled.assemblies:Assemblies.sweep",
            "in_use |= prefixes_of(plan)",
            "pass",
        ),
    ),
)

"""Revising: final ranks are made anew where an operator has decided about a player: to hide, to rename or to erase."""

from __future__ import annotations

from dataclasses import replace

from runtime.domain.ranking import WindowRanks
from runtime.dynamodb.decisions import Decisions

FORMER = 5
"""How many of the ranks that a window's final ones have replaced are kept, for the operator only."""


def revise(kept: WindowRanks | None, ranks: WindowRanks, decisions: Decisions) -> WindowRanks:
    """The final ranks of a sealed window, from those that were kept (None: their files are gone) and those made anew.

    They are another revision where an entry differs. What they replace stays in the bucket, unless a player is being
    erased: what is left of that one goes.
    """
    if kept is None:
        return replace(ranks, sealed=True)
    is_revised = ranks.content != kept.content
    former = (*kept.former, kept.prefix)[-FORMER:] if is_revised else kept.former
    return replace(ranks, sealed=True, revision=kept.revision + is_revised, former=() if decisions.erasing else former)

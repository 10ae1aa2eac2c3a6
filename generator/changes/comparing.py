"""Finds every edit between two states of one board."""

from __future__ import annotations

from generator.changes.edits import Edit, Kind
from generator.changes.facts import Facts, align
from generator.changes.parts.operating import compare_operating
from generator.changes.parts.place import compare_place
from generator.changes.parts.scoring import compare_scoring, compare_texts
from generator.changes.parts.windows import compare_windows

_ORDER = {Kind.REFUSED: 0, Kind.ATTENTION: 1, Kind.IN_PLACE: 2}


def compare_board(old: Facts, new: Facts, now: int) -> tuple[Edit, ...]:
    """Find what an edit does to a board, the worst first. `now`: milliseconds since 1970."""
    found = [
        *compare_scoring(old.config, new.config),
        *compare_windows(old.config, new.config, now),
        *compare_texts(old.config, new.config),
    ]
    if old.deployment and new.deployment:
        former = align(old.deployment, new.deployment)
        found += [*compare_place(former, new.deployment), *compare_operating(former, new.deployment)]
    return tuple(sorted(found, key=lambda edit: _ORDER[edit.kind]))

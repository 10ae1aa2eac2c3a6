"""Finds every edit between two states of one board or feed."""

from __future__ import annotations

from generator.changes.edits import Edit, Kind, attention
from generator.changes.facts import Facts, align
from generator.changes.parts.feeding import compare_feeding
from generator.changes.parts.operating import compare_operating
from generator.changes.parts.place import compare_place
from generator.changes.parts.scoring import compare_scoring, compare_texts
from generator.changes.parts.windows import compare_windows

_ORDER = {Kind.REFUSED: 0, Kind.ATTENTION: 1, Kind.IN_PLACE: 2}

_UNKNOWN = attention(
    "what was generated of it before can't be read: it is damaged, or made by another version of this program",
    "what changes can't be told: read Terraform's plan before you apply it",
)


def compare_bundle(old: Facts | None, new: Facts, now: int) -> tuple[Edit, ...]:
    """Find what an edit does to a board or feed, the worst first. `now`: milliseconds since 1970."""
    if old is None or (old.config is None) != (new.config is None):
        return (_UNKNOWN,)
    found: list[Edit] = []
    if old.config and new.config:
        found += compare_scoring(old.config, new.config)
        found += compare_windows(old.config, new.config, now)
        found += compare_texts(old.config, new.config)
    if old.deployment and new.deployment:
        former = align(old.deployment, new.deployment)
        for compare in (compare_place, compare_feeding, compare_operating):
            found += compare(former, new.deployment)
    return sort_edits(found)


def sort_edits(found: list[Edit]) -> tuple[Edit, ...]:
    """Sort edits, the worst first."""
    return tuple(sorted(found, key=lambda edit: _ORDER[edit.kind]))

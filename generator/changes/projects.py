"""Compares two states of a whole project, as a commit has it and as the files here have it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from generator import pipeline
from generator.board.board import Board
from generator.board.feed import Feed
from generator.changes.bundles import BundleChange, Former, Sort, describe_index
from generator.changes.facts import facts_of
from generator.changes.finding import find_changes
from generator.pipeline import Generated


def compare_projects(old: Generated, new: Generated, now: int, all_changed: bool) -> list[BundleChange]:
    """Find what becomes of each bundle, and of each page that lists boards, sorted by folder. What stays as it is is
    left out.

    `now`: milliseconds since 1970. `all_changed`: this program makes every bundle otherwise than before.
    """
    former = {each.folder: each for each in old.bundles}
    present = new.bundles
    wanted = {each.folder for each in present if all_changed or former.get(each.folder) != each}
    before = [
        Former(each.folder, each.environment, each.team, each.name, _kind(each), partial(facts_of, each))
        for each in old.bundles
    ]
    changes = [
        change
        for change in find_changes(before, present, wanted, now)
        if all_changed or change.change != "changed" or change.edits or _differ(change.folder, old, new)
    ]
    changes += _compare_indexes(old, new)
    return sorted(changes, key=lambda each: each.folder)


def _kind(bundle: Board | Feed) -> Sort:
    return "feed" if isinstance(bundle, Feed) else "board"


def _differ(folder: str, old: Generated, new: Generated) -> bool:
    """Whether the content of a bundle differs, of which no edit is told: what was decided may differ without."""
    former, present = ([each for each in side.bundles if each.folder == folder] for side in (old, new))
    return pipeline.bundles(former) != pipeline.bundles(present)


def _compare_indexes(old: Generated, new: Generated) -> Iterator[BundleChange]:
    """Find the pages that list boards whose content is another."""
    before, after = ({each.folder: each for each in side.indexes} for side in (old, new))
    for folder, index in after.items():
        former = before.get(folder)
        if former is None or pipeline.index_files([former]) != pipeline.index_files([index]):
            yield describe_index(index, "changed" if former else "new")
    for folder, index in before.items():
        if folder not in after:
            yield describe_index(index, "removed")

"""Finds which bundles are new, changed, moved or removed, and what that does to their boards."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from generator.board.board import Board
from generator.board.feed import Feed
from generator.changes.bundles import BundleChange, Former, key_of, make_change
from generator.changes.comparing import compare_bundle, sort_edits
from generator.changes.edits import Edit
from generator.changes.facts import facts_of
from generator.changes.neighbours import describe_beginning, describe_removal, describe_types


def find_changes(
    before: Sequence[Former], present: Sequence[Board | Feed], wanted: Collection[str], now: int
) -> list[BundleChange]:
    """Compare all bundles that there were with all that there are; sorted by folder.

    `wanted`: the folders of those that may have changed; the others are as they were. `now`: milliseconds since 1970.
    """
    after = {key_of(each) for each in present}
    folders = {each.folder: each for each in before}
    names = {key_of(each): each for each in before}
    gone = [each for each in before if key_of(each) not in after]
    found = [_remove(each, before, present) for each in gone]
    for bundle in present:
        if bundle.folder not in wanted:
            continue
        former = folders.get(bundle.folder) or names.get(key_of(bundle))
        if former is None:
            edits = sort_edits([*describe_beginning(bundle, gone, before, present)])
            found.append(make_change(bundle, "new", edits))
        elif former.folder == bundle.folder:
            found.append(make_change(bundle, "changed", _compare(former, bundle, present, now)))
        else:
            found.append(make_change(bundle, "moved", _compare(former, bundle, present, now), former.folder))
    return sorted(found, key=lambda change: change.folder)


def _compare(former: Former, bundle: Board | Feed, present: Sequence[Board | Feed], now: int) -> tuple[Edit, ...]:
    old, new = former.facts, facts_of(bundle)
    if old == new:
        return ()
    types: Iterator[Edit] = describe_types(old, bundle, present) if isinstance(bundle, Feed) else iter(())
    return sort_edits([*compare_bundle(old, new, now), *types])


def _remove(gone: Former, before: Sequence[Former], present: Sequence[Board | Feed]) -> BundleChange:
    edit = describe_removal(gone, before, present)
    state = str(gone.facts.deployment.get("state", "local")) if gone.facts else "local"
    return BundleChange(gone.folder, gone.environment, gone.team, gone.name, "removed", state, (edit,), kind=gone.kind)

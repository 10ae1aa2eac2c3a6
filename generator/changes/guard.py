"""Compares boards and feeds with their bundles in build/, and says what is refused, so that nothing is written that
would harm a board that runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from generator.board.board import Board
from generator.board.bundle_paths import TEAM
from generator.board.feed import PREFIX, Feed
from generator.changes.bundles import BundleChange, Former
from generator.changes.edits import Edit, Kind, ways_out
from generator.changes.facts import Facts, read_facts
from generator.changes.finding import find_changes
from generator.changes.words import join_names
from generator.diagnostics.diagnostic import Diagnostic
from generator.output import manifest
from generator.output.build_folder import BuildFolder
from generator.pipeline import SourcePosition


def compare_build(
    present: Sequence[Board | Feed], wanted: Collection[str], build: BuildFolder, now: int
) -> list[BundleChange]:
    """Compare boards and feeds with their bundles in build/; sorted by folder. One that is the same has no edits.

    `present`: all of the project; `wanted`: the folders of those to compare. `now`: milliseconds since 1970.
    """
    records = manifest.parse_manifest(build.read(manifest.FILE)).all_bundles
    before = [
        Former(
            folder, each.environment, each.team, each.name, "feed" if each.is_feed else "board", _reader(build, folder)
        )
        for folder, each in records.items()
        if each.team != TEAM and build.is_folder(folder)
    ]
    return find_changes(before, present, wanted, now)


def _reader(build: BuildFolder, folder: str) -> Callable[[], Facts | None]:
    return lambda: read_facts(lambda path: build.read(f"{folder}/{path}"))


def describe_refusals(
    changes: Sequence[BundleChange], places: Mapping[str, SourcePosition], accepted: Collection[str]
) -> Iterator[Diagnostic]:
    """Describe each edit that is refused, at its board's or feed's line; one that many share, at the first one's.

    `accepted`: names of those that may change so.
    """
    alike: dict[Edit, list[BundleChange]] = {}
    for change in changes:
        if change.folder in places and change.board not in accepted:
            for edit in change.edits:
                if edit.kind is Kind.REFUSED:
                    alike.setdefault(edit, []).append(change)
    for edit, (first, *others) in alike.items():
        place = places[first.folder]
        label = f"feeds[{first.board.removeprefix(PREFIX)}]" if first.kind == "feed" else f"boards[{first.board}]"
        where = f"{first.environment}: " if first.environment else ""
        message = f"{where}{edit.what}: refused, because {edit.then}"
        more = sorted({other.board for other in others} - {first.board})
        same = f"So it is with {join_names(other.folder for other in others)}. " if others else ""
        hint = f"{same}{ways_out(first.board, edit, *more)}"
        yield Diagnostic(place.file, place.line, place.column, label, message, hint, "refused-edit")

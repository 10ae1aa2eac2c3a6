"""Compares boards with their bundles in build/, and refuses to write what would harm a board that runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.board.board import Board
from generator.board.bundle_paths import TEAM
from generator.changes.bundles import BundleChange, describe_removal, find_former, make_change
from generator.changes.comparing import compare_board
from generator.changes.edits import Edit, Kind, attention, ways_out
from generator.changes.facts import Facts, facts_of, read_facts
from generator.changes.words import join_names
from generator.diagnostics.diagnostic import Diagnostic
from generator.output import manifest
from generator.output.build_folder import BuildFolder
from generator.output.manifest import BundleRecord
from generator.pipeline import SourcePosition

_UNKNOWN = attention(
    "its board.json can't be read: it is damaged, or made by another version of this program",
    "what changes can't be told: read Terraform's plan before you apply it",
)


@dataclass(frozen=True)
class _Gone:
    """A bundle in build/ whose board is gone from the YAML."""

    folder: str
    record: BundleRecord
    facts: Facts | None


def find_changes(boards: Iterable[Board], living: Collection[str], build: BuildFolder, now: int) -> list[BundleChange]:
    """Compare boards with their bundles in build/; sorted by folder. One whose board is the same has no edits.

    `living`: the folders of all bundles that have a board. `now`: milliseconds since 1970.
    """
    records = manifest.parse_manifest(build.read(manifest.FILE)).all_bundles
    gone = [
        _Gone(folder, record, _read(build, folder))
        for folder, record in records.items()
        if folder not in living and record.team != TEAM and build.is_folder(folder)
    ]
    found, moved = [], set()
    for board in boards:
        if build.is_folder(board.folder):
            found.append(make_change(board, "changed", _compare(_read(build, board.folder), board, now)))
            continue
        former = next((each for each in gone if _names(each.record) == _names(board)), None)
        if former:
            moved.add(former.folder)
            edits = _compare(former.facts, board, now)
            found.append(make_change(board, "moved", edits, former.folder))
        else:
            edits = find_former(facts_of(board), (each.facts for each in gone if each.facts))
            found.append(make_change(board, "new", edits))
    found += [_remove(each) for each in gone if each.folder not in moved]
    return sorted(found, key=lambda each: each.folder)


def describe_refusals(
    changes: Sequence[BundleChange], places: Mapping[str, SourcePosition], accepted: Collection[str]
) -> Iterator[Diagnostic]:
    """Describe each edit that is refused, at its board's line; one that many boards share, at the first one's.

    `accepted`: names of boards that may change so.
    """
    alike: dict[Edit, list[BundleChange]] = {}
    for change in changes:
        if change.folder in places and change.board not in accepted:
            for edit in change.edits:
                if edit.kind is Kind.REFUSED:
                    alike.setdefault(edit, []).append(change)
    for edit, (first, *others) in alike.items():
        place = places[first.folder]
        where = f"{first.environment}: " if first.environment else ""
        message = f"{where}{edit.what}: refused, because {edit.then}"
        more = sorted({other.board for other in others} - {first.board})
        same = f"So it is with {join_names(other.folder for other in others)}. " if others else ""
        hint = f"{same}{ways_out(first.board, edit, *more)}"
        yield Diagnostic(place.file, place.line, place.column, f"boards[{first.board}]", message, hint, "refused-edit")


def _read(build: BuildFolder, folder: str) -> Facts | None:
    return read_facts(lambda path: build.read(f"{folder}/{path}"))


def _compare(old: Facts | None, board: Board, now: int) -> tuple[Edit, ...]:
    if old is None:
        return (_UNKNOWN,)
    new = facts_of(board)
    return () if old == new else compare_board(old, new, now)


def _names(bundle: Board | BundleRecord) -> tuple[str | None, str]:
    return bundle.environment, bundle.name


def _remove(gone: _Gone) -> BundleChange:
    record, deployment = gone.record, gone.facts.deployment if gone.facts else {}
    edit = describe_removal(bool(deployment.get("protect")), gone.folder)
    state = str(deployment.get("state", "local"))
    return BundleChange(gone.folder, record.environment, record.team, record.name, "removed", state, (edit,))

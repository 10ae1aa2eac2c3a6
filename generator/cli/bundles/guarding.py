"""Says what edits do to the boards whose bundles are in build/, and stops what would harm one that runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from generator.cli.console import say, write
from generator.cli.documents import print_markup
from generator.cli.project import print_diagnostics
from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.reports import Style
from generator.diagnostics.wording import plural
from generator.errors import FindingError, OutputError
from generator.output import manifest
from generator.output.build_folder import BuildFolder
from generator.output.manifest import BundleRecord
from generator.output.plan import Plan
from generator.pipeline import Generated
from generator.source.inputs import Inputs
from runtime import clock

if TYPE_CHECKING:
    from generator.board.board import Board
    from generator.changes.bundles import BundleChange


class Guard:
    """What a run of `generate` finds about edits. `accepted`: boards whose refused edits are let through.

    Loads the models of boards only where there is something to compare: an unchanged project need not wait for them.
    """

    def __init__(self, generated: Generated, inputs: Inputs, accepted: Collection[str]) -> None:
        self._generated = generated
        self._inputs = inputs
        self.accepted = accepted
        self.changes: list[BundleChange] = []
        """What becomes of the bundles that are written, and of those whose boards are gone."""

    def look(self, plan: Plan) -> None:
        """Compare the boards whose bundles change with what is in build/."""
        boards = [board for board in self._generated.boards if board.folder in plan.changes]
        if boards or plan.orphans:
            self.changes = compare_with_build(self._generated, self._inputs, boards)

    def refuse(self, style: Style) -> None:
        """Raise FindingError, with every refused edit printed, if there is one."""
        if refusals := self._list_refusals():
            contents = {self._inputs.display_path(name): data for name, data in self._inputs.files.items()}
            print_diagnostics(refusals, contents, style)
            raise FindingError(f"{plural(len(refusals), 'edit')} refused: nothing is written")

    def _list_refusals(self) -> tuple[Diagnostic, ...]:
        """The refused edits, each at its board's line of the file as the user would write it."""
        return list_refusals(self.changes, self._generated, self._inputs, self.accepted) if self.changes else ()

    def as_json(self) -> list[dict[str, Any]]:
        """What becomes of the bundles, for a program."""
        if not self.changes:
            return []
        from generator.changes import reports

        return reports.as_json(self.changes, self.accepted)

    def print_words(self, shape: str) -> None:
        """Print what becomes of the bundles, as `text` or `markdown`."""
        from generator.changes import reports

        if shape == "text":
            write(reports.as_text(self.changes, self.accepted), end="")
        else:
            print_markup(reports.as_markdown(self.changes, self.accepted))

    def say_what_needs_attention(self) -> None:
        """Say, of bundles that have a board, what an edit does that people lose something by, or have to do.

        Refused edits are said too where they are accepted; otherwise `refuse` says them.
        """
        if not self.changes:
            return
        from generator.changes import reports
        from generator.changes.edits import Kind

        for change in self.changes:
            said = (Kind.ATTENTION, Kind.REFUSED) if change.board in self.accepted else (Kind.ATTENTION,)
            edits = tuple(edit for edit in change.edits if edit.kind in said)
            if edits and change.change != "removed":
                say(reports.as_text([replace(change, edits=edits)], self.accepted).removesuffix("\n"))


def list_refusals(
    changes: Sequence[BundleChange], generated: Generated, inputs: Inputs, accepted: Collection[str]
) -> tuple[Diagnostic, ...]:
    """The edits that are refused, each at its board's line of the file as the user would write it."""
    from generator.changes.guard import describe_refusals

    found = describe_refusals(changes, generated.places, accepted)
    return tuple(replace(each, file=inputs.display_path(each.file)) for each in found)


def read_records(inputs: Inputs) -> Iterable[BundleRecord]:
    """The bundles that are recorded in build/, also those whose boards are gone."""
    return manifest.parse_manifest(BuildFolder(inputs.folder / "build").read(manifest.FILE)).all_bundles.values()


def compare_with_build(generated: Generated, inputs: Inputs, boards: Iterable[Board]) -> list[BundleChange]:
    """Compare boards with their bundles in build/."""
    from generator.changes.guard import find_changes

    living = {each.folder for each in generated.folders}
    return find_changes(boards, living, BuildFolder(inputs.folder / "build"), clock.now())


def warn_of_edits(generated: Generated, inputs: Inputs) -> Iterator[Diagnostic]:
    """Warn of every edit that `generate` would refuse, by the bundles in build/, if those can be read."""
    from generator.changes.guard import describe_refusals

    try:
        changes = compare_with_build(generated, inputs, generated.boards)
    except OutputError:  # which `generate` says: the YAML is not wrong for it
        return
    for refusal in describe_refusals(changes, generated.places, ()):
        yield replace(refusal, severity="warning")

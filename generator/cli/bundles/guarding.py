"""Says what edits do to the boards whose bundles are in build/, and stops what would harm one that runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from generator.changes import reports
from generator.changes.bundles import BundleChange
from generator.changes.edits import Kind
from generator.changes.guard import describe_refusals, find_changes
from generator.cli.console import say
from generator.cli.project import print_diagnostics
from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.reports import Style
from generator.diagnostics.wording import plural
from generator.errors import FindingError
from generator.output.build_folder import BuildFolder
from generator.output.plan import Plan
from generator.pipeline import Generated
from generator.source.inputs import Inputs
from runtime import clock

if TYPE_CHECKING:
    from generator.board.board import Board


class Guard:
    """What a run of `generate` finds about edits. `accepted`: boards whose refused edits are let through."""

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
        refusals = self.list_refusals()
        if refusals:
            contents = {self._inputs.display_path(name): data for name, data in self._inputs.files.items()}
            print_diagnostics(refusals, contents, style)
            raise FindingError(f"{plural(len(refusals), 'edit')} refused: nothing is written")

    def list_refusals(self) -> tuple[Diagnostic, ...]:
        """The refused edits, each at its board's line of the file as the user would write it."""
        found = describe_refusals(self.changes, self._generated.places, self.accepted)
        return tuple(replace(each, file=self._inputs.display_path(each.file)) for each in found)

    def say_what_needs_attention(self) -> None:
        """Say, of bundles that have a board, what an edit does that people lose something by, or have to do.

        Refused edits are said too where they are accepted; otherwise `refuse` says them.
        """
        for change in self.changes:
            said = (Kind.ATTENTION, Kind.REFUSED) if change.board in self.accepted else (Kind.ATTENTION,)
            edits = tuple(edit for edit in change.edits if edit.kind in said)
            if edits and change.change != "removed":
                say(reports.as_text([replace(change, edits=edits)], self.accepted).removesuffix("\n"))


def compare_with_build(generated: Generated, inputs: Inputs, boards: Iterable[Board]) -> list[BundleChange]:
    """Compare boards with their bundles in build/."""
    living = {each.folder for each in generated.folders}
    return find_changes(boards, living, BuildFolder(inputs.folder / "build"), clock.now())


def warn_of_edits(generated: Generated, inputs: Inputs) -> Iterator[Diagnostic]:
    """Warn of every edit that `generate` would refuse, by the bundles in build/."""
    changes = compare_with_build(generated, inputs, generated.boards)
    for refusal in describe_refusals(changes, generated.places, ()):
        yield replace(refusal, severity="warning")

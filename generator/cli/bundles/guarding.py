"""Says what edits do to the boards and feeds whose bundles are in build/, and stops what would harm one that runs."""

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
    from generator.changes.bundles import BundleChange


class Guard:
    """What a run of `generate` finds about edits. `accepted`: boards and feeds whose refused edits are let through.

    Loads the models of boards only where there is something to compare: an unchanged project need not wait for them.
    """

    def __init__(self, generated: Generated, inputs: Inputs, accepted: Collection[str]) -> None:
        self._generated = generated
        self._inputs = inputs
        self.accepted = accepted
        self.changes: list[BundleChange] = []
        """What becomes of the bundles that are written, and of those whose boards or feeds are gone."""

    def look(self, plan: Plan) -> None:
        """Compare the boards and feeds whose bundles change with what is in build/."""
        if plan.changes or plan.orphans:
            self.changes = compare_with_build(self._generated, self._inputs, plan.changes)

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
        """Say what an edit does that people lose something by, or have to do, but of bundles that are left over: those
        `name_orphans` names.

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
    """The edits that are refused, each at its board's or feed's line of the file as the user would write it."""
    from generator.changes.guard import describe_refusals

    found = describe_refusals(changes, generated.places, accepted)
    return tuple(replace(each, file=inputs.display_path(each.file)) for each in found)


def read_records(inputs: Inputs) -> Iterable[BundleRecord]:
    """The bundles that are recorded in build/, also those whose boards or feeds are gone."""
    return manifest.parse_manifest(BuildFolder(inputs.folder / "build").read(manifest.FILE)).all_bundles.values()


def compare_with_build(generated: Generated, inputs: Inputs, wanted: Collection[str]) -> list[BundleChange]:
    """Compare boards and feeds with their bundles in build/, and say which pages of all boards change. `wanted`: the
    folders of those to compare."""
    from generator.changes.bundles import describe_index
    from generator.changes.guard import compare_build

    build = BuildFolder(inputs.folder / "build")
    pages = [
        describe_index(each, "changed" if build.is_folder(each.folder) else "new")
        for each in generated.indexes
        if each.folder in wanted
    ]
    found = [*compare_build(generated.bundles, wanted, build, clock.now()), *pages]
    return sorted(found, key=lambda change: change.folder)


def warn_of_edits(generated: Generated, inputs: Inputs) -> Iterator[Diagnostic]:
    """Warn of every edit that `generate` would refuse, by the bundles in build/, if those can be read."""
    from generator.changes.guard import describe_refusals

    try:
        changes = compare_with_build(generated, inputs, {each.folder for each in generated.bundles})
    except OutputError:  # which `generate` says: the YAML is not wrong for it
        return
    for refusal in describe_refusals(changes, generated.places, ()):
        yield replace(refusal, severity="warning")

"""`leaderboards changed`: says which bundles an edit touches since a commit, and what it does to their boards."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import click

from generator import pipeline
from generator.changes import reports
from generator.changes.bundles import BundleChange
from generator.changes.history import Commit, count_behind, find_commit, list_program_changes, read_commit
from generator.changes.projects import compare_projects
from generator.cli.bundles.guarding import list_refusals
from generator.cli.console import say, write
from generator.cli.documents import print_json, print_markup
from generator.cli.options import file_option, only_environment_option, only_team_option
from generator.cli.project import print_diagnostics, read_inputs, report_diagnostics
from generator.cli.selection import check_accepted, select_known
from generator.diagnostics.diagnostic import any_error
from generator.diagnostics.reports import as_json
from generator.diagnostics.wording import plural
from generator.errors import FindingError, InputError
from generator.pipeline import Generated, Selection
from generator.source.inputs import Inputs
from runtime import clock


@click.command("changed")
@file_option
@click.option("--since", "ref", metavar="REF", required=True, help="The commit to compare with: a branch, tag or hash.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "markdown", "github"]),
    default="text",
    show_default=True,
    help="markdown: for a comment of a pull request; github: lines for $GITHUB_OUTPUT.",
)
@only_environment_option
@only_team_option
@click.option("--json", "style", flag_value="json", help="The same as --format json.")
@click.option("--accept", metavar="BOARD", multiple=True, help="Let this board's refused edits pass. May be repeated.")
def changed_command(
    file: Path, ref: str, style: str, environment: str | None, team: str | None, accept: tuple[str, ...]
) -> None:
    """Say what changed since a commit, and what that does to boards.

    Compares what would be generated from the files here with what would be generated from those of the commit, both by
    this version; the text of the YAML does not matter. Bundles are new, changed, moved or removed. Each edit is in
    place, needs attention, or is refused. Exits 1 if an edit is refused, 2 if there is no such commit or the YAML is
    wrong, here or there.

    `github` prints four outputs of a step: the matrices `plan` and `destroy`, and whether they have jobs, `any` and
    `any_destroy`.

    \b
    Examples:
      leaderboards changed --since origin/main
      leaderboards changed --since HEAD~1 --format markdown
      leaderboards changed --since "$BASE" --format github >> "$GITHUB_OUTPUT"
      leaderboards changed --since v12 --accept weekly-kills
      leaderboards changed --since HEAD~1 --env prod --team nebula --format github    of more than 256 bundles
    """
    inputs = read_inputs(file, "json" if style == "json" else "text")
    commit = find_commit(inputs.folder, ref)
    generated = pipeline.validate(inputs.files, inputs.main)
    warnings = report_diagnostics(generated, inputs, "json" if style == "json" else "text")
    program = list_program_changes(commit)
    before = _generate_before(commit, inputs, generated, program)
    check_accepted(accept, [*generated.bundles, *before.bundles], file)
    only = Selection(environment, team)
    select_known([*generated.folders, *before.folders], only, file)
    changes = [each for each in compare_projects(before, generated, clock.now(), bool(program)) if only.takes(each)]
    _say_about(commit, program, changes)
    _print(style, changes, accept, commit, as_json(warnings))
    if refusals := list_refusals(changes, generated, inputs, accept):
        contents = {inputs.display_path(name): content for name, content in inputs.files.items()}
        print_diagnostics(refusals, contents, "text")
        raise FindingError(f"{plural(len(refusals), 'edit')} refused")


def _generate_before(commit: Commit, inputs: Inputs, now: Generated, program: int) -> Generated:
    """Decide the boards of the commit. Raises InputError if its files are wrong."""
    former = read_commit(commit, inputs.main)
    if former is None:
        say(f"{commit.ref} has no {inputs.main}: every board is new.")
        return Generated({}, (), ())
    if former.files == inputs.files:
        return now
    # What the commit required was another version where this edit is what raises it.
    before = pipeline.validate(former.files, former.main, any_version=True)
    if any_error(before.diagnostics):
        named = [replace(each, file=f"{commit.ref}:{each.file}") for each in before.diagnostics]
        print_diagnostics(named, {f"{commit.ref}:{name}": data for name, data in former.files.items()}, "text")
        raise InputError(f"The files of {commit.ref} are wrong, so nothing can be compared with them.")
    return before


def _say_about(commit: Commit, program: int, changes: list[BundleChange]) -> None:
    if program:
        say(
            f"{plural(program, 'file')} of the generator itself differ from {commit.ref}: every bundle is changed, "
            "also those whose boards are as they were."
        )
    if behind := count_behind(commit):
        say(
            f"{commit.ref} is {plural(behind, 'commit')} ahead of this branch: what they changed shows as undone. "
            "Merge or rebase first."
        )
    if len(changes) > reports.MOST_JOBS:
        say(
            f"{len(changes):,} bundles: a matrix of a workflow takes {reports.MOST_JOBS}. Deploy one environment or "
            "team after another: --env and --team list only theirs."
        )
    say(f"since {commit.ref}, {reports.count(changes)}")


def _print(
    style: str,
    changes: list[BundleChange],
    accepted: Collection[str],
    commit: Commit,
    warnings: list[dict[str, object]],
) -> None:
    if style == "json":
        document = {"since": commit.ref, "commit": commit.hash, "bundles": reports.as_json(changes, accepted)}
        print_json({**document, "diagnostics": warnings})
    elif style == "markdown":
        print_markup(reports.as_markdown(changes, accepted))
    elif style == "github":
        write(reports.as_github(changes), end="")
        say(reports.as_text(changes, accepted).removesuffix("\n"))
    else:
        write(reports.as_text(changes, accepted), end="")

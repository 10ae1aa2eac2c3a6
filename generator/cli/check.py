"""The command that says whether the bundles may be applied."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.console import FINDING, OUTSIDE, coloured, fail, file_option, name_orphans, print_json, read, report

if TYPE_CHECKING:
    from generator.check.findings import Report
    from generator.diagnostics.diagnostic import Diagnostic


@click.command()
@file_option
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "sarif", "junit"]),
    default="text",
    show_default=True,
    help="Of what is written to stdout.",
)
@click.option("--all", "everything", is_flag=True, help="Also scan bundles that were found clean before.")
def check(file: Path, style: str, everything: bool) -> None:
    """Say whether the bundles may be applied.

    Checks that the YAML is valid; that build/ is what it says (drift); the format, with terraform; everything else,
    with checkov and this project's own policies. Each finding names the bundle's file and line and the board's line
    in the YAML. Exits 1 if there is a finding, 2 if the YAML is wrong, 3 if a tool fails or, with the variable CI
    set, is missing.

    Nothing is written to build/. What stands there is checked, for that is what `terraform apply` uses: after an edit
    of the YAML, `leaderboards generate` comes first. Without a build/, as in a fresh clone, what would be generated
    is checked. A bundle that was found clean is scanned again only when its content, a policy or a tool's version has
    changed; that is remembered in .leaderboards_cache/.

    \b
    Examples:
      leaderboards check
      leaderboards check --all
      leaderboards check --format sarif > check.sarif   for GitHub code scanning
      leaderboards check --format junit > check.xml     for a CI server
    """
    from generator.check import reports
    from generator.check.progress import Progress
    from generator.check.run import check_bundles
    from generator.diagnostics.diagnostic import any_error
    from generator.errors import PolicyError
    from generator.pipeline import generate

    inputs = read(file)
    generated = generate(inputs.files, inputs.main)
    found = tuple(replace(each, file=inputs.shown(each.file)) for each in generated.diagnostics)
    if any_error(found):
        _print(style, None, found)
    warnings = report(generated, inputs, "json" if style == "json" else "text")
    try:
        checked = check_bundles(generated, inputs, Progress(sys.stderr), everything)
    except PolicyError as error:
        fail(OUTSIDE, str(error))
    for sentence in checked.left_out.values():
        click.echo(f"{sentence}.", err=True)
    if checked.drift is None:
        click.echo("There is no build/: what would be generated was checked.", err=True)
    else:
        name_orphans(checked.drift, (one.folder for one in generated.boards))
    if any(each.rule == "drift" for each in checked.findings):
        click.echo(
            "build/ is not what the YAML says: `leaderboards generate --diff` shows how, `leaderboards generate` "
            "writes it.",
            err=True,
        )
    if style == "json":
        print_json(reports.report_json(checked, warnings))
    elif style == "text":
        click.echo(reports.report_text(checked, coloured(sys.stdout)), nl=False)
    else:
        _print(style, checked, found)
    if checked.findings:
        sys.exit(FINDING)


def _print(style: str, checked: Report | None, found: tuple[Diagnostic, ...]) -> None:
    """The formats that tell of the YAML and of the bundles alike; nothing for the others."""
    from generator.check import reports

    if style == "sarif":
        print_json(reports.report_sarif(checked, found))
    elif style == "junit":
        click.echo(reports.report_junit(checked, found), nl=False)

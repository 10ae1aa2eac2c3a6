"""`leaderboards check`: says whether the bundles may be applied."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from generator import pipeline
from generator.check import reports
from generator.check.findings import Report
from generator.check.run import check_bundles
from generator.cli.bundles.plan_report import name_orphans
from generator.cli.console import say, takes_colours, write
from generator.cli.documents import print_json, print_markup
from generator.cli.options import file_option, only_board_option, only_environment_option, only_team_option
from generator.cli.project import read_inputs, report_diagnostics
from generator.cli.selection import select_bundles
from generator.diagnostics.diagnostic import Diagnostic, any_error
from generator.diagnostics.reports import as_json
from generator.errors import FindingError
from generator.pipeline import Generated, Selection
from generator.progress import Progress


@click.command("check")
@file_option
@only_environment_option
@only_team_option
@only_board_option
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "sarif", "junit"]),
    default="text",
    show_default=True,
    help="Format of the report on stdout.",
)
@click.option("--all", "everything", is_flag=True, help="Also scan bundles that were found clean before.")
def check_command(
    file: Path, environment: str | None, team: str | None, board: str | None, style: str, everything: bool
) -> None:
    """Say whether the bundles may be applied.

    Checks that the YAML is valid; that build/ is what the YAML says (drift); the format, with terraform; everything
    else, with checkov and this project's own policies. Each finding names the bundle's file and line and the board's
    line in the YAML. Exits 1 if there is a finding, 2 if the YAML is wrong, 3 if a tool fails or, with the variable CI
    set, is missing.

    Writes nothing to build/. Checks what is there, because `terraform apply` uses that: after an edit of the YAML, run
    `leaderboards generate` first. Without a build/, as in a fresh clone, checks what would be generated. Remembers
    clean bundles in .leaderboards_cache/, and scans one again only when its content, a policy or a tool's version has
    changed.

    \b
    Examples:
      leaderboards check
      leaderboards check --board weekly-kills
      leaderboards check --all
      leaderboards check --format sarif > check.sarif   for GitHub code scanning
      leaderboards check --format junit > check.xml     for a CI server
    """
    inputs = read_inputs(file)
    only = Selection(environment, team, board)
    generated = pipeline.generate(inputs.files, inputs.main, only)
    diagnostics = tuple(replace(each, file=inputs.display_path(each.file)) for each in generated.diagnostics)
    if any_error(diagnostics):
        _print_for_scanners(style, None, diagnostics)
    warnings = report_diagnostics(generated, inputs, "json" if style == "json" else "text")
    select_bundles(generated, only, file)
    report = check_bundles(generated, inputs, Progress(sys.stderr), everything, only)
    _say_what_was_checked(report, generated)
    _print_report(style, report, diagnostics, warnings)
    if report.findings:
        raise FindingError


def _print_report(
    style: str, report: Report, diagnostics: tuple[Diagnostic, ...], warnings: tuple[Diagnostic, ...]
) -> None:
    if style == "json":
        print_json(reports.report_json(report, as_json(warnings)))
    elif style == "text":
        write(reports.report_text(report, takes_colours(sys.stdout)), end="")
    else:
        _print_for_scanners(style, report, diagnostics)


def _say_what_was_checked(report: Report, generated: Generated) -> None:
    """Say which checks were left out, whether build/ was checked, and how it differs from the YAML."""
    for sentence in report.left_out.values():
        say(f"{sentence}.")
    if report.drift is None:
        say("There is no build/: what would be generated was checked.")
    else:
        name_orphans(report.drift, (one.folder for one in generated.bundles))
    if any(each.rule == "drift" for each in report.findings):
        say(
            "build/ is not what the YAML says: `leaderboards generate --diff` shows how, `leaderboards generate` "
            "writes it."
        )


def _print_for_scanners(style: str, report: Report | None, diagnostics: tuple[Diagnostic, ...]) -> None:
    """Print mistakes in the YAML and findings as SARIF or JUnit XML. In any other style, print nothing."""
    if style == "sarif":
        print_json(reports.report_sarif(report, diagnostics))
    elif style == "junit":
        print_markup(reports.report_junit(report, diagnostics))

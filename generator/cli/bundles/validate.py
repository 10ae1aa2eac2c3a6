"""`leaderboards validate`: reports every mistake in the YAML."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from generator import pipeline
from generator.cli.console import say, write
from generator.cli.documents import print_json
from generator.cli.options import file_option
from generator.cli.project import print_diagnostics, read_inputs, report_diagnostics
from generator.diagnostics import reports
from generator.diagnostics.diagnostic import sort_unique
from generator.diagnostics.reports import Style
from generator.diagnostics.wording import plural
from generator.output import manifest


@click.command("validate")
@file_option
@click.option(
    "--format",
    "style",
    type=click.Choice(reports.STYLES),
    default="text",
    show_default=True,
    help="github: annotations of a workflow; sarif: for a code scanner.",
)
@click.option("--json", "style", flag_value="json", help="The same as --format json.")
def validate_command(file: Path, style: Style) -> None:
    """Report every mistake in the YAML.

    Where build/ has bundles, warns of edits that `generate` refuses, because they would harm a board that runs.

    \b
    Examples:
      leaderboards validate
      leaderboards validate --file games/arcade/leaderboards.yaml --json
      leaderboards validate --format github         in a workflow: each mistake beside its line
      leaderboards validate --format sarif > leaderboards.sarif
    """
    inputs = read_inputs(file, style)
    generated = pipeline.validate(inputs.files, inputs.main)
    if generated.boards and (inputs.folder / "build" / manifest.FILE).is_file():
        from generator.cli.bundles.guarding import warn_of_edits  # only where there is something to compare with

        generated = replace(
            generated, diagnostics=sort_unique((*generated.diagnostics, *warn_of_edits(generated, inputs)))
        )
    warnings = report_diagnostics(generated, inputs, style)
    boards, feeds = [[each.folder for each in bundles] for bundles in (generated.boards, generated.feeds)]
    if style == "json":
        print_json({"boards": boards, "feeds": feeds, "diagnostics": reports.as_json(warnings)})
        return
    if style == "sarif" and not warnings:
        print_diagnostics([], {}, style)
    wrong = plural(len(warnings), "warning") if warnings else "nothing wrong"
    counted = [plural(len(boards), "board"), *([plural(len(feeds), "feed")] if feeds else [])]
    sentence = f"{file}: {', '.join(counted)}, {wrong}"
    if style == "text":
        write(sentence)
    else:
        say(sentence)

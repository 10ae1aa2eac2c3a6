"""`leaderboards generate`: the bundles in build/."""

from __future__ import annotations

from pathlib import Path

import click

from generator import pipeline
from generator.cli.bundles.plan_report import name_orphans, plan_as_json, print_plan
from generator.cli.console import write
from generator.cli.documents import print_json
from generator.cli.options import as_json_option, file_option
from generator.cli.project import read_inputs, report_diagnostics
from generator.cli.selection import select_boards
from generator.diagnostics import reports
from generator.diagnostics.reports import Style
from generator.errors import FindingError
from generator.output import last_run
from generator.output.plan import NOTHING, Plan, compare, write_build
from generator.output.plan import diff as unified_diff
from generator.pipeline import Generated, Only
from generator.source.inputs import Inputs


@click.command()
@file_option
@click.option("--env", "environment", metavar="NAME", help="Only the boards of this environment.")
@click.option("--team", metavar="NAME", help="Only the boards of this team.")
@click.option("--board", metavar="NAME", help="Only this board.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if something would change.")
@click.option("--diff", is_flag=True, help="Like --check, and print what would change as a unified diff.")
@click.option("--prune", is_flag=True, help="Delete bundles whose boards are gone, unless Terraform state is in them.")
@as_json_option
def generate(
    file: Path,
    environment: str | None,
    team: str | None,
    board: str | None,
    check: bool,
    diff: bool,
    prune: bool,
    as_json: bool,
) -> None:
    """Write each board's bundle to build/.

    It goes to build/TEAM/BOARD, or build/ENV/TEAM/BOARD where environments are configured. Only what changed is
    written. Terraform's state, lock files and your tfvars are never touched.

    \b
    Examples:
      leaderboards generate
      leaderboards generate --env prod --team nebula
      leaderboards generate --check             in CI: exit 1 if build/ is not what the YAML says
      leaderboards generate --board weekly-kills --diff
    """
    style: Style = "json" if as_json else "text"
    inputs = read_inputs(file, style)
    only = Only(environment, team, board)
    remembered = last_run.recognise(inputs) if only.everything else None
    if remembered is None:
        generated = pipeline.generate(inputs.files, inputs.main, only)
    else:
        generated = Generated({}, (), remembered)
    warnings = report_diagnostics(generated, inputs, style)
    select_boards(generated, only, file)
    if remembered is not None:
        plan = NOTHING
    elif check or diff:
        plan = compare(generated.files, generated.boards, inputs.files, inputs.folder / "build", only, prune)
    else:
        plan = _write(generated, inputs, only, prune)
    if as_json:
        print_json(plan_as_json(plan) | {"diagnostics": reports.as_json(warnings)})
    elif diff:
        for line in unified_diff(plan.files):
            write(line)
    else:
        print_plan(plan, would=check)
    name_orphans(plan, (one.folder for one in generated.boards))
    if (check or diff) and (plan.files or plan.pruned):
        raise FindingError


def _write(generated: Generated, inputs: Inputs, only: Only, prune: bool) -> Plan:
    """Write the bundles to build/, and remember the run if the next can tell by it that nothing has changed."""
    plan = write_build(generated.files, generated.boards, inputs.files, inputs.folder / "build", only, prune)
    if only.everything and not plan.orphans:
        last_run.remember(inputs, generated.diagnostics)
    return plan

"""`leaderboards generate`: writes the bundles to build/."""

from __future__ import annotations

from pathlib import Path

import click

from generator import pipeline
from generator.cli.bundles.plan_report import name_orphans, plan_as_json, print_plan
from generator.cli.documents import print_json
from generator.cli.options import (
    as_json_option,
    file_option,
    only_board_option,
    only_environment_option,
    only_team_option,
)
from generator.cli.project import read_inputs, report_diagnostics
from generator.cli.selection import select_boards
from generator.diagnostics import reports
from generator.diagnostics.reports import Style
from generator.errors import FindingError
from generator.output import last_run
from generator.output.plan import NOTHING, Plan, compare, write_build
from generator.pipeline import Generated, Selection
from generator.source.inputs import Inputs


@click.command("generate")
@file_option
@only_environment_option
@only_team_option
@only_board_option
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if something would change.")
@click.option("--diff", is_flag=True, help="Like --check, and print what would change as a unified diff.")
@click.option("--prune", is_flag=True, help="Delete bundles whose boards are gone, unless Terraform state is in them.")
@as_json_option
def generate_command(
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

    Writes to build/TEAM/BOARD, or build/ENV/TEAM/BOARD if environments are configured, and only what changed. Never
    touches Terraform's state, lock files and your tfvars.

    \b
    Examples:
      leaderboards generate
      leaderboards generate --env prod --team nebula
      leaderboards generate --check             in CI: exit 1 if build/ is not what the YAML says
      leaderboards generate --board weekly-kills --diff
    """
    style: Style = "json" if as_json else "text"
    inputs = read_inputs(file, style)
    only = Selection(environment, team, board)
    remembered = last_run.recognise(inputs) if only.everything else None
    if remembered is None:
        generated = pipeline.generate(inputs.files, inputs.main, only)
    else:
        generated = Generated({}, (), remembered)
    warnings = report_diagnostics(generated, inputs, style)
    select_boards(generated, only, file)
    plan = NOTHING if remembered is not None else _write_or_compare(generated, inputs, only, prune, dry=check or diff)
    if as_json:
        print_json(plan_as_json(plan) | {"diagnostics": reports.as_json(warnings)})
    else:
        print_plan(plan, diff, would=check)
    name_orphans(plan, (one.folder for one in generated.boards))
    if (check or diff) and (plan.files or plan.pruned):
        raise FindingError


def _write_or_compare(generated: Generated, inputs: Inputs, only: Selection, prune: bool, dry: bool) -> Plan:
    """Write the bundles to build/, or, if `dry`, only compare them with it.

    Remembers a full run, so that the next one can recognise an unchanged project.
    """
    act = compare if dry else write_build
    plan = act(generated.files, generated.folders, inputs.files, inputs.folder / "build", only, prune)
    if not dry and only.everything and not plan.orphans:
        last_run.remember(inputs, generated.diagnostics)
    return plan

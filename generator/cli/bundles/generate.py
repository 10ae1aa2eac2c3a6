"""`leaderboards generate`: writes the bundles to build/."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict, Unpack

import click

from generator import pipeline
from generator.cli.bundles.guarding import Guard, read_records
from generator.cli.bundles.left_over_states import LeftOverStates
from generator.cli.bundles.plan_report import name_orphans, plan_as_json, print_plan
from generator.cli.console import say
from generator.cli.documents import print_json
from generator.cli.options import (
    as_json_option,
    file_option,
    only_board_option,
    only_environment_option,
    only_team_option,
)
from generator.cli.project import read_inputs, report_diagnostics
from generator.cli.selection import check_accepted, select_bundles
from generator.diagnostics import reports
from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.reports import Style
from generator.diagnostics.wording import plural
from generator.errors import FindingError
from generator.output import last_run
from generator.output.plan import NOTHING, Plan, compare, write_build
from generator.pipeline import Generated, Selection
from generator.source.inputs import Inputs


class Asked(TypedDict):
    """What else a run was asked for, by the names of the options."""

    check: bool
    diff: bool
    prune: bool
    as_json: bool


_HELP = """Write each board's bundle to build/.

Writes to build/TEAM/BOARD, or build/ENV/TEAM/BOARD if environments are configured, and only what changed. Never
touches Terraform's state, lock files and your tfvars.

An edit that would harm a board that runs is refused: nothing is written, and the exit code is 1. It says what would
happen to players, and what to write instead. --accept lets a board's edits through all the same.

\b
Examples:
  leaderboards generate
  leaderboards generate --env prod --team nebula
  leaderboards generate --check             in CI: exit 1 if build/ is not what the YAML says
  leaderboards generate --board weekly-kills --diff
  leaderboards generate --diff --format text      in words: what each edit does to its board
  leaderboards generate --accept weekly-kills
  leaderboards generate --prune             reads states in S3 with your credentials for AWS
"""


@click.command("generate", help=_HELP)
@file_option
@only_environment_option
@only_team_option
@only_board_option
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if something would change.")
@click.option("--diff", is_flag=True, help="Like --check, and print what would change, as --format says.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["unified", "text", "markdown", "json"]),
    help="With --diff: a unified diff of files (if left out), or what each edit does to its board, in words.",
)
@click.option(
    "--prune",
    is_flag=True,
    help="Delete bundles whose boards are gone, unless Terraform's state, in S3 too, has resources or can't be read.",
)
@click.option(
    "--accept",
    metavar="BOARD",
    multiple=True,
    help="Write this board's refused edits, or let --prune delete it. Repeatable.",
)
@as_json_option
def generate_command(
    file: Path,
    environment: str | None,
    team: str | None,
    board: str | None,
    shape: str | None,
    accept: tuple[str, ...],
    **asked: Unpack[Asked],
) -> None:
    """Write each board's bundle to build/."""
    if shape and not asked["diff"]:
        raise click.UsageError("--format says how --diff prints: write both.")
    shape = "json" if asked["as_json"] else shape or "unified"
    style: Style = "json" if shape == "json" else "text"
    inputs = read_inputs(file, style)
    only = Selection(environment, team, board)
    remembered = last_run.recognise(inputs) if only.everything and not accept else None
    if remembered is None:
        generated = pipeline.generate(inputs.files, inputs.main, only)
    else:
        generated = Generated({}, (), remembered)
    warnings = report_diagnostics(generated, inputs, style)
    select_bundles(generated, only, file)
    check_accepted(accept, [*generated.bundles, *read_records(inputs)], file)
    guard = Guard(generated, inputs, accept)
    dry = asked["check"] or asked["diff"]
    plan = NOTHING
    if remembered is None:
        plan = _write_or_compare(generated, inputs, only, asked["prune"], guard, None if dry else style)
    _print(plan, guard, asked, shape, warnings)
    name_orphans(plan, (one.folder for one in generated.bundles))
    if dry:
        guard.refuse("text")
        if plan.files or plan.pruned:
            raise FindingError


def _print(plan: Plan, guard: Guard, asked: Asked, shape: str, warnings: tuple[Diagnostic, ...]) -> None:
    """Print what was written, or would be."""
    if shape == "json":
        print_json(plan_as_json(plan) | {"bundles": guard.as_json(), "diagnostics": reports.as_json(warnings)})
    elif shape in ("text", "markdown"):
        guard.print_words(shape)
        say(f"{plural(len(plan.files), 'file')} would change")
    else:
        print_plan(plan, asked["diff"], would=asked["check"])
        guard.say_what_needs_attention()


def _write_or_compare(
    generated: Generated, inputs: Inputs, only: Selection, prune: bool, guard: Guard, style: Style | None
) -> Plan:
    """Write the bundles to build/, or, if `style` is None, only compare them with it.

    Refused edits are printed in that style, and nothing is written. Remembers a full run, so that the next one can
    recognise an unchanged project.
    """
    build, states = inputs.folder / "build", LeftOverStates()

    def judge(plan: Plan) -> None:
        states.end()
        guard.look(plan)
        if style is not None:
            guard.refuse(style)

    asked = (generated.files, generated.folders, inputs.files, build, only, prune, guard.accepted, states.look)
    if style is None:
        plan = compare(*asked)
        judge(plan)
        return plan
    plan = write_build(*asked, judge)
    if only.everything and not plan.orphans:
        last_run.remember(inputs, plan.recorded, generated.diagnostics)
    return plan

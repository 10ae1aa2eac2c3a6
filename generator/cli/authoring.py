"""The part of the command line for who writes boards. Like `cli`: parse, call, print, exit code."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from generator.cli.console import (
    FILE,
    OUTSIDE,
    WRONG_INPUT,
    as_json_option,
    coloured,
    expect_one,
    fail,
    file_option,
    print_json,
    read,
    report,
)


@click.command()
@click.argument("board")
@file_option
@click.option("--team", metavar="NAME", help="Whose board it is; left out, that of --like, or the only team there is.")
@click.option("--like", metavar="BOARD", help="Copy this board's lines and comments, under the new name.")
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would change as a unified diff.")
def new(board: str, file: Path, team: str | None, like: str | None, dry_run: bool) -> None:
    """Add a board to the YAML.

    A small one with comments, or one like another. It goes behind the last board of the file that `include:` has for
    its team, or else of the main file. Nothing else in the file changes: no comment, no line.

    \b
    Examples:
      leaderboards new daily-deaths --team nebula
      leaderboards new monthly-kills --like weekly-kills
      leaderboards new monthly-kills --like weekly-kills --team quasar --dry-run
    """
    from dataclasses import replace

    from generator.authoring.addition import add_board
    from generator.diagnostics.diagnostic import any_error
    from generator.errors import AuthoringError
    from generator.output import replace_file
    from generator.output.plan import Change, Plan, diff
    from generator.pipeline import validate

    with replace_file.one_at_a_time(file.parent):
        inputs = read(file)
        before = validate(inputs.files, inputs.main)
        if any_error(before.diagnostics):
            report(before, inputs)
        try:
            added = add_board(inputs.files, inputs.main, board, team, like, inputs.shown)
        except AuthoringError as error:
            fail(WRONG_INPUT, f"{error}\nNothing is written.")
        report(added.generated, replace(inputs, files={**inputs.files, added.file: added.new}))
        if not dry_run:
            replace_file.replace(inputs.folder / added.file, added.old, added.new)
    for note in added.notes:
        click.echo(note, err=True)
    place = f"{inputs.shown(added.file)}:{added.line}"
    if dry_run:
        change = Change(inputs.shown(added.file), added.old, added.new)
        for line in diff(Plan({"": (change,)}, (), (), None)):
            click.echo(line)
        click.echo(f"{place}: the board {board} of team {added.team} would be here. Nothing is written.", err=True)
        return
    click.echo(f"{place}: the board {board} of team {added.team}")
    click.echo(
        f"Next: change it to what you need, then `leaderboards generate{_option(file)} --board {board}`.", err=True
    )


def _option(file: Path) -> str:
    from shlex import quote

    return "" if str(file) == FILE else f" --file {quote(str(file))}"


@click.command("explain")
@click.argument("board")
@file_option
@click.option("--env", "environment", metavar="NAME", help="The environment that the board is in.")
@click.option(
    "--at",
    "moment",
    metavar="TIME",
    help="Tell the windows of that time too: `now`, or one such as 2026-11-24T12:00:00Z.",
)
@as_json_option
def explain_board(board: str, file: Path, environment: str | None, moment: str | None, as_json: bool) -> None:
    """Tell why a board is as it is.

    Each of its values with the line it comes from, the names of what it makes in AWS, and the arithmetic of its sizing.

    \b
    Examples:
      leaderboards explain weekly-kills
      leaderboards explain weekly-kills --env prod --json
      leaderboards explain weekly-kills --at now       the windows that are open, too
    """
    at = None if moment is None else _instant(moment)
    inputs = read(file)
    from generator.pipeline import validate
    from generator.validation import loading

    generated = validate(inputs.files, inputs.main)
    report(generated, inputs, "json" if as_json else "text")
    found = expect_one(generated, environment, board, file)
    from generator.errors import LocalError
    from generator.explaining.explanation import build_explanation
    from generator.explaining.reports import explanation_json, explanation_text

    loaded = loading.load(inputs.files, inputs.main)
    merged = next(
        each for each in loaded.merged if (each.entry.name, each.environment) == (found.name, found.environment)
    )
    try:
        explanation = build_explanation(loaded, merged, found, at)
        if as_json:
            print_json(explanation_json(explanation, inputs.shown))
        else:
            click.echo(explanation_text(explanation, inputs.shown, colour=coloured(sys.stdout)), nl=False)
    except OverflowError:
        fail(WRONG_INPUT, "--at: a window of that time begins or ends beyond the calendar. Write another time.")
    except LocalError as error:
        fail(OUTSIDE, str(error))


def _instant(moment: str) -> int:
    """Milliseconds since 1970; ends the program for what is no time."""
    from datetime import UTC, datetime, timedelta

    from generator.diagnostics.wording import quote
    from runtime import clock

    if moment == "now":
        return clock.now()
    try:
        time = datetime.fromisoformat(moment)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        fail(WRONG_INPUT, f"--at: {quote(moment)} is no time with its zone. Write one such as 2026-11-24T12:00:00Z.")
    return (time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@click.command()
@click.option(
    "--format",
    "style",
    type=click.Choice(["json", "markdown"]),
    default="json",
    show_default=True,
    help="The JSON Schema, or a page to read.",
)
def schema(style: str) -> None:
    """Write what leaderboards.yaml may say.

    As a JSON Schema (2020-12), by which editors complete and check leaderboards.yaml and the team files that it
    includes, or as a page with every key: type, default, bounds, meaning.

    A file names the schema in its first line, by its path from there:

    \b
      # yaml-language-server: $schema=leaderboards.schema.json

    \b
    Examples:
      leaderboards schema > leaderboards.schema.json
      leaderboards schema --format markdown > reference.md
    """
    from generator.spec import json_schema, reference

    click.echo(json_schema.text() if style == "json" else reference.page(), nl=False)

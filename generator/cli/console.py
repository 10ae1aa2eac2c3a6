"""What commands say: results on stdout, words on stderr, an exit code. Never a traceback."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

from generator import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from generator.board.board import Board
    from generator.diagnostics.diagnostic import Diagnostic
    from generator.diagnostics.reports import Style
    from generator.output.plan import Plan
    from generator.pipeline import Generated, Only
    from generator.source.inputs import Inputs

FINDING, WRONG_INPUT, OUTSIDE = 1, 2, 3
"""Exit codes: something was found, the input is wrong, something outside failed."""

FILE = "leaderboards.yaml"
"""The file that commands read where none is named."""

_QUICK_BYTES = 400_000
"""Of YAML: what is read and checked in about a second."""

file_option = click.option(
    "--file",
    type=click.Path(path_type=Path),
    default=Path(FILE),
    show_default=True,
    help="The file to read. build/ is beside it.",
)
as_json_option = click.option("--json", "as_json", is_flag=True, help="Write the result as JSON to stdout.")


def read(file: Path, style: Style = "text") -> Inputs:
    """The input files; ends the program where one cannot be read."""
    from generator.source import inputs

    try:
        found = inputs.read(file)
    except inputs.InputError as error:
        print_report([error.diagnostic], {}, style)
        sys.exit(WRONG_INPUT)
    if (size := sum(map(len, found.files.values()))) > _QUICK_BYTES:
        click.echo(f"reading {size / 1e6:,.1f} MB of YAML ...", err=True)
    return found


def validated(file: Path, style: Style = "text") -> tuple[Generated, list[dict[str, Any]]]:
    """The boards of a file, and its warnings as JSON; ends the program, with every error said, where it has any."""
    from generator.pipeline import validate

    inputs = read(file, style)
    generated = validate(inputs.files, inputs.main)
    return generated, report(generated, inputs, style)


def report(generated: Generated, inputs: Inputs, style: Style = "text") -> list[dict[str, Any]]:
    """Prints what is wrong with the input, and ends the program if that is more than warnings. Returns it as JSON.

    A document on stdout is a program's only one: JSON of warnings alone is left to the caller.
    """
    if not generated.diagnostics:
        return []
    from dataclasses import replace

    from generator.diagnostics import reports
    from generator.diagnostics.diagnostic import any_error

    failed = any_error(generated.diagnostics)
    path_of = inputs.shown if style in ("text", "json") else lambda file: _from_here(inputs.shown(file))
    found = [replace(each, file=path_of(each.file)) for each in generated.diagnostics]
    if failed or style != "json":
        print_report(found, {inputs.shown(file): content for file, content in inputs.files.items()}, style)
    if failed:
        sys.exit(WRONG_INPUT)
    return reports.as_json(found)


def _from_here(path: str) -> str:
    """A path as a repository's tools want it: relative, where it is below the folder that the command runs in."""
    here = Path.cwd().as_posix()
    return path.removeprefix(f"{here}/")


def print_report(found: Sequence[Diagnostic], files: Mapping[str, bytes], style: Style) -> None:
    """What is wrong: for a person on stderr, for a program on stdout. `files` as `reports.text` has them."""
    from generator.diagnostics import reports

    if style == "text":
        click.echo(reports.text(found, files, colour=coloured(sys.stderr)), err=True, nl=False)
    elif style == "github":
        click.echo(reports.github(found), nl=False)
    elif style == "sarif":
        from generator.diagnostics import sarif

        print_json(sarif.log(found))
    else:
        print_json({"diagnostics": reports.as_json(found), "more": len(found) > reports.MOST[style]})
    if total := reports.total(found, style):
        click.echo(total, err=True)


def expect_some(generated: Generated, only: Only, file: Path, board_by: str = "--board") -> None:
    """Ends the program if no board is what --env, --team and --board ask for. `board_by`: how the board was named."""
    if only.everything or any(only.takes(board) for board in generated.boards):
        return
    from generator.diagnostics.nearest import nearest
    from generator.diagnostics.wording import quote

    for option, wanted, names in (
        ("--env", only.environment, [board.environment for board in generated.boards]),
        ("--team", only.team, [board.team for board in generated.boards]),
        (board_by, only.board, [board.name for board in generated.boards]),
    ):
        known = tuple(dict.fromkeys(name for name in names if name))
        if wanted is not None and wanted not in known:
            near = nearest(wanted, known)
            hint = f'Did you mean "{near}"?' if near else f"There is {', '.join(known)}." if known else "There is none."
            fail(WRONG_INPUT, f"{option}: there is no {quote(wanted)} in {file}. {hint}")
    fail(WRONG_INPUT, f"--env, --team and {board_by}: no board is all of these.")


def expect_one(generated: Generated, environment: str | None, board: str, file: Path) -> Board:
    """The one board of that name; ends the program where there is none, or more than one."""
    from generator.pipeline import Only

    only = Only(environment, None, board)
    expect_some(generated, only, file, "BOARD")
    found = [one for one in generated.boards if only.takes(one)]
    if len(found) > 1:
        fail(WRONG_INPUT, f"--env: {board} is in {', '.join(str(one.environment) for one in found)}; name one.")
    return found[0]


def print_plan(plan: Plan, would: bool) -> None:
    """Says what was written, or would be: a line for each bundle, and the number of files."""
    from generator.diagnostics.wording import plural

    for folder, changes in plan.changes.items():
        kinds = [change.kind for change in changes]
        counts = [f"{kinds.count(kind)} {kind}" for kind in ("new", "changed", "removed") if kind in kinds]
        click.echo(f"build/{folder}: {', '.join(counts)}")
    for folder in plan.pruned:
        click.echo(f"build/{folder}: {'would be deleted' if would else 'deleted'}, its board is gone")
    click.echo(f"{plural(len(plan.files), 'file')} {'would change' if would else 'changed'}")


def name_orphans(plan: Plan, folders: Iterable[str]) -> None:
    """Says on stderr which bundles have no board any more, and what to do; `folders` are the living bundles'."""
    living = {_beside_team(folder): folder for folder in folders}
    for orphan in plan.orphans:
        if moved := living.get(_beside_team(orphan.folder)):
            # The same names in AWS: to destroy them would destroy the board.
            click.echo(
                f"build/{orphan.folder}: its board moved to build/{moved}. Kept. Move its Terraform state there (the "
                "folder's files, or the backend's key) before you apply, then `leaderboards generate --prune`.",
                err=True,
            )
            continue
        if orphan.state:
            why = (
                f"Kept, for Terraform's state is in it: {orphan.state[0]}. Destroy what it deployed, delete the state,"
            )
        else:
            why = "Kept. Destroy what it deployed,"
        click.echo(f"build/{orphan.folder}: its board is gone. {why} then `leaderboards generate --prune`.", err=True)


def _beside_team(folder: str) -> tuple[str, ...]:
    """Environment and board of a bundle: what its names in AWS are made of."""
    parts = folder.split("/")
    # A folder that no board of ours can have had stands for itself.
    return (*parts[:-2], "", parts[-1]) if len(parts) > 1 else (folder,)


def plan_json(plan: Plan) -> dict[str, Any]:
    """What was written, or would be, for a program."""
    return {
        "files": [{"path": change.path, "change": change.kind} for change in plan.files],
        "orphans": [{"folder": orphan.folder, "state": list(orphan.state)} for orphan in plan.orphans],
        "pruned": list(plan.pruned),
    }


def print_json(document: dict[str, Any]) -> None:
    """A document on stdout, in which whatever cannot be seen is escaped."""
    import json

    text = json.dumps(document, indent=2, ensure_ascii=False)
    if not text.replace("\n", "").isprintable():
        text = re.sub(r"[^\n -~]", lambda c: c[0] if c[0].isprintable() else json.dumps(c[0])[1:-1], text)
    click.echo(text)


def coloured(stream: TextIO) -> bool:
    """Whether it is a terminal that takes colours (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def fail(code: int, message: str) -> NoReturn:
    """Ends the program with a word on stderr."""
    click.echo(message, err=True)
    sys.exit(code)


def explain(error: Exception) -> int:
    """Says what stopped the program. Returns its exit code."""
    from generator.diagnostics.wording import quote
    from generator.errors import OutputError

    if isinstance(error, OutputError):
        click.echo(str(error), err=True)
        return OUTSIDE
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    place = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "nowhere"
    what = f"{type(error).__name__} at {place}: {quote(str(error), 200)}"
    click.echo(f"This is a fault in leaderboards {__version__}, not in your file: {what}. Please report it.", err=True)
    return OUTSIDE

"""The command line: parse, call, print, exit code. No logic; what is heavy is imported by the command that needs it.

Results go to stdout, words about them to stderr. Exit codes: 0 fine, 1 a finding, 2 the input is wrong, 3 something
outside failed.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

import click

from generator import __version__
from generator.cli.authoring import explain_board, new, schema
from generator.cli.check import check
from generator.cli.console import (
    FINDING,
    OUTSIDE,
    WRONG_INPUT,
    as_json_option,
    expect_some,
    explain,
    fail,
    file_option,
    name_orphans,
    plan_json,
    print_json,
    print_plan,
    print_report,
    read,
    report,
    validated,
)
from generator.cli.operations import redrive, rejected, simulate

if TYPE_CHECKING:
    from generator.diagnostics.reports import Style


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="leaderboards", message="%(prog)s %(version)s")
def leaderboards() -> None:
    """Leaderboards on AWS from a few lines of YAML.

    \b
    Examples:
      leaderboards validate          say what is wrong with leaderboards.yaml
      leaderboards generate          write every board's bundle to build/
      leaderboards generate --diff   show what would change, write nothing
      leaderboards check             say whether what was generated may be applied
      leaderboards local             run it all on this machine
      leaderboards new BOARD         add a board to leaderboards.yaml
      leaderboards explain BOARD     tell why a board is as it is
      leaderboards schema            write the JSON Schema of leaderboards.yaml, for editors
      leaderboards rejected BOARD    list what a running board rejected
    """


@leaderboards.command()
@file_option
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="github: annotations of a workflow; sarif: for a code scanner.",
)
@click.option("--json", "style", flag_value="json", help="The same as --format json.")
def validate(file: Path, style: Style) -> None:
    """Say all that is wrong with the YAML.

    \b
    Examples:
      leaderboards validate
      leaderboards validate --file games/arcade/leaderboards.yaml --json
      leaderboards validate --format github         in a workflow: each mistake beside its line
      leaderboards validate --format sarif > leaderboards.sarif
    """
    from generator.diagnostics.wording import plural

    generated, diagnostics = validated(file, style)
    boards = [board.folder for board in generated.boards]
    if style == "json":
        print_json({"boards": boards, "diagnostics": diagnostics})
        return
    if style == "sarif" and not diagnostics:
        print_report([], {}, style)
    wrong = f"{plural(len(diagnostics), 'warning')}" if diagnostics else "nothing wrong"
    click.echo(f"{file}: {plural(len(boards), 'board')}, {wrong}", err=style != "text")


@leaderboards.command()
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
    from generator.output import last_run
    from generator.output.plan import NOTHING, compare, write_build
    from generator.output.plan import diff as unified_diff
    from generator.pipeline import Generated, Only
    from generator.pipeline import generate as make

    style: Style = "json" if as_json else "text"
    inputs = read(file, style)
    only = Only(environment, team, board)
    warnings = last_run.recall(inputs) if only.everything else None
    generated = make(inputs.files, inputs.main, only) if warnings is None else Generated({}, (), warnings)
    diagnostics = report(generated, inputs, style)
    expect_some(generated, only, file)
    if warnings is None:
        act = compare if check or diff else write_build
        plan = act(generated.files, generated.boards, inputs.files, inputs.folder / "build", only, prune)
        if act is write_build and only.everything and not plan.orphans:
            last_run.keep(inputs, generated.diagnostics)
    else:
        plan = NOTHING
    if as_json:
        print_json(plan_json(plan) | {"diagnostics": diagnostics})
    elif diff:
        for line in unified_diff(plan):
            click.echo(line)
    else:
        print_plan(plan, would=check)
    name_orphans(plan, (one.folder for one in generated.boards))
    if (check or diff) and (plan.files or plan.pruned):
        sys.exit(FINDING)


@leaderboards.command()
@file_option
@click.option("--env", "environment", metavar="NAME", help="The environment whose boards run; the first, if left out.")
@click.option("--team", metavar="NAME", help="Only the boards of this team.")
@click.option("--board", metavar="NAME", help="Only this board.")
@click.option(
    "--simulate", type=click.FloatRange(0, 1000), metavar="RATE", help="Activities a second, over all boards."
)
@click.option(
    "--schedule",
    type=click.Choice(["fast", "yaml"]),
    default="fast",
    show_default=True,
    help="New ranks every two seconds, or as each board's `rebuild` says.",
)
@click.option("--port", type=click.IntRange(1, 65535), help="Port of pages and APIs; a free one, if left out.")
@click.option(
    "--ready-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Written once every board answers: addresses, names and credentials as JSON.",
)
def local(
    file: Path,
    environment: str | None,
    team: str | None,
    board: str | None,
    simulate: float | None,
    schedule: Literal["fast", "yaml"],
    port: int | None,
    ready_file: Path | None,
) -> None:
    """Run the boards on this machine.

    On an embedded AWS, until Ctrl-C. What `generate` emits is deployed: the same functions, filters, limits and roles.
    Everything listens on 127.0.0.1 and is gone when the command ends.

    \b
    Examples:
      leaderboards local --simulate 10
      leaderboards local --board weekly-kills --port 8080
      leaderboards local --ready-file /tmp/ready.json --schedule yaml
    """
    from generator.errors import LocalError
    from generator.local.run import run_boards
    from generator.pipeline import Only

    generated, _ = validated(file)
    environment = environment or next((one.environment for one in generated.boards), None)
    only = Only(environment, team, board)
    expect_some(generated, only, file)
    gc.enable()  # this one stays
    try:
        run_boards(
            [one for one in generated.boards if only.takes(one)],
            simulate=simulate,
            schedule=schedule,
            ready_file=ready_file,
            port=port,
        )
    except LocalError as error:
        fail(OUTSIDE, str(error))


leaderboards.add_command(check)
leaderboards.add_command(new)
leaderboards.add_command(explain_board)
leaderboards.add_command(schema)
leaderboards.add_command(simulate)
leaderboards.add_command(rejected)
leaderboards.add_command(redrive)


def main() -> NoReturn:
    """The `leaderboards` command. Whatever happens, the program ends with an exit code and no traceback."""
    # pydantic would look through every installed package for plugins of its own: slow, and what is generated would
    # depend on them.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # What a command makes lives till it ends, a second later: to look for garbage in it takes a twentieth of its time.
    gc.disable()
    # Nor does Python look for any at the end of the program, which takes as much again.
    atexit.register(gc.freeze)
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # to leave as after Ctrl-C, cleaned up
    try:
        leaderboards.main(prog_name="leaderboards", standalone_mode=False)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG_INPUT)
    except (KeyboardInterrupt, click.Abort):
        fail(130, "interrupted")
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        sys.exit(explain(error))
    finally:
        gc.enable()
        signal.signal(signal.SIGTERM, before)
    sys.exit(0)

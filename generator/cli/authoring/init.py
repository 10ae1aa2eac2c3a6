"""`leaderboards init`: begins a project in a folder of one's own."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from shlex import quote

import click

from generator.authoring.new_project import BOARD, WORKFLOW, make_project, make_project_name
from generator.check.programs import CHECKOV_VERSION, TERRAFORM_VERSION
from generator.cli.console import say, write
from generator.diagnostics.diagnostic import any_error
from generator.diagnostics.wording import escape_invisible, join_words
from generator.errors import AuthoringError, OutputError
from generator.pipeline import MAIN, validate


@click.command("init")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("--project", metavar="NAME", help="What every name in AWS starts with. Default: the folder's name.")
@click.option("--region", default="eu-central-1", show_default=True, help="The AWS region of the boards.")
@click.option("--team", metavar="NAME", default="game", show_default=True, help="Whose the board is.")
@click.option(
    "--owner",
    metavar="ADDRESS",
    default="leaderboards@example.com",
    show_default=True,
    help="The e-mail address that the team's alarms go to.",
)
def init_command(folder: Path, project: str | None, region: str, team: str, owner: str) -> None:
    """Begin a project in a folder of your own.

    Writes a commented leaderboards.yaml with one board, its schema for editors, a .gitignore, a Makefile, and a
    workflow for GitHub that checks each pull request. Overwrites nothing: where one of these exists, nothing is
    written. Asks nothing, and needs no AWS account. In a folder of a git repository the workflow is to be moved to the
    top of it, which is said.

    \b
    Examples:
      leaderboards init
      leaderboards init boards --project arcade --team nebula --owner nebula-oncall@example.com
    """
    name = project or make_project_name(folder.resolve().name)
    repository, below = _find_repository(folder)
    files = make_project(name, region, team, owner, CHECKOV_VERSION, TERRAFORM_VERSION, below)
    _check(files[MAIN])
    _write_all(folder, files)
    for path in files:
        write(escape_invisible(str(folder / path)))
    if below:
        there = escape_invisible(str(repository / WORKFLOW))
        say(f"GitHub runs workflows only at the top of a repository: move {WORKFLOW} to {there}.")
    if folder != Path():
        # A folder whose name begins with a dash is no option.
        name = f"./{folder}" if str(folder).startswith("-") else str(folder)
        say(f"Next: cd {escape_invisible(quote(name))}")
    say(f"{'Next' if folder == Path() else 'Then'}: leaderboards local, and open the page it prints.")
    say(f"{BOARD} in {MAIN} is yours to change; `leaderboards validate` says what is wrong.")


def _find_repository(folder: Path) -> tuple[Path, str]:
    """The top of the git repository that a folder is in, and the folder from there; empty for the top, or for none."""
    place = folder.resolve()
    for above in place.parents if not (place / ".git").exists() else ():
        if (above / ".git").exists():
            return above, place.relative_to(above).as_posix()
    return place, ""


def _check(text: str) -> None:
    """Raise AuthoringError, with a line for each option whose value leaderboards.yaml would not take."""
    found = [each for each in validate({MAIN: text.encode(errors="replace")}).diagnostics if each.severity == "error"]
    if any_error(found):
        keys = {"project": "--project", "region": "--region"}
        raise AuthoringError(
            *(
                f"{keys.get(each.path) or ('--owner' if each.path.endswith('.owner') else '--team')}: {each.sentences}"
                for each in found
                if not each.path.startswith("boards")
            )
        )


def _write_all(folder: Path, files: dict[str, str]) -> None:
    """Write all files or none. Raises AuthoringError if one exists, OutputError if the disk refuses."""
    if os.path.lexists(folder) and not folder.is_dir():
        raise AuthoringError(f"{escape_invisible(str(folder))}: is there already, and is no folder. Name another.")
    if there := [path for path in files if os.path.lexists(folder / path)]:
        are = "is" if len(there) == 1 else "are"
        raise AuthoringError(
            f"{escape_invisible(str(folder))}: {join_words(there, 'and')} {are} there already. "
            "Name another folder, such as `leaderboards init boards`."
        )
    written: list[Path] = []
    try:
        for path, text in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8", newline="\n") as stream:  # never over what came in the meantime
                written.append(file)
                stream.write(text)
    except OSError as error:
        for file in written:
            with suppress(OSError):
                file.unlink()
        place = escape_invisible(str(error.filename or folder))
        raise OutputError(f"{place} cannot be written: {error.strerror}") from None

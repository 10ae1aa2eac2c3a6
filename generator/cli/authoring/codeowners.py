"""`leaderboards codeowners`: writes who reviews changes of which file."""

from __future__ import annotations

import difflib
from pathlib import Path, PurePosixPath

import click

from generator.authoring.codeowners import make_lines, replace_lines
from generator.cli.console import say, write
from generator.cli.options import file_option
from generator.cli.project import load_project
from generator.diagnostics.wording import escape_invisible
from generator.errors import FindingError, InputError, OutputError
from generator.output.replace_file import lock_folder, replace_users_file, write_whole
from generator.validation.loading import Loaded

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where GitHub and GitLab look, in the repository (GitHub Docs, "About code owners"; GitLab documentation, "Code
Owners")."""


@click.command("codeowners")
@file_option
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"The file to write; - for stdout. Left out: the one of {', '.join(PLACES)} that is there, else the first.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if the file is not what would be written.")
def codeowners_command(file: Path, output: Path | None, check: bool) -> None:
    """Write CODEOWNERS: who reviews which file.

    Each team's file is reviewed by the team's `code_owners`, or its owner. The main file, new files that `include`
    takes, and .github/ are reviewed by the project's `code_owners`, so that no team changes another's boards, or what
    is enforced, alone. Other lines of CODEOWNERS stay.

    \b
    Examples:
      leaderboards codeowners
      leaderboards codeowners --check            in CI: 1 if leaderboards.yaml says otherwise
      leaderboards codeowners --output -
    """
    inputs, generated, _ = load_project(file)
    loaded = generated.loaded
    assert loaded is not None
    assert loaded.project is not None
    folder = inputs.folder.resolve()
    top = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), folder)
    below = PurePosixPath(folder.relative_to(top).as_posix())
    lines = make_lines(loaded.project, inputs.main, _team_files(loaded), below)
    if not loaded.project.code_owners:
        say(f"{file}: nobody reviews it: write `code_owners` at its top, or any team may change what is enforced.")
    if output == Path("-"):
        write("\n".join(lines))
        return
    target = output or next((top / each for each in PLACES if (top / each).exists()), top / PLACES[0])
    present = _read(target)
    wanted = replace_lines(present or "", lines)
    shown = escape_invisible(str(target.relative_to(top) if target.is_relative_to(top) else target))
    if present == wanted:
        say(f"{shown} is what {file} says")
    elif check:
        difference = difflib.unified_diff((present or "").splitlines(), wanted.splitlines(), shown, shown, lineterm="")
        write("\n".join(map(escape_invisible, difference)))
        raise FindingError(f"{shown} is not what {file} says. Run `leaderboards codeowners`.")
    else:
        _write(target, present, wanted)
        say(f"wrote {shown}")


def _team_files(loaded: Loaded) -> dict[str, str]:
    """The team of each team file, by the file's path."""
    return {node.file: name for node in loaded.team_files if (name := node.text())}


def _read(target: Path) -> str | None:
    """The text of a file; None if there is none."""
    try:
        return target.read_bytes().decode()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{target} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise InputError(f"{target} is not UTF-8, so that nothing can be added to it.") from None


def _write(target: Path, present: str | None, text: str) -> None:
    """Write the file, of which this was read; None if there was none."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with lock_folder(target.parent):
            if present is None:
                write_whole(target, text.encode(), 0o644)
            else:
                replace_users_file(target, present.encode(), text.encode())
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror}") from None

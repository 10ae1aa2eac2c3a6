"""Options and steps of commands on one board that runs."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from generator.aws.sessions import AwsPlace
from generator.board.board import Board
from generator.board.feed import Feed
from generator.cli.project import load_project
from generator.cli.selection import select_board, select_bundle
from generator.diagnostics.nearest import nearest
from generator.diagnostics.wording import escape_invisible, join_words, quote
from generator.errors import InputError
from generator.operations.local_run import READY_FILE, LocalRun, default_ready_file, options_of_run, read_local_run
from generator.operations.players.managed_board import (
    ManagedBoard,
    find_managed_in_aws,
    find_managed_on_this_machine,
)
from generator.operations.recorded_board import (
    RecordedBoard,
    find_recorded_in_aws,
    find_recorded_on_this_machine,
)
from generator.operations.running_board import ANY_PLACE, RunningBoard, find_in_aws, find_on_this_machine
from generator.pipeline import MAIN, Generated
from runtime.domain.rejection import REASONS

Wanted = TypeVar("Wanted")
Found = TypeVar("Found")


def local_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --local and --ready-file to a command, beside its --file.

    The command gets `ready_file`: where the ready file of the run that is meant is, or None for AWS.
    """

    @wraps(command)
    def choose(*, file: Path, local: bool, ready_file: Path | None, **others: Any) -> None:
        command(file=file, ready_file=ready_file or (default_ready_file(file) if local else None), **others)

    flag = click.option("--local", is_flag=True, help="Use what `leaderboards local` runs here, not AWS.")
    place = click.option(
        "--ready-file",
        type=click.Path(path_type=Path, dir_okay=False),
        help=f"Like --local, for the run that wrote this file; --local alone takes {READY_FILE.as_posix()}.",
    )
    return flag(place(choose))


why_option = click.option("--why", metavar="TEXT", help="Why this is done, for those who read `audit` later.")


def wait_options(how_long: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make the decorator that adds --wait and --timeout, for a command that follows what it has sent.

    `how_long`: what --timeout means, for its help.
    """

    def add(command: Callable[..., None]) -> Callable[..., None]:
        timeout = click.option(
            "--timeout",
            type=click.IntRange(1, 86_400),
            default=240,
            show_default=True,
            metavar="SECONDS",
            help=how_long,
        )
        wait = click.option(
            "--wait/--no-wait", default=True, help="Wait for what becomes of them, or not.", show_default=True
        )
        return wait(timeout(command))

    return add


@dataclass(frozen=True)
class Place:
    """Where a board runs: in AWS, or in a run of `leaderboards local`."""

    ready_file: Path | None = None
    """The ready file of the run that is meant; None for AWS."""
    aws: AwsPlace = ANY_PLACE

    def find(
        self, bundle: Wanted, in_aws: Callable[[Wanted, AwsPlace], Found], here: Callable[[Wanted, LocalRun], Found]
    ) -> Found:
        """Find what runs of a board or a feed: `in_aws` finds it there, `here` in a run of `leaderboards local`."""
        if self.ready_file is None:
            return in_aws(bundle, self.aws)
        return here(bundle, read_local_run(self.ready_file))

    def list_options(self, file: Path) -> list[str]:
        """The options by which another command finds the same place. `file`: leaderboards.yaml."""
        if self.ready_file is not None:
            return options_of_run(file, self.ready_file)
        given = {"--profile": self.aws.profile, "--region": self.aws.region, "--endpoint-url": self.aws.endpoint_url}
        return [word for option, value in given.items() if value is not None for word in (option, value)]


def place_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say where a board runs: those of `local_options`, and those of the AWS CLI.

    The command gets `place`.
    """

    @wraps(command)
    def choose(
        *, ready_file: Path | None, profile: str | None, region: str | None, endpoint_url: str | None, **others: Any
    ) -> None:
        aws = AwsPlace(profile, region, endpoint_url)
        if ready_file is not None and aws != ANY_PLACE:
            raise InputError("--local: it goes with none of --profile, --region and --endpoint-url, which are for AWS.")
        command(place=Place(ready_file, aws), **others)

    for option in (
        click.option("--endpoint-url", metavar="URL", help="Ask this address instead of AWS's own."),
        click.option("--region", metavar="REGION", help="Look in this region, not in the board's."),
        click.option("--profile", metavar="NAME", help="Use this profile of your AWS files."),
    ):
        choose = option(choose)
    return local_options(choose)


def check_reason(_context: click.Context, _parameter: click.Parameter, reason: str | None) -> str | None:
    """Validate --reason. Raises InputError, with a suggestion, if activities are never rejected for that reason."""
    if reason is not None and reason not in REASONS:
        near = nearest(reason, REASONS)
        hint = f'Did you mean "{near}"?' if near else f"Write {join_words(REASONS)}."
        raise InputError(f"--reason: there is no reason {quote(reason)}. {hint}")
    return reason


def check_board(name: str | None, run: LocalRun) -> None:
    """Validate --board of a command on a run. Raises InputError if no board of that name runs there."""
    if name is not None and name not in run.boards:
        raise InputError(f"--board: {quote(name)} does not run; write {join_words(sorted(run.boards))}")


def name_command(words: str, file: Path, place: Place, environment: str | None = None) -> str:
    """A command to type next, with the options by which it finds the same boards. `words`: such as `rejected kills`."""
    options = list_file_option(file)
    options += [] if environment is None else ["--env", environment]
    options += place.list_options(file)
    return f"`{escape_invisible(shlex.join(['leaderboards', *words.split(), *options]))}`"


def list_file_option(file: Path) -> list[str]:
    """The option by which another command reads the same file; none where it would anyway."""
    return [] if file == Path(MAIN) else ["--file", str(file)]


def find_board(file: Path, environment: str | None, name: str) -> Board:
    """The board of that name. Raises InputError if the files are wrong, or if no board or several have that name."""
    return find_boards(file, environment, name)[1]


def find_boards(file: Path, environment: str | None, name: str) -> tuple[Generated, Board]:
    """All boards, and the one of that name, as `find_board` finds it."""
    _, generated, _ = load_project(file)
    return generated, select_board(generated, environment, name, file)


def find_bundle(file: Path, environment: str | None, name: str) -> tuple[Generated, Board | Feed]:
    """All boards, and the board or the feed of that name: feed-NAME for a feed. Raises InputError as `find_board`."""
    _, generated, _ = load_project(file)
    return generated, select_bundle(generated, environment, name, file)


def find_running(board: Board, place: Place) -> RunningBoard:
    """Find the board in its place."""
    return place.find(board, find_in_aws, find_on_this_machine)


def find_managed(board: Board, place: Place) -> ManagedBoard:
    """Find all of the board in which something of a player may be kept, in its place."""
    return place.find(board, find_managed_in_aws, find_managed_on_this_machine)


def find_recorded(board: Board, place: Place) -> RecordedBoard:
    """Find what recording an activity needs of the board, in its place."""
    return place.find(board, find_recorded_in_aws, find_recorded_on_this_machine)

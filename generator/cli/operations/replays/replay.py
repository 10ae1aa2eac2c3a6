"""`leaderboards replay`: counts a window anew by the rules that the board has now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import click

from generator.cli.console import say, write
from generator.cli.documents import print_json
from generator.cli.operations.options import Place, find_board, find_managed, place_options, why_option
from generator.cli.operations.replays.replay_text import Changes, comparison_as_json, describe_comparison
from generator.cli.options import as_json_option, environment_option, file_option
from generator.errors import FindingError, InputError
from generator.operations.audit.trail import open_trail
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.replays.comparing import Comparison
from generator.operations.replays.replaying import Replay
from generator.operations.replays.windows import find_window
from generator.progress import report_progress

_MISSING = (
    "counted activities are missing, and a recount takes what they gave from players: nothing is swapped; "
    "--accept-missing does it anyway"
)


@dataclass(frozen=True)
class _Wanted:
    """What a person wants of a replay."""

    window: str
    accept_missing: bool
    why: str | None
    as_json: bool


@click.command("replay")
@click.argument("board")
@click.option("--window", metavar="ID", required=True, help="The window, such as 2026-W47, all-time or rolling-7d.")
@file_option
@environment_option
@place_options
@click.option("--swap", is_flag=True, help="Let readers see the recount. Without it nothing is changed.")
@click.option("--undo", is_flag=True, help="Let readers see again what was counted as it came.")
@click.option("--dry-run", is_flag=True, help="Compare, whatever else is given.")
@click.option("--accept-missing", is_flag=True, help="Swap also where counted activities are gone from the table.")
@click.option(
    "--rate",
    type=click.IntRange(1, 10_000),
    default=200,
    show_default=True,
    metavar="PLAYERS",
    help="How many players are counted in a second at most.",
)
@why_option
@as_json_option
def replay_command(
    board: str,
    window: str,
    file: Path,
    environment: str | None,
    place: Place,
    swap: bool,
    undo: bool,
    dry_run: bool,
    accept_missing: bool,
    rate: int,
    why: str | None,
    as_json: bool,
) -> None:
    """Count a window anew, compare, and show that to readers.

    For a mistake in the rules: mend it, apply that, and replay what it spoilt. What was counted in the window is
    counted again by the rules of now; what was rejected stays so, redrive that. Says what would change. With --swap
    readers see the recount from the next rebuild on, all of it at once; a sealed window gets a new revision. The board
    goes on counting all the while, in both. --undo goes back. Safe to be killed: run it again.

    Exits with 1 where counted activities are no longer in the table. Needs the policy PREFIX-replay.

    \b
    Examples:
      leaderboards replay weekly-kills --window 2026-W47
      leaderboards replay weekly-kills --window 2026-W47 --json
      leaderboards replay weekly-kills --window 2026-W47 --swap --why "a boss gives 50, not 5"
      leaderboards replay weekly-kills --window 2026-W47 --undo
    """
    if swap and undo:
        raise InputError("--undo: it goes without --swap, which it takes back.")
    managed = find_managed(find_board(file, environment, board), place)
    replay = Replay(managed, find_window(managed, window), rate)
    work = _compare if dry_run or not (swap or undo) else _undo if undo else _swap
    work(replay, _Wanted(window, accept_missing, why, as_json))


def _compare(replay: Replay, wanted: _Wanted) -> None:
    with closing(Changes(replay.board.config)) as changes:
        comparison = _follow(replace(replay, note=changes.note, begin=changes.begin).compare())
        _print(replay.board, wanted, comparison, changes, swapped=False)
    if not wanted.as_json:
        write("nothing is changed: --swap shows this to readers")
    if comparison.missing and not wanted.accept_missing:
        raise FindingError(_MISSING)


def _swap(replay: Replay, wanted: _Wanted) -> None:
    arguments = {"swap": True, "accept-missing": wanted.accept_missing}
    trail = open_trail(replay.board.running)
    with (
        closing(Changes(replay.board.config)) as changes,
        trail.deed("replay", arguments, wanted.why, window=wanted.window) as deed,
    ):
        comparison = _follow(
            replace(replay, note=changes.note, begin=changes.begin).swap(accept_missing=wanted.accept_missing)
        )
        counts = ("players", "changed", "appear", "vanish", "missing")
        deed.outcome({name: getattr(comparison, name) for name in counts})
        is_refused = bool(comparison.missing) and not wanted.accept_missing
        _print(replay.board, wanted, comparison, changes, swapped=not is_refused)
        if is_refused:
            raise FindingError(_MISSING)
    if not wanted.as_json and comparison.is_repeated and comparison.changed:
        write("swapped before, and not again: --undo and then --swap shows this to readers")
    elif not wanted.as_json:
        write("swapped: readers see this from the next rebuild on; --undo goes back")


def _undo(replay: Replay, wanted: _Wanted) -> None:
    trail = open_trail(replay.board.running)
    with trail.deed("replay", {"undo": True}, wanted.why, window=wanted.window):
        replay.undo()
    if wanted.as_json:
        print_json({"board": replay.board.name, "window": wanted.window, "undone": True})
    else:
        write(f"{replay.board.name} {wanted.window}: readers see from the next rebuild on what was counted as it came")


def _print(board: ManagedBoard, wanted: _Wanted, comparison: Comparison, changes: Changes, *, swapped: bool) -> None:
    if wanted.as_json:
        found = comparison_as_json(board.config, comparison)
        changes.print_after({"board": board.name, "window": wanted.window, "swapped": swapped, **found})
        return
    first, *rest = describe_comparison(board.config, comparison)
    write("\n".join([f"{board.name} {wanted.window}: {first}", *rest]))


def _follow(steps: Iterator[tuple[str, Comparison]]) -> Comparison:
    """Say every second how far it is. Returns what is known at the end."""
    *_, (_, comparison) = report_progress(steps, _describe_step, say)
    return comparison


def _describe_step(step: tuple[str, Comparison]) -> str:
    name, comparison = step
    return f"{name} ... {comparison.players:,} players so far" if comparison.players else f"{name} ..."

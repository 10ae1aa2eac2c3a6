"""`leaderboards players`: shows, corrects, hides, renames, restores and erases a player of a running board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from generator.cli.console import say, write
from generator.cli.documents import print_json
from generator.cli.operations.options import Place, find_boards, find_managed, name_command, place_options
from generator.cli.operations.players.correcting import correct_player, parse_correction
from generator.cli.operations.players.erasing import (
    RECOVERY_DAYS,
    confirm,
    describe_removed,
    erase_player,
    select_erased,
)
from generator.cli.operations.players.text import describe_player, describe_player_as_json
from generator.cli.operations.players.wanted import ACTIONS, Wanted, check, wanted_options
from generator.cli.options import environment_option, file_option
from generator.diagnostics.wording import join_words, quote
from generator.errors import InputError
from generator.operations.players import deciding
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.players.showing import KeptPlayer, show_player
from runtime.domain.activity import MAX_NAME
from runtime.domain.instants import DAY, rfc3339

_SAID = {
    "hide": "is hidden: in no rank, answer of the API or event from the next rebuild on, and counted all the same",
    "rename": "is shown as {name} from the next rebuild on, whatever name later activities have",
    "restore": "is shown again from the next rebuild on, by the player's own name",
}
"""What is said once it is done. A board is rebuilt on its schedule."""


@click.command("players")
@click.argument("board")
@click.argument("action", type=click.Choice(ACTIONS))
@click.argument("player")
@file_option
@environment_option
@place_options
@wanted_options
def players_command(
    board: str, action: str, player: str, file: Path, environment: str | None, place: Place, wanted: Wanted
) -> None:
    """Show a player, or correct, hide, rename, restore or erase one.

    show: everything that is kept of the player: scores and ranks in each window, activities and what became of each,
    corrections, names, and what was done about the player. correct: adds to a score or sets it, once, in the current
    windows or in those that --window names; a sealed one needs --reopen, and another event tells of its new ranks.
    hide: the player is counted as before, and is in no rank, answer of the API or event from the next rebuild on;
    closed windows get a new revision of their ranks. rename: another name is shown, whatever activities say. restore:
    undoes both. erase: a person's right. All that is kept of the player goes, from closed windows too, and nothing that
    was made until then counts again; it takes some minutes, and one that was interrupted is completed when it runs
    again. What is done is in the board's audit. Needs the policy PREFIX-operator-players.

    \b
    Examples:
      leaderboards players weekly-kills show ann
      leaderboards players weekly-kills correct ann --add 50 --reason "lost points, ticket 4702"
      leaderboards players weekly-kills correct ann --set 120 --window 2026-W47 --reopen --reason "ticket 4703"
      leaderboards players weekly-kills hide ann --reason "aimbot, ticket 4711"
      leaderboards players weekly-kills rename ann --name "Player 7" --reason "an abusive name"
      leaderboards players weekly-kills restore ann --local
      leaderboards players weekly-kills erase ann --reason "request of 27 November" --yes
    """
    check(action, player, wanted)
    generated, found = find_boards(file, environment, board)
    if action == "erase":
        erased = [find_managed(each, place) for each in select_erased(found, generated, wanted.everywhere)]
        return _erase(erased, player, wanted, here=place.ready_file is not None)
    correction = parse_correction(found.config, player, wanted) if action == "correct" else None
    managed = find_managed(found, place)
    kept = show_player(managed, player, wanted.limit)
    if action == "show":
        return _show(managed, kept, wanted.as_json)
    if not kept.is_known:
        shown = name_command(f"players {board} show {player}", file, place, environment)
        raise InputError(f"nothing is kept of a player {player}; {shown} says what there is of one")
    if correction is None:
        return _decide(managed, action, player, wanted)
    return correct_player(managed, replace(correction, erased_until=kept.erased_until), wanted)


def _decide(managed: ManagedBoard, action: str, player: str, wanted: Wanted) -> None:
    if wanted.dry_run:
        pass
    elif action == "hide":
        deciding.hide(managed, player, wanted.reason)
    elif action == "rename":
        deciding.rename(managed, player, wanted.name or "", wanted.reason)
    else:
        deciding.restore(managed, player, wanted.reason)
    if wanted.as_json:
        print_json({"board": managed.name, "player_id": player, "action": action, "done": not wanted.dry_run})
        return
    said = _SAID[action].format(name=quote(wanted.name or "", MAX_NAME))
    write(f"{player} {said}" + (" (nothing is done: --dry-run)" if wanted.dry_run else ""))


def _erase(boards: Sequence[ManagedBoard], player: str, wanted: Wanted, *, here: bool) -> None:
    """`here`: whether the boards run on this machine."""
    names = join_words([board.name for board in boards], "and")
    document = {"boards": [board.name for board in boards], "player_id": player, "action": "erase"}
    if wanted.dry_run:
        said = f"{player} would be erased from {names}: `show` says what is kept (nothing is done: --dry-run)"
        return print_json({**document, "done": False}) if wanted.as_json else write(said)
    confirm(boards, player, yes=wanted.yes)
    erased = erase_player(boards, player, wanted.reason, everywhere=wanted.everywhere)
    gone = None if here else rfc3339(boards[0].running.now() + RECOVERY_DAYS * DAY)
    if wanted.as_json:
        removed = dict(sorted(erased.counts.items()))
        return print_json({**document, "done": True, "removed": removed, "last_copy_gone": gone})
    write(f"{player} is erased from {names}: {describe_removed(erased)} removed")
    if gone:
        write(f"The last copy is gone on {gone[:10]}: until then the aggregates can be set back to a moment before.")
    return None


def _show(managed: ManagedBoard, kept: KeptPlayer, as_json: bool) -> None:
    if as_json:
        print_json(describe_player_as_json(managed, kept))
        return
    for line in describe_player(managed, kept):
        write(line)
    if kept.more:
        say(f"There are more activities than these {len(kept.activities)}: see --limit.")

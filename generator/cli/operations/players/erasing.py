"""Erases a player by a command: asks first, says how far it is, and when the last copy is gone."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack

import click

from generator.board.board import Board
from generator.cli.console import say
from generator.diagnostics.wording import join_words
from generator.errors import InputError
from generator.operations.audit.trail import open_trail
from generator.operations.players.erasing import Erased, erase
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.players.showing import KeptPlayer, show_player
from generator.pipeline import Generated
from generator.progress import report_progress

RECOVERY_DAYS = 35
"""For how many days DynamoDB can set back a table with point-in-time recovery, where nobody has said less (Amazon
DynamoDB API reference, "PointInTimeRecoverySpecification")."""
_NAMES_FROM = 1000
"""In how many of a player's activities it is looked for display names that the audit may repeat."""
_WORDS = {
    "scores": ("score", "scores"),
    "marks": ("mark", "marks"),
    "minutes": ("counter of a minute", "counters of minutes"),
    "corrections": ("correction", "corrections"),
    "rejections": ("rejection", "rejections"),
    "activities": ("activity", "activities"),
    "events": ("waiting event", "waiting events"),
    "dead_letters": ("dead letter", "dead letters"),
    "files": ("old file", "old files"),
}
"""What may be removed of a player, by the names of its counts: one, and several."""


def select_erased(board: Board, generated: Generated, everywhere: bool) -> list[Board]:
    """The boards from which a player is erased: those that count the same activities.

    Raises InputError for a board on a feed without `everywhere`: its activities are not its own.
    """
    if board.feed is None:
        return [board]
    name = board.feed.feed
    sharing = [
        each
        for each in generated.boards
        if each.feed is not None and each.feed.feed == name and each.environment == board.environment
    ]
    if not everywhere:
        others = [each.name for each in sharing if each.name != board.name]
        counted = (
            f", which {join_words(others, 'and')} {'counts' if len(others) == 1 else 'count'} too" if others else ""
        )
        raise InputError(
            f"{board.name} counts the activities of the feed {name}{counted}. To forget a person all of them must: add "
            "--everywhere. To take a player out of the ranks of this board alone, use hide."
        )
    return sharing


def confirm(boards: Sequence[ManagedBoard], player_id: str, *, yes: bool) -> None:
    """Ask whether a player is to be erased. Raises InputError where nobody can be asked, or the answer is no."""
    if yes:
        return
    names = join_words([board.name for board in boards], "and")
    if not sys.stdin.isatty():
        raise InputError("--yes: an erasure cannot be undone; add it to erase without being asked")
    if not click.confirm(f"Erase {player_id} from {names}? This cannot be undone.", err=True):
        raise InputError("nothing is erased")


def erase_player(boards: Sequence[ManagedBoard], player_id: str, reason: str | None, *, everywhere: bool) -> Erased:
    """Erase a player, and say on stderr how far it is. Raises OperationError, and FunctionError."""
    names = _find_names([show_player(board, player_id, _NAMES_FROM) for board in boards])
    with ExitStack() as stack:
        deeds = [
            stack.enter_context(
                open_trail(board.running).deed("players erase", {"everywhere": everywhere}, reason, player=player_id)
            )
            for board in boards
        ]
        steps = erase(boards, boards[0].running.activities, player_id, names)
        *_, (_, erased) = report_progress(steps, _describe_step, say)
        for deed in deeds:
            deed.outcome(dict(erased.counts))
    return erased


def describe_removed(erased: Erased) -> str:
    """What was removed, in words."""
    counts = [(erased.counts[name], words) for name, words in _WORDS.items() if erased.counts[name]]
    told = [f"{number:,} {one if number == 1 else several}" for number, (one, several) in counts]
    return join_words(told, "and") if told else "nothing"


def _describe_step(step: tuple[str, Erased]) -> str:
    name, erased = step
    removed = erased.counts.total()
    return f"{name} ... {removed:,} removed so far" if removed else f"{name} ..."


def _find_names(kept: Sequence[KeptPlayer]) -> list[str]:
    """Every display name of the player that is known."""
    own = [name for each in kept for name in each.names]
    return list(dict.fromkeys([*own, *(each.shown_name for each in kept if each.shown_name)]))

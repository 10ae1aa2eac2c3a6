"""Finds the boards and feeds that a command line names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from generator.diagnostics.nearest import nearest
from generator.diagnostics.wording import join_words, quote
from generator.errors import InputError
from generator.pipeline import Generated, Named, Selection

if TYPE_CHECKING:
    from generator.board.board import Board
    from generator.board.feed import Feed

Bundle = TypeVar("Bundle", bound=Named)


def select_boards(generated: Generated, only: Selection, file: Path, board_by: str = "--board") -> list[Board]:
    """The boards that --env, --team and --board ask for. `board_by`: how the command line names a board.

    Raises InputError if a name is unknown or no board matches all of these options.
    """
    feeds = [board for board in generated.boards if board.feed and only.board in (board.feed.name, board.feed.feed)]
    if feeds and all(board.name != only.board for board in generated.boards):
        names = join_words(dict.fromkeys(board.name for board in feeds))
        raise InputError(f"{board_by}: {only.board} is a feed; name one of the boards that count it: {names}.")
    return _select(generated.boards, only, file, board_by)


def select_bundles(generated: Generated, only: Selection, file: Path, board_by: str = "--board") -> list[Board | Feed]:
    """The boards and feeds that these options ask for: `--board feed-NAME` names a feed. Raises InputError."""
    return _select(generated.bundles, only, file, board_by)


def select_known(bundles: Sequence[Bundle], only: Selection, file: Path) -> None:
    """Raise InputError if --env or --team names what none of these bundles has."""
    _select(bundles, only, file, "--board")


def _select(bundles: Sequence[Bundle], only: Selection, file: Path, board_by: str) -> list[Bundle]:
    found = [bundle for bundle in bundles if only.takes(bundle)]
    if found or only.everything:
        return found
    for option, wanted, names in (
        ("--env", only.environment, [bundle.environment for bundle in bundles]),
        ("--team", only.team, [bundle.team for bundle in bundles]),
        (board_by, only.board, [bundle.name for bundle in bundles]),
    ):
        known = tuple(dict.fromkeys(name for name in names if name))
        if wanted is not None and wanted not in known:
            raise InputError(f"{option}: there is no {quote(wanted)} in {file}. {_suggest(wanted, known)}")
    raise InputError(f"--env, --team and {board_by}: no board matches all of these.")


def select_board(generated: Generated, environment: str | None, name: str, file: Path) -> Board:
    """The one board of that name. Raises InputError if there is none, or if several environments have one."""
    return _take_one(select_boards(generated, Selection(environment, None, name), file, "BOARD"), name)


def select_bundle(generated: Generated, environment: str | None, name: str, file: Path) -> Board | Feed:
    """The one board or feed of that name, as `select_board`: feed-NAME for a feed."""
    return _take_one(select_bundles(generated, Selection(environment, None, name), file, "BOARD"), name)


def _take_one(found: Sequence[Bundle], name: str) -> Bundle:
    """The one that was found. Raises InputError if several environments have one."""
    if len(found) > 1:
        environments = join_words((str(one.environment) for one in found), "and")
        raise InputError(f"--env: {name} is in {environments}; name one.")
    return found[0]


def select_feed(generated: Generated, environment: str | None, name: str, file: Path) -> Feed:
    """The one feed of that name, as the YAML or its folder has it. Raises InputError as `select_board` does."""
    feeds = [feed for feed in generated.feeds if environment in (None, feed.environment)]
    found = [feed for feed in feeds if name in (feed.feed, feed.name)]
    if not found:
        known = tuple(dict.fromkeys(feed.feed for feed in feeds))
        hint = _suggest(name, known) if known else "No feed matches."
        raise InputError(f"FEED: there is no feed {quote(name)} in {file}. {hint}")
    if len(found) > 1:
        environments = join_words((str(one.environment) for one in found), "and")
        raise InputError(f"--env: {name} is in {environments}; name one.")
    return found[0]


def check_accepted(names: Iterable[str], boards: Iterable[Named], file: Path) -> None:
    """Raise InputError if --accept names a board that there is not."""
    known = tuple(dict.fromkeys(board.name for board in boards))
    for name in names:
        if name not in known:
            raise InputError(f"--accept: there is no board {quote(name)} in {file}. {_suggest(name, known)}")


def _suggest(word: str, known: tuple[str, ...]) -> str:
    if near := nearest(word, known):
        return f'Did you mean "{near}"?'
    return f"Write {join_words(known)}." if known else "No boards match."

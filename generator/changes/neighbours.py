"""What an edit does by what it does to other bundles: names that change, boards and feeds that go, boards of a feed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from shlex import quote as shell

from generator.board.board import Board
from generator.board.feed import PREFIX, Feed
from generator.changes.bundles import Former, key_of
from generator.changes.edits import UNUSED, Edit, attention, refused
from generator.changes.facts import Facts, facts_of
from generator.changes.parts.feeding import compare_types
from generator.changes.words import join_names, show, turn
from generator.diagnostics.wording import join_words
from runtime.config import BoardConfig

_EMPTY_BOARD = (
    "this is a new and empty board at another address, and the old one goes on running in AWS, where nobody looks "
    "after it any more, until its bundle is destroyed"
)
_EMPTY_FEED = (
    "this is a new and empty table to which no game server writes yet, and the old feed goes on running in AWS without "
    "its boards, which count nothing from when they are applied until game servers write to the new one"
)


def describe_beginning(
    new: Board | Feed, gone: Sequence[Former], before: Sequence[Former], present: Sequence[Board | Feed]
) -> Iterator[Edit]:
    """Say what it means that a bundle is new beside those that are `gone`; `before`: all that there were.

    One that is gone under another name or in another environment is refused: who renames a board wants its scores. A
    board of another team is no former name of this one, however alike they are.
    """
    alike = [each for each in gone if each.kind == ("feed" if isinstance(new, Feed) else "board")]
    for old in alike:
        if old.name == new.name and old.environment != new.environment:
            yield _rename_environment(old.environment, new)
            return
    here = [each for each in alike if each.environment == new.environment]
    for old in here:
        if old.team == new.team and old.facts and _is_renamed(old.facts, facts_of(new)):
            yield _rename(old.name, new)
            return
    if isinstance(new, Feed):
        moved = (each for each in here if set(_boards_of(each, before)) & set(_boards_on(new, present)))
        if former := next(moved, None):
            yield _rename(former.name, new)
        return
    if names := [each.name for each in here if each.team == new.team]:
        yield attention(
            f"new while {join_names(names)} {'goes' if len(names) == 1 else 'go'}",
            "it begins at zero at an address of its own, and no scores follow: if it is meant to be "
            f"{join_words(map(show, names))} under another name, leave `name` as it was, and change `title`, which is "
            "what players see",
        )
    if new.feed and any(each.kind == "feed" and key_of(each) == key_of(new.feed) for each in before):
        then = "it counts what game servers write from when it is applied on, and nothing from before"
        yield Edit(f"new on the feed {show(new.feed.feed)}", then)


def describe_removal(gone: Former, before: Sequence[Former], present: Sequence[Board | Feed]) -> Edit:
    """What it means that a board or a feed is gone from the YAML."""
    is_protected = bool(gone.facts and gone.facts.deployment.get("protect"))
    protected = "; it is protected, so put it back with `protect: false` and apply that first" if is_protected else ""
    terraform = f"terraform -chdir={shell(f'build/{gone.folder}/terraform')}"
    commands = (f"{terraform} init", f"{terraform} destroy")
    if gone.kind == "board":
        return attention(
            "board removed",
            "in AWS it goes on running with its page, scores and costs, until `terraform destroy` in its bundle "
            f"deletes all of that for good{protected}",
            *commands,
        )
    boards = _boards_of(gone, before)
    where = {board.name: board for board in present if board.environment == gone.environment}
    told = "; ".join(_tell_board(name, where.get(name)) for name in boards)
    return attention(
        "feed removed",
        f"in AWS it goes on taking activities, and costs, with no board behind it{f' ({told})' if told else ''}, until "
        "`terraform destroy` in its bundle deletes its table, its strays and its dead letters for good: nothing can be "
        f"redriven or counted from them any more{protected}",
        "# once no game server writes to it, and its boards are applied or destroyed",
        *commands,
    )


def describe_types(old: Facts | None, new: Feed, present: Sequence[Board | Feed]) -> Iterator[Edit]:
    """Find the types that a feed has no more, or has got, and who counts them."""
    before = old.deployment.get("types") if old else None
    if not isinstance(before, list) or not all(isinstance(each, str) for each in before):
        return
    counting: dict[str, list[str]] = {}
    for board in present:
        if isinstance(board, Board) and board.feed and board.feed.folder == new.folder:
            for activity in {rule.activity for rule in board.config.rules}:
                counting.setdefault(activity, []).append(board.name)
    yield from compare_types(before, new.types, counting)


def _boards_of(feed: Former, before: Sequence[Former]) -> list[str]:
    """The boards that counted a feed."""
    name = feed.name.removeprefix(PREFIX)
    return [
        each.name
        for each in before
        if each.kind == "board" and each.environment == feed.environment and each.feed == name
    ]


def _boards_on(feed: Feed, present: Sequence[Board | Feed]) -> list[str]:
    """The boards that count a feed."""
    return [each.name for each in present if isinstance(each, Board) and each.feed == feed]


def _tell_board(name: str, board: Board | Feed | None) -> str:
    """What a board that counted a feed has now."""
    if not isinstance(board, Board):
        return f"{show(name)} is removed too"
    return f"{show(name)} has {f'the feed {show(board.feed.feed)}' if board.feed else 'a table of its own'} now"


def _is_renamed(old: Facts, new: Facts) -> bool:
    """Whether one is as the other, but for its name."""
    if old.config and new.config:
        return _without_names(old.config) == _without_names(new.config)
    if old.config or new.config:
        return False
    keys = ("team", "types", "region", "account_id")
    return all(old.deployment.get(key) == new.deployment[key] for key in keys)


def _without_names(config: BoardConfig) -> BoardConfig:
    return replace(config, name="", title="")


def _rename(old: str, new: Board | Feed) -> Edit:
    if isinstance(new, Feed):
        former = old.removeprefix(PREFIX)
        return refused(
            f"feed {show(former)} renamed to {show(new.feed)}",
            f"a feed's name is its table's: {_EMPTY_FEED}",
            f"Leave `name: {former}`, which no player sees.",
            UNUSED,
        )
    return refused(
        f"board {show(old)} renamed to {show(new.name)}",
        f"a board's name is its data's: {_EMPTY_BOARD}",
        f"Leave `name: {old}`, and change `title`, which is what players see.",
    )


def _rename_environment(old: str | None, new: Board | Feed) -> Edit:
    return refused(
        turn("environment", old, new.environment),
        f"every name in AWS has it: {_EMPTY_FEED if isinstance(new, Feed) else _EMPTY_BOARD}",
        "Leave the environments of boards that run as they are, and write a new one beside them."
        if old
        else "Leave this file without `environments`, and begin a second leaderboards.yaml for them.",
        UNUSED if isinstance(new, Feed) else Edit.when,
    )

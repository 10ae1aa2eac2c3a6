"""Finds which bundles of a project are new, changed, moved or removed, and what that does to their boards.

Nothing is rendered: a bundle is a pure function of its decided board, so two equal boards have equal bundles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from generator.board.board import Board
from generator.board.bundle import Bundle
from generator.board.deployment import name_state
from generator.changes.comparing import compare_board
from generator.changes.edits import Edit, Kind, attention, refused
from generator.changes.facts import Facts, facts_of
from generator.changes.parts.place import compare_place
from generator.changes.words import show, turn
from runtime.config import BoardConfig

Change = Literal["new", "changed", "moved", "removed"]
"""What becomes of a bundle. One that is moved has another folder and place of its state, and the same names in AWS."""


@dataclass(frozen=True)
class BundleChange:
    """What becomes of one bundle."""

    folder: str
    """Below build/."""
    environment: str | None
    team: str
    board: str
    change: Change
    state: str
    """Where its Terraform state is: `local`, or `s3://BUCKET/KEY`."""
    edits: tuple[Edit, ...] = ()
    """The worst first. None for a bundle that is new, or that only this program makes otherwise."""
    former: str | None = None
    """The folder that a moved bundle had."""
    kind: Literal["board", "feed"] = "board"
    """What the bundle is of. A feed is applied before its boards, and destroyed after them."""

    @property
    def is_refused(self) -> bool:
        """Whether one of its edits is refused."""
        return any(edit.kind is Kind.REFUSED for edit in self.edits)

    @property
    def name(self) -> str:
        """A name that no other bundle of the project has: ENVIRONMENT-BOARD, or BOARD."""
        return "-".join(part for part in (self.environment, self.board) if part)


def compare_boards(old: Sequence[Board], new: Sequence[Board], now: int, all_changed: bool) -> list[BundleChange]:
    """Find what becomes of each bundle, sorted by folder; one that stays as it is is left out.

    `now`: milliseconds since 1970. `all_changed`: this program makes every bundle otherwise than before.
    """
    before = {(board.environment, board.name): board for board in old}
    after = {(board.environment, board.name): board for board in new}
    gone = {key: board for key, board in before.items() if key not in after}
    found = [_remove(board) for board in gone.values()]
    for key, board in after.items():
        former = before.get(key)
        if former is None:
            found.append(_make_change(board, "new", find_former(facts_of(board), map(facts_of, gone.values()))))
        elif former.folder != board.folder:
            edits = compare_board(facts_of(former), facts_of(board), now)
            found.append(replace(_make_change(board, "moved", edits), former=former.folder))
        elif all_changed or former != board:
            edits = compare_board(facts_of(former), facts_of(board), now) if former != board else ()
            found.append(_make_change(board, "changed", edits))
    return sorted(found, key=lambda each: each.folder)


def compare_feeds(old: Sequence[Bundle], new: Sequence[Bundle], all_changed: bool) -> list[BundleChange]:
    """Find what becomes of each feed's bundle. What its edits do, but for where it is, is read in its plan."""
    before = {(feed.environment, feed.name): feed for feed in old}
    after = {(feed.environment, feed.name): feed for feed in new}
    found = [
        _make_change(feed, "removed", (describe_removal(feed.protect, feed.folder, "feed"),))
        for key, feed in before.items()
        if key not in after
    ]
    for key, feed in after.items():
        former = before.get(key)
        if former is None:
            found.append(_make_change(feed, "new", ()))
        elif former.folder != feed.folder:
            found.append(replace(_make_change(feed, "moved", _compare_places(former, feed)), former=former.folder))
        elif all_changed or former != feed:
            found.append(_make_change(feed, "changed", _compare_places(former, feed)))
    return [replace(change, kind="feed") for change in found]


def _compare_places(old: Bundle, new: Bundle) -> tuple[Edit, ...]:
    """Find the edits of where a feed is. It has no deployment.json, so only `changed` can tell."""
    keys = ("project", "environment", "team", "region", "account_id", "kms_key_arn", "kms_previous_keys")
    before, after = (
        {**{key: getattr(feed, key) for key in keys}, "board": feed.name, "state": name_state(feed), "feed": None}
        for feed in (old, new)
    )
    return tuple(compare_place(before, after))


def find_former(new: Facts, gone: Iterator[Facts]) -> tuple[Edit, ...]:
    """Find out whether a new board is one that is gone, under another name or in another environment. Then it is
    refused: who renames a board wants to keep its scores."""
    for old in gone:
        before, after = old.deployment, new.deployment
        if old.config.name == new.config.name and before.get("environment") != after["environment"]:
            return (_rename_environment(before, after),)
        same = before.get("environment", after["environment"]) == after["environment"]
        if same and _without_names(old.config) == _without_names(new.config):
            return (_rename(old.config.name, new.config.name),)
    return ()


def _without_names(config: BoardConfig) -> BoardConfig:
    return replace(config, name="", title="")


def _rename(old: str, new: str) -> Edit:
    return refused(
        f"board {show(old)} renamed to {show(new)}",
        "a board's name is its data's: this is a new and empty board at another address, and the old one goes on "
        "running in AWS, where nobody looks after it any more, until its bundle is destroyed",
        f"Leave `name: {old}`, and change `title`, which is what players see.",
    )


def _rename_environment(old: Mapping[str, object], new: Mapping[str, object]) -> Edit:
    return refused(
        turn("environment", old.get("environment"), new["environment"]),
        "every name in AWS has it: this is a new and empty board at another address, and the old one goes on running "
        "in AWS, where nobody looks after it any more, until its bundle is destroyed",
        "Leave the environments of boards that run as they are, and write a new one beside them."
        if old.get("environment")
        else "Leave this file without `environments`, and begin a second leaderboards.yaml for them.",
    )


_GOES_ON = {
    "board": "in AWS it goes on running with its page, scores and costs",
    "feed": "in AWS it goes on taking activities, and costs, with no board behind it",
}


def describe_removal(protect: bool, folder: str, kind: Literal["board", "feed"] = "board") -> Edit:
    """What it means that a board or a feed is gone from the YAML."""
    protected = "; it is protected, so put it back with `protect: false` and apply that first" if protect else ""
    return attention(
        f"{kind} removed",
        f"{_GOES_ON[kind]}, until `terraform destroy` in its bundle deletes all of that for good{protected}",
        f"terraform -chdir=build/{folder}/terraform init",
        f"terraform -chdir=build/{folder}/terraform destroy",
    )


def _remove(board: Board) -> BundleChange:
    return _make_change(board, "removed", (describe_removal(board.protect, board.folder),))


def _make_change(board: Bundle, change: Change, edits: tuple[Edit, ...]) -> BundleChange:
    return BundleChange(board.folder, board.environment, board.team, board.name, change, name_state(board), edits)

"""Finds which bundles of a project are new, changed, moved or removed, and what that does to their boards.

Nothing is rendered: a bundle is a pure function of its decided board, so two equal boards have equal bundles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

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

_Compared = TypeVar("_Compared", bound=Bundle)


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
    """Find what becomes of each board's bundle, sorted by folder; one that stays as it is is left out.

    `now`: milliseconds since 1970. `all_changed`: this program makes every bundle otherwise than before.
    """
    after = {_key(board) for board in new}
    gone = [board for board in old if _key(board) not in after]

    def begin(board: Board) -> tuple[Edit, ...]:
        return find_former(facts_of(board), map(facts_of, gone))

    def compare(former: Board, board: Board) -> tuple[Edit, ...]:
        return compare_board(facts_of(former), facts_of(board), now) if former != board else ()

    return _compare_bundles(old, new, begin, compare, all_changed)


def compare_feeds(old: Sequence[Bundle], new: Sequence[Bundle], all_changed: bool) -> list[BundleChange]:
    """Find what becomes of each feed's bundle. What its edits do, but for where it is, is read in its plan."""
    found = _compare_bundles(old, new, lambda _: (), _compare_places, all_changed, "feed")
    return [replace(change, kind="feed") for change in found]


def _compare_bundles(
    old: Sequence[_Compared],
    new: Sequence[_Compared],
    begin: Callable[[_Compared], tuple[Edit, ...]],
    compare: Callable[[_Compared, _Compared], tuple[Edit, ...]],
    all_changed: bool,
    kind: Literal["board", "feed"] = "board",
) -> list[BundleChange]:
    """Find what becomes of each bundle, sorted by folder; one that stays as it is is left out.

    `begin` and `compare` find the edits of one that is new, and of one that was there before.
    """
    before, after = ({_key(each): each for each in bundles} for bundles in (old, new))
    found = [
        make_change(each, "removed", (describe_removal(each.protect, each.folder, kind),))
        for key, each in before.items()
        if key not in after
    ]
    for key, each in after.items():
        former = before.get(key)
        if former is None:
            found.append(make_change(each, "new", begin(each)))
        elif former.folder != each.folder:
            found.append(make_change(each, "moved", compare(former, each), former.folder))
        elif all_changed or former != each:
            found.append(make_change(each, "changed", compare(former, each)))
    return sorted(found, key=lambda change: change.folder)


def _key(bundle: Bundle) -> tuple[str | None, str]:
    return bundle.environment, bundle.name


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


def make_change(bundle: Bundle, change: Change, edits: tuple[Edit, ...], former: str | None = None) -> BundleChange:
    """What becomes of a bundle that stands in the YAML, or did. `former`: the folder that a moved one had."""
    state = name_state(bundle)
    return BundleChange(bundle.folder, bundle.environment, bundle.team, bundle.name, change, state, edits, former)

"""What becomes of a bundle, and what is known of one as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from generator.board.board import Board
from generator.board.deployment import name_state
from generator.board.feed import Feed
from generator.board.index_site import IndexSite
from generator.changes.edits import Edit, Kind, attention
from generator.changes.facts import Facts

Change = Literal["new", "changed", "moved", "removed"]
"""What becomes of a bundle. One that is moved has another folder and place of its state, and the same names in AWS."""

Sort = Literal["board", "feed", "index"]
"""What a bundle is of. A feed is applied before its boards, and destroyed after them; a page of all boards is no
bundle of Terraform, and is copied to its site by hand."""


@dataclass(frozen=True)
class BundleChange:
    """What becomes of one bundle."""

    folder: str
    """Below build/."""
    environment: str | None
    team: str
    board: str
    """What the bundle is called: the board's name, or feed-NAME."""
    change: Change
    state: str
    """Where its Terraform state is: `local`, or `s3://BUCKET/KEY`."""
    edits: tuple[Edit, ...] = ()
    """The worst first. None for a bundle that is new, or that only this program makes otherwise."""
    former: str | None = None
    """The folder that a moved bundle had."""
    kind: Sort = "board"

    @property
    def is_refused(self) -> bool:
        """Whether one of its edits is refused."""
        return any(edit.kind is Kind.REFUSED for edit in self.edits)

    @property
    def name(self) -> str:
        """A name that no other bundle of the project has: ENVIRONMENT-BOARD, or BOARD."""
        return "-".join(part for part in (self.environment, self.board) if part)


@dataclass(frozen=True, eq=False)
class Former:
    """A bundle as it was: in a commit, or in build/."""

    folder: str
    environment: str | None
    team: str
    name: str
    kind: Sort
    read: Callable[[], Facts | None]
    """Reads its facts. Where nobody asks for them, they are not read."""

    @cached_property
    def facts(self) -> Facts | None:
        """Its facts; None if they cannot be read."""
        return self.read()

    @property
    def feed(self) -> str | None:
        """The feed that it counted, if it is a board on one."""
        return self.facts.deployment.get("feed") if self.facts else None


def key_of(bundle: Board | Feed | Former) -> tuple[str | None, str]:
    """What a bundle's names in AWS are made of: environment and name, but not the team."""
    return bundle.environment, bundle.name


def make_change(
    bundle: Board | Feed | IndexSite, change: Change, edits: tuple[Edit, ...], former: str | None = None
) -> BundleChange:
    """What becomes of a bundle that stands in the YAML. `former`: the folder that a moved one had."""
    kind: Sort = "index" if isinstance(bundle, IndexSite) else "feed" if isinstance(bundle, Feed) else "board"
    state = "" if isinstance(bundle, IndexSite) else name_state(bundle)
    return BundleChange(bundle.folder, bundle.environment, bundle.team, bundle.name, change, state, edits, former, kind)


def describe_index(index: IndexSite, change: Change) -> BundleChange:
    """What becomes of the page that lists all boards. Terraform knows nothing of it."""
    then = {
        "removed": "what was copied to its site stays there until somebody deletes it",
        "new": "players see it once its files are copied to its site",
    }.get(change, "players see it once its files are copied to its site again")
    return make_change(index, change, (attention(f"page of all boards {change}", then),))

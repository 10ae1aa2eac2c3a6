"""An edit of a board or feed, in words, and its class: what it does to the people who play on a board that runs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from generator.changes.words import join_names

STANDSTILL = (
    "the functions refuse to mix the two, so nothing that players do would count any more, and the ranks would stay as "
    "they are"
)
"""What follows where stored scores would mean something else."""

UNUSED = "no game server writes to it yet"
"""When a refused edit of a feed may be written all the same."""


class Kind(StrEnum):
    """How an edit is classed, from the mildest on."""

    IN_PLACE = "in place"
    """The running board takes it up; `then` says from when on."""
    ATTENTION = "needs attention"
    """The board takes it up, and players or operators lose or have to do something: `then` says what."""
    REFUSED = "refused"
    """It would harm the running board. It is written only with `--accept BOARD`."""


@dataclass(frozen=True)
class Edit:
    """One edit of one board or feed."""

    what: str
    """What changes: a clause such as `points of kill 10 -> 15`. What people wrote is quoted in it."""
    then: str
    """What happens to the board and its players: a clause without a full stop."""
    kind: Kind = Kind.IN_PLACE
    instead: str = ""
    """What to write instead, where that is another thing than a second board: sentences."""
    when: str = "the board holds no scores yet, or is destroyed first"
    """When it is right to write a refused edit all the same."""
    commands: tuple[str, ...] = ()
    """Commands that make it safe, in their order. A line that begins with # says what the next are for."""

    @property
    def sentence(self) -> str:
        """The edit on one line, without the board's name."""
        return f"{self.what}; {self.then}; {self.kind}"


def attention(what: str, then: str, *commands: str) -> Edit:
    """An edit that needs attention."""
    return Edit(what, then, Kind.ATTENTION, commands=commands)


def refused(what: str, then: str, instead: str = "", when: str = Edit.when) -> Edit:
    """An edit that is refused. `when`: when to write it all the same."""
    return Edit(what, then, Kind.REFUSED, instead, when)


def second_board(board: str) -> str:
    """The command that makes a second board beside one, in words."""
    return f"let `leaderboards new {board[:30].rstrip('-')}-2 --like {board}` make a second board beside it"


def ways_out(board: str, edit: Edit, *others: str) -> str:
    """What to do about a refused edit: sentences with the commands. `others`: more boards with the same edit."""
    beside = f"Leave it as it was, and {second_board(board)}."
    more = f", and the same for {join_names(others)}" if others else ""
    accept = f"Or write it all the same, with `--accept {board}`{more}: that is right where {edit.when}."
    return f"{edit.instead or beside} {accept}"

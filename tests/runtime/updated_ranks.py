"""A window whose ranks are brought up to date, in a bucket of its own, and what its ranks are by the definitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from runtime.config import Column, Ties
from runtime.domain.lines import make_line
from runtime.domain.ranking import RankedEntry, ScoredPlayer, WindowRanks
from runtime.domain.windows import ALL_TIME
from runtime.s3.bucket import Bucket
from runtime.s3.rank_files import RankFiles
from tests.support.memory_aws import Call, HookedAws

COLUMNS = (Column("score", "descending"),)
TOP = 3
Entry = tuple[int, int, str | None]
"""A player's score, when it was reached, and the player's name."""
Board = Mapping[str, Entry]
Changes = Mapping[str, Entry | None]


class UpdatedWindow:
    """A window, and the bucket of its files."""

    def __init__(self, ties: Ties = "shared", *, names: bool = False) -> None:
        self.aws = HookedAws(lambda: 0)
        self.ties = ties
        self.names = names
        self.files = self.reader()

    def reader(self) -> RankFiles:
        """What reads and writes the ranks, with nothing in memory."""
        return RankFiles(Bucket(self.aws.client("s3"), "bucket"), COLUMNS, self.names)

    def write(self, board: Board, as_of: int = 0) -> WindowRanks:
        """Write ranks as a whole."""
        lines = sorted(line for line in make_lines(board).values() if line is not None)
        return self.files.write(ALL_TIME, lines, self.ties, TOP, as_of, None)

    def update(self, previous: WindowRanks, changes: Changes, as_of: int = 1) -> WindowRanks:
        """Write what players have become."""
        return self.files.update(previous, make_lines(changes), TOP, as_of)

    def reads(self) -> list[str]:
        """The objects that were read since the last call of it, without their prefixes."""
        return self._forget("get_object")

    def writes(self) -> list[str]:
        """The objects that were written since the last call of it."""
        return self._forget("put_object")

    def _forget(self, operation: str) -> list[str]:
        calls = [call for call in self.aws.calls if call.operation == operation]
        self.aws.calls.clear()
        return [call.request["Key"].split("/", 4)[4] for call in calls]


def make_lines(board: Changes) -> dict[str, bytes | None]:
    """The lines of players."""
    return {
        player: entry and make_line(COLUMNS, ScoredPlayer(player, entry[2], (entry[0],), entry[1]))
        for player, entry in board.items()
    }


def apply(board: Board, changes: Changes) -> Board:
    """The board after some changes."""
    return {player: entry for player, entry in {**board, **changes}.items() if entry is not None}


def rank_all(ties: Ties, board: Board) -> list[RankedEntry]:
    """All entries, by the definitions."""
    order = sorted(board, key=lambda player: (-board[player][0], board[player][1], player))
    entries = []
    for position, player in enumerate(order):
        score, at, name = board[player]
        better = [other for other, *_ in board.values() if other > score]
        rank = {"first": position, "shared": len(better), "dense": len(set(better))}[ties] + 1
        end = sum(other >= score for other, *_ in board.values())
        entries.append(RankedEntry(position, rank, player, name, (score,), at, end=end))
    return entries


def die_at_each_request(
    window: UpdatedWindow, update: Callable[[], WindowRanks], check_base: Callable[[], None]
) -> int:
    """Let an update die at each of its requests, and make it again; return how many it has.

    `check_base` checks the ranks from before it.
    """
    window.reads()
    expected = update()
    requests = len(window.aws.calls)
    objects = dict(window.aws.bucket.objects)
    for number in range(requests):
        for key in [key for key in objects if key.startswith(expected.delta)]:
            window.aws.bucket.objects.pop(key, None)
        window.files = window.reader()
        window.aws.intercept = _die_at(number)
        with pytest.raises(ConnectionError):
            update()
        window.aws.intercept = window.aws.call_hooks
        check_base()
        window.files = window.reader()
        assert update() == expected
        assert window.aws.bucket.bodies() == {key: each.body for key, each in objects.items()}
    return requests


def _die_at(number: int) -> Callable[[Call, Callable[[], Any]], Any]:
    """Carry some requests out, and fail at the one behind them."""
    left = iter(range(number))

    def carry_or_die(call: Call, carry_out: Callable[[], Any]) -> Any:
        if next(left, None) is None:
            raise ConnectionError(call.operation)
        return carry_out()

    return carry_or_die

"""Writes one activity into a board's activities table, as a game server does, and follows it until it ranks.

An activity is seen three times: the write is answered; the processor decides on it; a snapshot shows what it led to.
Between the first two it is in the table's stream, the pipe and the queue, where nobody can look for one activity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

from generator.errors import OperationError
from generator.operations.activity_item import DraftActivity
from generator.operations.recorded_board import RecordedBoard
from generator.operations.rejections import find_rejection
from generator.operations.running_board import aws_errors_as_operation_errors
from runtime.answers import BoardApi
from runtime.config import BoardConfig
from runtime.domain import scoring
from runtime.domain.activity import StreamRecord
from runtime.domain.judging import Contribution
from runtime.dynamodb import items
from runtime.dynamodb.aggregates import read_player
from runtime.queries import ProblemError
from runtime.s3.rank_files import RankFiles
from runtime.s3.snapshots import SnapshotStore


@dataclass(frozen=True)
class Decided:
    """The processor decided on the activity."""

    outcome: Literal["counted", "rejected", "not kept"]
    """`not kept`: the board keeps one run of each player, and another is better, or newer where the last is kept."""
    reason: str = ""
    """Why it was rejected."""
    detail: str = ""
    """The same in a sentence."""


@dataclass(frozen=True)
class Ranked:
    """The newest snapshot shows what the player has in a window, this activity included."""

    window: str
    """The window, as the API's `window=` names it."""
    answer: dict[str, Any]
    """What the API answers about the player."""


Stage = Decided | Ranked
"""What is seen of an activity after it is written."""


def write_activity(board: RecordedBoard, draft: DraftActivity) -> None:
    """Write an activity, as a game server does. Raises OperationError."""
    with aws_errors_as_operation_errors():
        board.producer.put(draft.item)


class Follower:
    """Follows one activity. `record` is what the table's stream has of it, `contribution` what it is expected to give.

    `contribution` is None where it is expected to be rejected.
    """

    def __init__(self, board: RecordedBoard, record: StreamRecord, contribution: Contribution | None) -> None:
        self._board = board
        self._record = record
        self._contribution = contribution
        snapshots, files = SnapshotStore(board.bucket), RankFiles(board.bucket, board.config.columns)
        self._api = BoardApi(board.config, files, snapshots, board.aggregates)

    def follow(self, ticks: Iterable[object]) -> Iterator[Stage]:
        """Yield what is seen of the activity: a Decided, then a Ranked for each window that it counts in.

        Looks once for each of `ticks`. Ends where nothing more is to be seen, or with the ticks. Raises OperationError.
        """
        waiting: list[str] | None = None
        for _ in ticks:
            if waiting is None:
                if (decided := self.find_decision()) is None:
                    continue
                yield decided
                waiting = self.list_windows() if decided.outcome != "rejected" else []
            for ranked in self._find_ranks(waiting):
                waiting.remove(ranked.window)
                yield ranked
            if not waiting:
                return

    def find_decision(self) -> Decided | None:
        """What was decided on the activity; None as long as nothing is. Raises OperationError."""
        with aws_errors_as_operation_errors():
            mark = self._board.marks.get(items.mark_key(self._record))
            if mark is None:
                return self._compare_runs()
            if mark["outcome"]["S"] != "rejected":
                return Decided("counted")
            found = find_rejection(self._board.marks, self._record, mark)
            return Decided("rejected", found.reason, found.detail) if found else Decided("rejected")

    def list_windows(self) -> list[str]:
        """The windows that the activity counts in, as the API's `window=` names them."""
        if self._contribution is None:
            return []
        return ["rolling" if window.every == "rolling" else window.id for window in self._contribution.windows]

    def find_rank(self, window: str) -> Ranked | None:
        """The player's rank in a window; None as long as the newest snapshot shows an older score.

        Raises OperationError.
        """
        try:
            with aws_errors_as_operation_errors():
                answer = self._api.player(self._record.player_id, {"window": window}, self._board.now()).body
        except ProblemError as problem:
            if problem.status != HTTPStatus.NOT_FOUND:
                raise OperationError(f"the ranks cannot be read: {problem.detail}") from None
            return None
        except LookupError:  # the files of a snapshot went while they were read
            return None
        return None if "pending" in answer["entry"] else Ranked(window, answer)

    def _find_ranks(self, windows: Sequence[str]) -> list[Ranked]:
        """The ranks that there are by now, in the order of the windows.

        A snapshot may come while they are read, and has the ranks of those that were read before: they are read again.
        """
        found: dict[str, Ranked] = {}
        while new := [each for window in windows if window not in found and (each := self.find_rank(window))]:
            found |= {each.window: each for each in new}
        return [found[window] for window in windows if window in found]

    def _compare_runs(self) -> Decided | None:
        """What a board that keeps one run has made of it. There is no mark: the runs that are kept are read."""
        board, contribution = self._board, self._contribution
        if contribution is None or not board.config.keeps_one_run:
            return None
        own = scoring.run_key(board.config, contribution.points, contribution.activity)
        kept = [read_player(board.aggregates, [window], self._record.player_id) for window in contribution.windows]
        runs = [aggregate.run for aggregates in kept for aggregate in aggregates]
        if len(runs) < len(kept) or any(_is_better(board.config, own, run) for run in runs):
            return None
        return Decided("counted" if own in runs else "not kept")


def _is_better(config: BoardConfig, run: str, other: str) -> bool:
    """Whether a run is kept rather than another: both are the texts that `scoring.run_key` makes."""
    return run > other if config.aggregate == "last" else run < other

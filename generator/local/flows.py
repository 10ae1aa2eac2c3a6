"""What flows through the boards that run: written, on its way, counted, rejected, ignored, and the newest snapshot."""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from generator.local.local_board import LocalBoard
from generator.local.services.pipes import Carried
from generator.local.stack import Stack
from runtime import metrics

DEAD_LETTER_SECONDS = 10.0
"""Seconds from one look into a dead-letter queue to the next. A message comes there minutes after it was written."""


@dataclass(frozen=True)
class Flow:
    """What became of the activities that were written to a board since it runs.

    Once nothing is on its way, `written` and `again` together are `counted`, `rejected`, `ignored` and `repeated`.
    """

    board: str
    written: int
    """Activities in the table, without the items that the board itself sends through its pipeline."""
    again: int
    """Activities that went through the queue once more: somebody put them back, such as by `leaderboards redrive`."""
    waiting: int
    """Activities on their way: before the pipe, in the queue, or with the processor."""
    counted: int
    rejected: int
    ignored: int
    repeated: int
    """Activities that had been decided on before."""
    dead: int
    """Activities in a dead-letter queue: the pipe gave them up, or the processor failed on them five times."""
    reasons: dict[str, int]
    """Rejected activities by reason."""
    snapshot_seconds: float | None
    """The age of the newest snapshot; None before the first."""
    is_snapshot_current: bool
    """Whether nothing has changed since the newest snapshot, so that none was made."""


@dataclass
class _Pipes:
    """What a board's pipe has carried, and what the pipes that it had before have."""

    current: Carried
    before: Counter[str] = field(default_factory=Counter)

    def count(self, pipe: Carried) -> Counter[str]:
        """What all pipes have carried. `pipe`: what the board's pipe has, which a new deployment may have replaced."""
        if pipe is not self.current:
            self.before, self.current = self.before + _read(self.current), pipe
        return self.before + _read(pipe)


class Flows:
    """Reads the flows of a stack's boards, mostly without asking the embedded AWS."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._pipes: dict[str, _Pipes] = {}
        self._dead: dict[str, tuple[int, float]] = {}
        """Messages in the dead-letter queue of a board, and until when the number is good enough."""
        self._turn = threading.Lock()
        """Held while flows are read: a terminal is drawn each second, and by whoever does something at the moment."""

    def read(self) -> list[Flow]:
        """The flow of each board."""
        with self._turn:
            return [self._read_flow(name, board) for name, board in [*self._stack.boards.items()]]

    def _read_flow(self, name: str, board: LocalBoard) -> Flow:
        aws, functions = self._stack.aws, board.deployment.functions
        # The processor first: what it is done with, the pipe has carried.
        processed, rebuilt = aws.outcomes.of(functions["processor"]), aws.outcomes.of(functions["rebuilder"])
        carried = self._pipes.setdefault(name, _Pipes(board.carried)).count(board.carried)
        count = processed.counts
        # Its own items, by which it sees that activities arrive, are acknowledged without a metric.
        decided = (metrics.COUNTED, metrics.REJECTED, metrics.IGNORED, metrics.DUPLICATE)
        own = processed.acknowledged - int(sum(count[metric] for metric in decided))
        sent = carried["written"] - carried["held_back"] - carried["given_up"]
        waiting = max(0, sent - processed.acknowledged)
        dead = min(waiting, self._count_dead(name, board)) if waiting else 0
        return Flow(
            board=name,
            written=carried["written"] - own,
            again=max(0, processed.acknowledged - sent),
            waiting=waiting - dead,
            counted=int(count[metrics.COUNTED]),
            rejected=int(count[metrics.REJECTED]),
            ignored=int(count[metrics.IGNORED]) + carried["held_back"],
            repeated=int(count[metrics.DUPLICATE]),
            dead=carried["given_up"] + dead,
            reasons={reason: int(number) for reason, number in processed.reasons.most_common()},
            snapshot_seconds=None if rebuilt.as_of is None else max(0.0, (aws.clock.now() - rebuilt.as_of) / 1000),
            is_snapshot_current=not rebuilt.published,
        )

    def _count_dead(self, name: str, board: LocalBoard) -> int:
        """How many messages are in a board's dead-letter queue. It is asked now and then, and only if some wait."""
        number, until = self._dead.get(name, (0, 0.0))
        if time.monotonic() < until:
            return number
        attribute = "ApproximateNumberOfMessages"
        with suppress(ClientError, BotoCoreError):
            answer = self._stack.aws.client("sqs").get_queue_attributes(
                QueueUrl=board.deployment.dead_letter_queue_url, AttributeNames=[attribute]
            )
            number = int(answer["Attributes"][attribute])
        self._dead[name] = number, time.monotonic() + DEAD_LETTER_SECONDS
        return number


def _read(pipe: Carried) -> Counter[str]:
    return Counter(written=pipe.written, held_back=pipe.held_back, given_up=pipe.given_up)

"""What is done to the boards of a soak: functions are killed, the pipe is stopped, messages come twice."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from generator.local.services.pipes import LocalPipe
from generator.local.stack import Stack
from tests.end_to_end.deployed import OperatedGame
from tests.end_to_end.storm import kill_workers
from tests.soak.boards import TROUBLED

WAIT_SECONDS = 5.0
"""Seconds that a kill waits for the moment to come at which it does harm."""
STOPPED_SECONDS = 3.0
"""Seconds for which the pipe is stopped."""
REPEATED = 10
"""Messages that are sent a second time, the most of one call (Amazon SQS API reference, "SendMessageBatch")."""


class Trouble(threading.Thread):
    """Does one thing after the other to a board, every so many seconds, until it is stopped."""

    def __init__(self, stack: Stack, every: float, chance: random.Random, warn: Callable[[str], None]) -> None:
        super().__init__(name="trouble", daemon=True)
        self.done: Counter[str] = Counter()
        """How often each was done, by its name."""
        self.error: Exception | None = None
        """Why it has ended by itself."""
        self._stack, self._every, self._chance, self._warn = stack, every, chance, warn
        self._game = OperatedGame(stack, TROUBLED)
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Do no more, and wait until what is under way is done. Raises what has ended it."""
        self._stopped.set()
        self.join()
        if self.error:
            raise self.error

    def run(self) -> None:
        """Do one thing after the other: what the thread does."""
        troubles = [self._kill_processor, self._kill_rebuild, self._stop_pipe, self._send_twice]
        try:
            while not self._stopped.wait(self._every * (0.5 + self._chance.random())):
                troubles.append(troubles.pop(0))
                troubles[-1]()
        except Exception as error:
            self.error = error

    def _kill_processor(self) -> None:
        """Kill the processor while it has messages."""
        if self._wait_for(lambda: self._game.count_messages("queue_url", "NotVisible") > 0):
            self.done["processors killed"] += kill_workers(self._game.function("processor"))

    def _kill_rebuild(self) -> None:
        """Kill a rebuild that holds its lease. It would run out by itself; nobody waits for that here."""
        if self._wait_for(self._game.holds_lease):
            time.sleep(0.05 * self._chance.random())
            killed = kill_workers(self._game.function("rebuilder"))
            self.done["rebuilds killed halfway"] += killed and self._game.holds_lease()
            self._game.end_lease()

    def _stop_pipe(self) -> None:
        """Stop the pipe, and start it again where it was stopped."""
        board = self._stack.boards[TROUBLED]
        board.pipe.stop()
        board.pipe.join()
        self._stopped.wait(STOPPED_SECONDS)
        assert board.deployment.pipe
        pipe = LocalPipe(self._stack.aws, board.deployment.pipe, self._warn, board.own_pipe)
        pipe.carried = board.pipe.carried
        pipe.start()
        self._stack.boards[TROUBLED] = replace(board, own_pipe=pipe)
        self.done["stops of the pipe"] += 1

    def _send_twice(self) -> None:
        """Send again what is in the queue, as SQS may deliver a message twice."""
        sqs, url = self._stack.aws.client("sqs"), self._stack.boards[TROUBLED].deployment.queue_url
        found: list[Any] = []

        def receive() -> bool:
            found.extend(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=REPEATED).get("Messages", []))
            return bool(found)

        if not self._wait_for(receive):
            return
        entries = [{"Id": str(number), "MessageBody": each["Body"]} for number, each in enumerate(found)]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
        for each in found:
            with suppress(ClientError):  # it was hidden for too long, and is somebody else's
                sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"], VisibilityTimeout=0)
        self.done["messages sent twice"] += len(entries)

    def _wait_for(self, check: Callable[[], bool]) -> bool:
        until = time.monotonic() + WAIT_SECONDS
        while not (found := check()) and time.monotonic() < until and not self._stopped.is_set():
            time.sleep(0.01)
        return found

"""What goes wrong while a crowd plays: workers are killed, a permission is missing, the pipe begins again."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import cycle

from generator.errors import FunctionError
from generator.local.reporter import Reporter
from generator.local.services.pipes import LocalPipe
from generator.local.stack import Stack
from runtime import metrics
from tests.end_to_end.deployed import OperatedGame, read_metrics

START_SECONDS = 5.0
"""Seconds for which a kill waits until a worker has started, and counts what leaves a mark."""

DIED = re.compile(r"ESM: Lambda (\S+) failed processing SQS batch .*(?:died|exited|Broken pipe)")
"""What the embedded AWS reports when a worker dies before it has answered for a batch of messages."""


class Witness(Reporter):
    """A reporter that keeps count of the batches whose worker died."""

    def __init__(self) -> None:
        super().__init__()
        self.deaths: Counter[str] = Counter()
        """How many batches lost their worker, by the function's name."""

    def warn(self, text: str) -> None:
        """Count a warning; nothing is written, because all of them are expected."""
        if match := DIED.search(text):
            self.deaths[match[1]] += 1


def list_workers(function: str) -> list[int]:
    """The ids of the processes that run a function on an embedded AWS of this process, named by the function's ARN."""
    listed = subprocess.run(["ps", "-axww", "-o", "pid=,ppid=,command="], capture_output=True, text=True, check=True)
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    emulators = {row[0] for row in rows if row[1] == str(os.getpid())}
    folder = f"/ministack-lambda-{function.rsplit(':', 1)[-1]}-"
    return [int(row[0]) for row in rows if row[1] in emulators and folder in row[2]]


def kill_workers(function: str) -> bool:
    """Kill the workers of a function with SIGKILL, so that they can tidy up nothing. Returns whether there were any."""
    workers = list_workers(function)
    for worker in workers:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    return bool(workers)


class Killer(threading.Thread):
    """Kills the processor of one board after the other, while it counts, some time after each time that it is asked to.

    A board whose processor was killed has received messages for some seconds more: it is not always the next, too.
    """

    def __init__(self, games: list[OperatedGame], chance: random.Random) -> None:
        super().__init__(name="killer", daemon=True)
        self.kills = 0
        self._games, self._chance = cycle(games), chance
        self._asked = threading.Semaphore(0)
        self._stopped = threading.Event()

    def ask(self) -> None:
        """Let one processor be killed within the next second."""
        self._asked.release()

    def stop(self) -> None:
        """Kill no more."""
        self._stopped.set()
        self._asked.release()
        self.join()

    def run(self) -> None:
        """Kill until `stop` is called: what the thread does."""
        while self._asked.acquire() and not self._stopped.wait(self._chance.random()):
            game = next(self._games)
            counted, until = game.count_marks(), time.monotonic() + START_SECONDS
            while game.count_marks() == counted and time.monotonic() < until:
                if self._stopped.wait(0.005):
                    return
            self.kills += kill_workers(game.function("processor"))


def kill_while_rebuilding(game: OperatedGame, chance: random.Random) -> bool:
    """Rebuild, and kill the worker while the rebuild holds its lease. Returns whether the rebuild died halfway."""
    done, killed = threading.Event(), threading.Event()

    def kill() -> None:
        while not game.holds_lease():
            if done.wait(0.005):
                return
        done.wait(0.05 * chance.random())
        if kill_workers(game.function("rebuilder")):
            killed.set()

    killer = threading.Thread(target=kill, name="killer of a rebuild")
    killer.start()
    try:
        game.rebuild()
    except FunctionError:
        killer.join()
        if not killed.is_set():
            raise
    finally:
        done.set()
        killer.join()
    # Nothing gives back the lease of a rebuild that died. It would run out by itself.
    died = game.holds_lease()
    game.end_lease()
    return died


@contextmanager
def without_writing(game: OperatedGame) -> Iterator[None]:
    """Take from the processor the permission to put items, for a while."""
    iam = game.stack.aws.client("iam")
    place = {"RoleName": game.stack.boards[game.name].board.names.part("processor"), "PolicyName": "processor"}
    policy = iam.get_role_policy(**place)["PolicyDocument"]
    text = policy if isinstance(policy, str) else json.dumps(policy)
    assert '"dynamodb:PutItem"' in text
    iam.put_role_policy(**place, PolicyDocument=text.replace('"dynamodb:PutItem"', '"dynamodb:GetItem"'))
    try:
        yield
    finally:
        iam.put_role_policy(**place, PolicyDocument=text)


def set_redelivery(game: OperatedGame, visibility: int, receives: int) -> None:
    """Set after how many seconds a message comes again, and after how many times it becomes a dead letter."""
    sqs, place = game.stack.aws.client("sqs"), game.stack.boards[game.name].deployment
    policy = sqs.get_queue_attributes(QueueUrl=place.queue_url, AttributeNames=["RedrivePolicy"])["Attributes"]
    redrive = json.loads(policy["RedrivePolicy"]) | {"maxReceiveCount": receives}
    sqs.set_queue_attributes(
        QueueUrl=place.queue_url,
        Attributes={"VisibilityTimeout": str(visibility), "RedrivePolicy": json.dumps(redrive)},
    )


def begin_pipe_again(stack: Stack, name: str, warn: Reporter) -> LocalPipe:
    """Stop a board's pipe in the middle of its work, and start another, which knows nothing of the first.

    It begins with the oldest record that the stream still has, so that much is sent twice.
    """
    board = stack.boards[name]
    board.pipe.stop()
    board.pipe.join()
    assert board.deployment.pipe
    pipe = LocalPipe(stack.aws, board.deployment.pipe, warn.warn)
    pipe.start()
    stack.boards[name] = replace(board, own_pipe=pipe)
    return pipe


def count_duplicates(game: OperatedGame) -> dict[str, int]:
    """How many duplicates the processor met in each batch, by the name of its log stream. The embedded AWS forgets the
    oldest batches."""
    return {
        stream: sum(int(metric.get(metrics.DUPLICATE, [0])[0]) for metric in read_metrics("\n".join(lines)))
        for stream, lines in game.read_log_streams("processor").items()
    }

"""Real deaths: a step runs in a process of its own, which ends by os._exit at one of its calls.

Nothing that Python does at an exit happens then: no `finally`, no answer. The process is forked from a warm one without
threads, and each call of its AWS clients goes over a pipe to the AWS in memory of the test.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from botocore.exceptions import ClientError

from runtime.config import BoardConfig
from tests.faults.processes import TOKENS, Process, Step, controlled
from tests.faults.stage import Stage
from tests.support.memory_aws import Call
from tests.support.memory_aws.account import OPERATIONS
from tests.support.memory_aws.calls import Client
from tests.support.memory_aws.errors import error_class
from tests.support.paths import REPOSITORY

DIED = 17
"""The exit code of a process that died where it was told to."""


@dataclass(frozen=True)
class Job:
    """A step, and the call at which its process dies."""

    step: Step
    board: BoardConfig
    settings: dict[str, str]
    now: int
    tokens: int
    number: int
    after: bool
    """Whether the call still takes effect."""


class Mother:
    """The warm process from which others are forked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def die(self, stage: Stage, step: Step, number: int, *, after: bool) -> bool:
        """Run a step until its process dies at a call. False where it ended before that call."""
        job = Job(step, stage.config, stage.settings, stage.now, TOKENS.given + 1000, number, after)
        self._connection.send(job)
        while True:
            kind, *content = self._connection.recv()
            if kind == "ended":
                (code,) = content
                assert code in (0, DIED), f"the process ended with {code}"
                return bool(code == DIED)
            self._connection.send(_answer(stage, *content))


def _answer(stage: Stage, service: str, operation: str, request: dict[str, Any]) -> tuple[Any, ...]:
    try:
        return "answer", getattr(stage.aws.client(service), operation)(**request)
    except ClientError as error:
        return "error", error.response, error.operation_name


@contextmanager
def mother() -> Iterator[Mother]:
    """Start the warm process, and end it with the block."""
    ours, theirs = Pipe()
    command = [sys.executable, "-m", "tests.faults.forks", str(theirs.fileno())]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=REPOSITORY, env=environment) as process:
        theirs.close()
        try:
            yield Mother(ours)
        finally:
            ours.close()
            process.wait(60)


# In the other processes.


def serve(connection: Connection) -> None:
    """Fork a process for each job, until the test closes the connection."""
    with controlled():
        while True:
            try:
                job = connection.recv()
            except EOFError:
                return
            child = os.fork()
            if child == 0:
                _work(connection, job)
            _, status = os.waitpid(child, 0)
            connection.send(("ended", os.waitstatus_to_exitcode(status)))


def _work(connection: Connection, job: Job) -> None:
    """Run the job's step, and end."""
    calls = 0

    def send(service: str, operation: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            connection.send(("call", service, operation, request))
            kind, *content = connection.recv()
            if kind == "answer":
                return content[0]
            response, name = content
            raise error_class(response["Error"]["Code"])(response, name)

        return call

    def intercept(call: Call, carry_out: Callable[[], Any]) -> Any:
        nonlocal calls
        if calls == job.number:
            try:
                if job.after:
                    carry_out()
            finally:
                os._exit(DIED)
        calls += 1
        return carry_out()

    def connect(service: str, through: Any) -> Client:
        operations = {name: send(service, name) for name in OPERATIONS[service]}
        return Client(service, operations, through, lambda operation, request: None)

    TOKENS.given = job.tokens
    code = 1
    try:
        Process(connect).run(job.step, job.board, job.settings, lambda: job.now, intercept)
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))

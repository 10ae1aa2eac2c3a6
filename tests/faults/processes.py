"""Functions and operations as processes: each has its own clients, and its own memory from one call to the next.

A step names what runs: the real handler of a function, or an operation that a person starts.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import _lru_cache_wrapper, partial
from io import StringIO
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch

from generator.operations import rejections
from generator.operations.redrives import putting_back
from generator.operations.running_board import RunningBoard
from runtime import aws, clock, config, processor, rebuilder, simulator
from runtime.config import BoardConfig
from runtime.dynamodb.streaming.table_stream import TableStream
from runtime.dynamodb.table import Table
from tests.faults.aws import DEAD_LETTERS, QUEUE
from tests.support.executors import OneThread, find_threaded
from tests.support.lambda_context import CONTEXT
from tests.support.memory_aws import Call, Interceptor

HANDLERS: dict[str, ModuleType] = {"processor": processor, "rebuilder": rebuilder, "simulator": simulator}
SETTINGS = {
    "AGGREGATES_TABLE": "aggregates",
    "MARKS_TABLE": "marks",
    "ACTIVITIES_TABLE": "activities",
    "BUCKET": "bucket",
    "POWERTOOLS_SERVICE_NAME": "arcade-weekly-kills",
    "ASSEMBLY_ARN": "assembly",
}

URL = "https://sqs.invalid/000000000000/"
"""What the URLs of the queues begin with."""

MakeClient = Callable[[str], Any]
"""Makes the client of a service."""


@dataclass(frozen=True)
class Step:
    """What a process does: the function or the operation, and the event that it is given."""

    role: str
    event: Any = None


@dataclass
class Process:
    """One execution environment: what its modules remember outlives a call that failed, but not its death."""

    connect: Callable[[str, Interceptor], Any]
    """Makes the client of a service, of which each request goes through an interceptor."""
    memory: dict[tuple[str, str], Any] = field(default_factory=dict)
    """What each cached function of the runtime has returned in this process."""
    intercept: Interceptor | None = None
    """Who interferes with the requests of the step that runs now."""

    def run(
        self,
        step: Step,
        board: BoardConfig,
        more_settings: dict[str, str],
        now: Callable[[], int],
        intercept: Interceptor | None = None,
    ) -> Any:
        """Run a step to its end, and return what it returned. Raises what it raised."""
        settings = SETTINGS | more_settings
        self.intercept = intercept

        def carry_out(call: Call, send: Callable[[], Any]) -> Any:
            return self.intercept(call, send) if self.intercept else send()

        def client(service: str) -> Any:
            # Clients outlive the step in what the process remembers.
            return self.connect(service, carry_out)

        with self._in_place(board, settings, now, client):
            if step.role == "processor":
                records = [{"messageId": message_id, "body": body} for message_id, body in step.event]
                return processor.handler({"Records": records}, CONTEXT)
            if step.role in HANDLERS:
                return HANDLERS[step.role].handler(step.event, CONTEXT)
            return _operate(step, now(), client)

    @contextmanager
    def _in_place(
        self, board: BoardConfig, settings: dict[str, str], now: Callable[[], int], client: MakeClient
    ) -> Iterator[None]:
        """Put the process's own clients, memory and time in the place of the modules'."""
        with ExitStack() as stack:
            for name, cached in CACHED:
                stack.enter_context(_set(name, self._remembering(name, cached)))
            for service in ("dynamodb", "s3", "events"):
                stack.enter_context(_set((aws, service), lambda service=service: client(service)))
            stack.enter_context(_set((aws, "step_functions"), lambda: client("stepfunctions")))
            stream = partial(_open_stream, client, now)
            stack.enter_context(_set((rebuilder, "open_stream"), stream))
            stack.enter_context(_set((config, "load_board"), lambda: board))
            stack.enter_context(_set((aws, "setting"), settings.__getitem__))
            stack.enter_context(_set((clock, "time"), SimpleNamespace(time_ns=lambda: now() * 1_000_000)))
            stack.enter_context(redirect_stdout(StringIO()))
            yield

    def _remembering(self, name: tuple[ModuleType, str], cached: Any) -> Callable[[], Any]:
        place = (name[0].__name__, name[1])

        def call() -> Any:
            if place not in self.memory:
                self.memory[place] = cached.__wrapped__()
            return self.memory[place]

        return call


def _open_stream(client: MakeClient, now: Callable[[], int], table: Table, arn: str) -> TableStream:
    """The stream of the aggregates, for a reader that waits for nothing."""
    return TableStream(client("dynamodbstreams"), table, arn, now, lambda: 0.0, lambda seconds: None)


def _operate(step: Step, now: int, client: MakeClient) -> Any:
    """Do what a person's command does."""
    keys = ("player_id", "activity_id")
    dynamodb = client("dynamodb")
    marks = Table(dynamodb, "marks", keys)
    board = RunningBoard(
        Table(dynamodb, "activities", keys), marks, client("sqs"), URL + QUEUE, URL + DEAD_LETTERS, "eu-central-1"
    )
    if step.role == "redrive dead letters":
        return list(putting_back.redrive_dead_letters(board))
    assert step.role == "redrive rejected"
    return list(putting_back.redrive_rejected(board, rejections.list_rejections(marks, now)))


@contextmanager
def _set(place: tuple[Any, str], value: Any) -> Iterator[None]:
    owner, name = place
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def _find_cached() -> list[tuple[tuple[ModuleType, str], Any]]:
    """The functions without parameters whose result the runtime's modules remember: clients, tables, the board."""
    return [
        ((module, name), value)
        for module in (aws, config, *HANDLERS.values())
        for name, value in vars(module).items()
        if isinstance(value, _lru_cache_wrapper) and not inspect.signature(value.__wrapped__).parameters
    ]


CACHED = _find_cached()


class Tokens:
    """Secret texts in a fixed order, in the place of random ones: a case that is run again is the same."""

    def __init__(self) -> None:
        self.given = 0

    def token_hex(self, size: int) -> str:
        """As secrets.token_hex."""
        self.given += 1
        return f"{self.given:0{2 * size}x}"

    def randbits(self, size: int) -> int:
        """As secrets.randbits."""
        self.given += 1
        return self.given

    def randbelow(self, end: int) -> int:
        """As secrets.randbelow."""
        return self.given % end


TOKENS = Tokens()


@contextmanager
def controlled() -> Iterator[None]:
    """Take threads, pauses, chance and the log away from the runtime and the operations.

    And let rejected activities lie in few partitions, each of which a redrive reads, and few items fit into one
    transaction: what takes thousands of calls takes dozens. Secret texts begin anew, whatever ran before.
    """
    TOKENS.given = 0
    logging.disable(logging.CRITICAL)
    with ExitStack() as stack:
        for module in find_threaded():
            stack.enter_context(_set((module, "ThreadPoolExecutor"), OneThread))
        stack.enter_context(patch("runtime.dynamodb.items.REJECTED_SHARDS", 2))
        stack.enter_context(patch("runtime.dynamodb.items.REJECTED_DAYS", 2))
        stack.enter_context(patch("runtime.dynamodb.aggregates.PER_TRANSACTION", 12))
        stack.enter_context(patch("runtime.dynamodb.table.time", SimpleNamespace(sleep=lambda seconds: None)))
        for name in ("token_hex", "randbits", "randbelow"):
            stack.enter_context(patch(f"secrets.{name}", getattr(TOKENS, name)))
        system = SimpleNamespace(getrandbits=TOKENS.randbits)
        stack.enter_context(patch("random.SystemRandom", lambda: system))
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)

"""Boards that run on this machine: the embedded AWS, what is deployed into it, and what plays the rest of AWS."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

from generator.aws.invoke import invoke
from generator.board.board import SIMULATOR, Board
from generator.errors import FunctionError, LocalError
from generator.local.deploy.deployment import Deployment, deploy
from generator.local.emulator.process import ACCOUNT, Emulator
from generator.local.reporter import Reporter
from generator.local.services.cloudfront import Front, Site
from generator.local.services.function_url import ApiOrigin
from generator.local.services.pipes import Pipe
from generator.local.workers import Worker, rebuilds, simulation
from generator.pipeline import bundles

DRAIN_SECONDS = 60.0
QUIET_SECONDS = 10
"""How long an ended window must be quiet before it closes here. In AWS that is as long as a message can be on its way
when it fails again and again, half an hour; whoever tries a board out wants to see a window sealed."""
PROCESSOR_SECONDS = 15
"""The processor's timeout here: so long a window that closes waits for batches that are under way."""


@dataclass(frozen=True)
class Running:
    """One board that runs."""

    board: Board
    deployment: Deployment
    pipe: Pipe
    api_url: str
    page_url: str | None


class Stack:
    """Everything that runs. `start` fills it, `stop` ends it, at any time and from any thread."""

    def __init__(self, reporter: Reporter | None = None) -> None:
        self.boards: dict[str, Running] = {}
        self._reporter = reporter or Reporter()
        self._aws: Emulator | None = None
        self._front: Front | None = None
        self._workers: list[Worker | Pipe] = []
        self._lock = threading.Lock()
        self._stopping = False

    @property
    def aws(self) -> Emulator:
        """The embedded AWS. Raises LocalError before it is started."""
        if self._aws is None:
            raise LocalError("the embedded AWS is not running")
        return self._aws

    @property
    def url(self) -> str:
        """Where the boards are listed."""
        if self._front is None:
            raise LocalError("nothing is served yet")
        return self._front.url

    def start(
        self,
        boards: Sequence[Board],
        *,
        simulate: float | None = None,
        schedule: Literal["fast", "yaml"] = "fast",
        port: int | None = None,
    ) -> None:
        """Start the embedded AWS and deploy the boards into it, each from the files that `generate` emits for it.

        `simulate`: activities a second over all boards; None for none. `schedule`: "fast" rebuilds every two seconds,
        "yaml" as the board says. `port`: for pages and APIs; None takes a free one. Raises LocalError.
        """
        region, account = _place(boards)
        with self._lock:
            self._unless_stopping()
            self._front = Front(port)
            self._aws = Emulator(region, account, self._emulator_says)
            self._front.serve(self._aws.client("s3"))
        functions = self.aws.client("lambda")
        for board in boards:
            self._reporter.say(f"deploying {board.name}")
            deployment = deploy(self.aws, emitted(board), schedule=schedule == "yaml")
            self._add(board, deployment, functions)
            if schedule == "fast":
                self._run(rebuilds(functions, deployment.functions["rebuilder"], self._reporter.trouble))
            if simulate:
                rate = simulate / len(boards)
                self._run(simulation(functions, deployment.functions["simulator"], rate, self._reporter.trouble))

    def wait_until_answering(self, seconds: float = 60.0) -> None:
        """Return once the API of every board answers. Raises LocalError when one does not in time."""
        until = time.monotonic() + seconds
        for name, running in self.boards.items():
            while True:
                self._unless_stopping()
                path = running.api_url.removeprefix(self.url)
                answer = self._front and self._front.answer("GET", f"{path}/v1/leaderboard", "")
                if answer and answer.status == 200:
                    break
                if time.monotonic() > until:
                    raise LocalError(f"the API of {name} does not answer: {answer and answer.body.decode()}")
                time.sleep(0.2)

    def ready(self) -> dict[str, Any]:
        """What a program needs in order to use the boards: the content of the ready file."""
        return {
            "endpoint": self.aws.endpoint,
            "region": self.aws.region,
            "access_key_id": self.aws.access_key_id,
            "secret_access_key": self.aws.secret_access_key,
            "boards": {
                name: {
                    "activities_table": running.deployment.activities_table,
                    "aggregates_table": running.deployment.aggregates_table,
                    "queue_url": running.deployment.queue_url,
                    "dead_letter_queue_url": running.deployment.dead_letter_queue_url,
                    "bucket": running.deployment.bucket,
                    "api_url": running.api_url,
                    "page_url": running.page_url,
                }
                for name, running in self.boards.items()
            },
        }

    def rebuild(self, name: str) -> dict[str, Any]:
        """Make a snapshot of a board now; what the rebuilder returns. Raises LocalError when it fails."""
        try:
            result: dict[str, Any] = invoke(
                self.aws.client("lambda"), self.boards[name].deployment.functions["rebuilder"], {}
            )
        except FunctionError as error:
            raise LocalError(str(error)) from None
        return result

    def drain(self, name: str, seconds: float = DRAIN_SECONDS) -> None:
        """Return once all that was written to a board before is processed or dead. Raises LocalError when it takes
        longer."""
        running, sqs = self.boards[name], self.aws.client("sqs")
        until = time.monotonic() + seconds
        # Two rounds that found nothing: the first may have begun before the last write.
        rounds = running.pipe.idle_rounds + 2
        waiting = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        while time.monotonic() < until:
            if running.pipe.idle_rounds >= rounds:
                attributes = sqs.get_queue_attributes(
                    QueueUrl=running.deployment.queue_url, AttributeNames=list(waiting)
                )["Attributes"]
                if not any(int(attributes[one]) for one in waiting):
                    return
            time.sleep(0.05)
        raise LocalError(f"{name} still has activities on their way after {seconds:g} seconds")

    @property
    def alive(self) -> bool:
        """Whether the embedded AWS still runs."""
        return self._aws is not None and self._aws.running

    def stop(self) -> None:
        """End everything. A start under way ends with LocalError. Harmless when done twice."""
        self._stopping = True
        self._reporter.hush()
        for worker in [*self._workers]:
            worker.stop()
        with self._lock:
            if self._front:
                self._front.stop()
            if self._aws:
                self._aws.stop()
        for worker in [*self._workers]:
            worker.join(1)

    def _add(self, board: Board, deployment: Deployment, functions: Any) -> None:
        assert self._front
        api = ApiOrigin(functions, deployment.functions["api"], self._reporter.trouble)
        site = Site(board.team, board.name, board.config.title, deployment, api)
        pipe = Pipe(self.aws, deployment.pipe, self._reporter.trouble)
        self._front.add(site)
        api_url = self._front.url + site.path
        self.boards[board.name] = Running(board, deployment, pipe, api_url, f"{api_url}/" if deployment.page else None)
        self._run(pipe)

    def _run(self, worker: Worker | Pipe) -> None:
        with self._lock:
            self._unless_stopping()
            self._workers.append(worker)
            worker.start()

    def _unless_stopping(self) -> None:
        if self._stopping:
            raise LocalError("stopped")

    def _emulator_says(self, text: str) -> None:
        self._reporter.trouble(f"embedded AWS: {text}")


@contextmanager
def running(
    boards: Sequence[Board],
    *,
    simulate: float | None = None,
    schedule: Literal["fast", "yaml"] = "fast",
    port: int | None = None,
) -> Iterator[Stack]:
    """A Stack that answers, as a context: for tests and other programs. The arguments are those of `Stack.start`."""
    stack = Stack()
    try:
        stack.start(boards, simulate=simulate, schedule=schedule, port=port)
        stack.wait_until_answering()
        yield stack
    finally:
        stack.stop()


def emitted(board: Board) -> dict[str, bytes]:
    """The files of a board's bundle, by their path in it, as `generate` emits them for a board with a simulator, which
    local mode always has, and with windows that are sealed within a minute of their end and grace."""
    timeout = min(PROCESSOR_SECONDS, board.processor.timeout_seconds)
    drain = min(QUIET_SECONDS, board.config.drain_seconds)
    board = replace(
        board,
        simulator=SIMULATOR,
        processor=replace(board.processor, timeout_seconds=timeout),
        config=replace(board.config, drain_seconds=drain, processor_seconds=timeout),
    )
    folder = f"{board.folder}/"
    return {path.removeprefix(folder): content for path, content in bundles([board]).items()}


def _place(boards: Sequence[Board]) -> tuple[str, str]:
    """The region and account of the boards. Raises LocalError where there is no such one place."""
    places = {(board.region, board.account_id or ACCOUNT) for board in boards}
    if len({board.name for board in boards}) < len(boards) or len(places) > 1:
        raise LocalError("the boards are in several environments: choose one with --env")
    if not places:
        raise LocalError("there is no board to run")
    return places.pop()

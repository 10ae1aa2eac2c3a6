"""The boards that run on this machine: the embedded AWS, what is deployed into it, and the services that it lacks."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

from generator.aws.invoke import invoke
from generator.board.board import Board
from generator.errors import LocalError
from generator.local.control import Control
from generator.local.deploy.deployment import Deployment, deploy
from generator.local.emulator.process import ACCOUNT, Emulator
from generator.local.game_server import GameServer, make_game_server
from generator.local.local_bundle import generate_local_bundle
from generator.local.reporter import Reporter
from generator.local.services.api_cache import ApiCache
from generator.local.services.cloudfront import CloudFront, Site
from generator.local.services.function_url import FunctionUrl
from generator.local.services.http_server import HttpResponse
from generator.local.services.pipes import LocalPipe
from generator.local.workers import (
    Worker,
    make_rebuild_worker,
    make_simulation_worker,
    make_sweep_worker,
)

DRAIN_SECONDS = 60.0
"""Seconds that `Stack.drain` waits by default."""

ANSWER_ATTEMPTS = 5
"""How often a board that has just started is asked before it is said that it does not answer. Where its function times
out, because the machine is busy, an attempt takes as long as that timeout."""

ANSWER_PAUSE = 0.5
"""Seconds from one of these attempts to the next."""


@dataclass(frozen=True)
class LocalBoard:
    """One board that runs on this machine."""

    board: Board
    deployment: Deployment
    pipe: LocalPipe
    api_url: str
    page_url: str | None


class Stack:
    """Everything that runs. `start` starts it; `stop` ends it, at any time and from any thread."""

    def __init__(self, reporter: Reporter | None = None) -> None:
        self.boards: dict[str, LocalBoard] = {}
        self.silent: dict[str, str] = {}
        """What the APIs of boards that do not answer gave instead, by their names."""
        self.control = Control()
        self._game_server: GameServer | None = None
        self._reporter = reporter or Reporter()
        self._aws: Emulator | None = None
        self._cloudfront: CloudFront | None = None
        self._threads: list[Worker | LocalPipe] = []
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
        """The address of the page that lists the boards. Raises LocalError before anything is served."""
        if self._cloudfront is None:
            raise LocalError("nothing is served yet")
        return self._cloudfront.url

    def start(
        self,
        boards: Sequence[Board],
        *,
        simulate: float | None = None,
        schedule: Literal["fast", "yaml"] = "fast",
        port: int | None = None,
        begins: int | None = None,
    ) -> None:
        """Start the embedded AWS and deploy each board into it, from the files that `generate` makes for the board.

        The arguments are those of `run.run_boards`. Raises LocalError.
        """
        region, account = _find_region_and_account(boards)
        with self._lock:
            self._raise_if_stopping()
            with self._reporter.doing("starting the embedded AWS"):
                self._cloudfront = CloudFront(port)
                self._aws = Emulator(region, account, self._warn_of_emulator, begins)
            clock = self._aws.clock
            self._cloudfront.serve(self._aws.client("s3"), lambda: clock.now() / 1000)
            self.control.start()
        self._game_server = make_game_server(self.aws.client("iam"))
        functions = self.aws.client("lambda")
        for number, board in enumerate(boards, 1):
            with self._reporter.doing(f"deploying {number} of {len(boards)}: {board.name}"):
                deployment = deploy(self.aws, generate_local_bundle(board), schedule=schedule == "yaml")
            self._add_board(board, deployment, functions)
            age = board.config.max_age_seconds
            self._run(make_sweep_worker(self.aws.client("s3"), deployment.bucket, age, self._reporter.warn))
            if schedule == "fast":
                self._run(make_rebuild_worker(functions, deployment.functions["rebuilder"], self._reporter.warn))
            if simulate:
                rate, simulator = simulate / len(boards), deployment.functions["simulator"]
                self._run(make_simulation_worker(functions, simulator, rate, self._reporter.warn))

    def wait_until_answering(self) -> None:
        """Wait until the API of every board answers. Those that fail ANSWER_ATTEMPTS times are `silent` then.

        An API that refuses the question answers: between two seasons a board has no ranking, and says so with a 404.
        """
        waiting = dict.fromkeys(self.boards, "")
        for attempt in range(ANSWER_ATTEMPTS):
            for name in [*waiting]:
                self._raise_if_stopping()
                response = self._ask(self.boards[name])
                if response.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    del waiting[name]
                else:
                    waiting[name] = f"{response.status}, {response.body.decode(errors='replace').strip()}"
            if waiting and attempt < ANSWER_ATTEMPTS - 1:
                time.sleep(ANSWER_PAUSE)
        self.silent = waiting

    def _ask(self, board: LocalBoard) -> HttpResponse:
        """What the API of a board answers."""
        assert self._cloudfront
        return self._cloudfront.respond("GET", f"{board.api_url.removeprefix(self.url)}/v1/leaderboard", "")

    def make_ready_document(self) -> dict[str, Any]:
        """The content of the ready file: all that a program needs to use the boards."""
        assert self._game_server
        return {
            "pid": os.getpid(),
            "endpoint": self.aws.endpoint,
            "region": self.aws.region,
            "access_key_id": self.aws.access_key_id,
            "secret_access_key": self.aws.secret_access_key,
            "game_server": {
                "access_key_id": self._game_server.access_key_id,
                "secret_access_key": self._game_server.secret_access_key,
            },
            "control": {"url": self.control.url, "token": self.control.token},
            "boards": {
                name: {
                    "activities_table": board.deployment.activities_table,
                    "aggregates_table": board.deployment.aggregates_table,
                    "queue_url": board.deployment.queue_url,
                    "dead_letter_queue_url": board.deployment.dead_letter_queue_url,
                    "bucket": board.deployment.bucket,
                    "api_url": board.api_url,
                    "page_url": board.page_url,
                }
                for name, board in self.boards.items()
            },
        }

    def rebuild(self, name: str) -> dict[str, Any]:
        """Make a snapshot of a board now. Returns what the rebuilder returns; raises FunctionError if it fails.

        Where another rebuild is under way it waits: that one may have begun before the last activity was counted.
        """
        functions, rebuilder = self.aws.client("lambda"), self.boards[name].deployment.functions["rebuilder"]
        while True:
            result: dict[str, Any] = invoke(functions, rebuilder, {})
            if "skipped" not in result:
                return result
            time.sleep(0.1)

    def drain(self, name: str, seconds: float = DRAIN_SECONDS) -> None:
        """Wait until every activity that was written to a board is processed or in a dead-letter queue.

        Raises LocalError when that takes longer than `seconds`.
        """
        board, sqs = self.boards[name], self.aws.client("sqs")
        until = time.monotonic() + seconds
        # Two rounds that found nothing: the first may have begun before the last write.
        rounds = board.pipe.idle_rounds + 2
        waiting = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        while time.monotonic() < until:
            if board.pipe.idle_rounds >= rounds:
                attributes = sqs.get_queue_attributes(
                    QueueUrl=board.deployment.queue_url, AttributeNames=list(waiting)
                )["Attributes"]
                if not any(int(attributes[one]) for one in waiting):
                    return
            time.sleep(0.05)
        raise LocalError(f"{name} still has activities on their way after {seconds:g} seconds")

    @contextmanager
    def hold_workers(self) -> Iterator[None]:
        """Let no rebuild and no simulated play begin inside the block; those under way have ended when it begins."""
        with ExitStack() as held:
            for worker in [*self._threads]:
                if isinstance(worker, Worker):
                    held.enter_context(worker.turn)
            yield

    @property
    def alive(self) -> bool:
        """Whether the embedded AWS still runs."""
        return self._aws is not None and self._aws.running

    def stop(self) -> None:
        """Stop everything; stopping twice does no harm. A `start` that is under way raises LocalError."""
        self._stopping = True
        self._reporter.silence_warnings()
        self._reporter.close()
        for thread in [*self._threads]:
            thread.stop()
        with self._lock:
            self.control.stop()
            if self._cloudfront:
                self._cloudfront.stop()
            if self._aws:
                self._aws.stop()
        for thread in [*self._threads]:
            thread.join(1)

    def _add_board(self, board: Board, deployment: Deployment, functions: Any) -> None:
        """Serve a deployed board and start its pipe."""
        assert self._cloudfront
        assert self._game_server
        self._game_server.attach(deployment.producer_policy)
        url = FunctionUrl(functions, deployment.functions["api"], self._reporter.warn, deployment.api.cors)
        api = ApiCache(url, deployment.api)
        site = Site(board.team, board.name, board.config.title, deployment, api)
        pipe = LocalPipe(self.aws, deployment.pipe, self._reporter.warn)
        self._cloudfront.add_site(site)
        api_url = self._cloudfront.url + site.path
        page_url = f"{api_url}/" if deployment.page else None
        self.boards[board.name] = LocalBoard(board, deployment, pipe, api_url, page_url)
        self._run(pipe)

    def _run(self, thread: Worker | LocalPipe) -> None:
        with self._lock:
            self._raise_if_stopping()
            self._threads.append(thread)
            thread.start()

    def _raise_if_stopping(self) -> None:
        if self._stopping:
            raise LocalError("stopped")

    def _warn_of_emulator(self, text: str) -> None:
        self._reporter.warn(f"embedded AWS: {text}")


def _find_region_and_account(boards: Sequence[Board]) -> tuple[str, str]:
    """The region and account that all boards share. Raises LocalError if they do not, or if there is no board."""
    places = {(board.region, board.account_id or ACCOUNT) for board in boards}
    if len({board.name for board in boards}) < len(boards) or len(places) > 1:
        raise LocalError("the boards are in several environments: choose one with --env")
    if not places:
        raise LocalError("there is no board to run")
    return places.pop()

"""One board that runs on this machine, and how it is held still while it is changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from generator.board.board import Board
from generator.errors import LocalError
from generator.local.deploy.deployment import Deployment
from generator.local.emulator.process import Emulator
from generator.local.feeds.local_feed import LocalFeed
from generator.local.local_bundle import PROCESSOR_SECONDS
from generator.local.services.function_url import FunctionUrl
from generator.local.services.pipes import Carried, LocalPipe
from generator.local.workers import Worker, make_rebuild_worker, make_simulation_worker, make_sweep_worker

THREAD_SECONDS = 10.0
"""Seconds that a send of the pipe, or a rebuild, may take to end before the board is changed all the same."""


@dataclass(frozen=True)
class LocalBoard:
    """One board that runs on this machine."""

    board: Board
    deployment: Deployment
    own_pipe: LocalPipe | None
    """None on a feed."""
    api_url: str
    page_url: str | None
    api: FunctionUrl | None = None
    rebuilds: Worker | None = None
    """None where the board's own schedule rebuilds it."""
    sweeps: Worker | None = None
    """What removes snapshots that nobody can pin any more."""
    simulation: Worker | None = None
    """None where nobody plays by itself."""
    feed: LocalFeed | None = None
    """None where it has a pipe of its own."""

    @property
    def pipe(self) -> LocalPipe:
        """The pipe that carries its activities: its own, or its feed's."""
        if self.own_pipe:
            return self.own_pipe
        assert self.feed
        return self.feed.pipe

    @property
    def carried(self) -> Carried:
        """What the pipe has carried for it."""
        return self.own_pipe.carried if self.own_pipe else self.pipe.taken[self.board.name]

    @property
    def threads(self) -> tuple[LocalPipe | Worker, ...]:
        """All that keeps it moving, and nothing else."""
        return tuple(thread for thread in (self.own_pipe, self.rebuilds, self.sweeps, self.simulation) if thread)

    def start(self) -> None:
        """Carry its activities, rebuild it, and play on it."""
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Let all that keeps it moving end, without waiting for it."""
        for thread in self.threads:
            thread.stop()

    def drain(self, aws: Emulator, seconds: float) -> None:
        """Wait until every activity written to it is processed or in a dead-letter queue. Raises LocalError."""
        until = time.monotonic() + seconds
        # Two rounds that found nothing: the first may have begun before the last write.
        rounds = self.pipe.idle_rounds + 2
        waiting = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        while time.monotonic() < until:
            if self.pipe.idle_rounds >= rounds:
                attributes = aws.client("sqs").get_queue_attributes(
                    QueueUrl=self.deployment.queue_url, AttributeNames=list(waiting)
                )["Attributes"]
                if not any(int(attributes[one]) for one in waiting):
                    return
            time.sleep(0.05)
        raise LocalError(f"{self.board.name} still has activities on their way after {seconds:g} seconds")

    @contextmanager
    def held_still(self, aws: Emulator) -> Iterator[None]:
        """Stop it for good, and let none of its functions begin or be under way within the `with`.

        AWS lets invocations end that are under way when a function changes; the embedded AWS kills them. A batch that
        was killed would come back only once its visibility timeout is over.
        """
        self.stop()
        try:
            # First of all: while activities are processed, a rebuild that is under way takes longer.
            take_no_batch(aws, self.deployment)
            # A run of the simulator lasts for seconds. It may be killed: what it has not written, nobody misses.
            if self.own_pipe:
                self.own_pipe.join(THREAD_SECONDS)
            if self.rebuilds:
                self.rebuilds.join(THREAD_SECONDS)
            wait_for_batches(aws, self.deployment)
            with ExitStack() as held:
                if self.api:
                    held.enter_context(self.api.held())
                yield
        finally:
            take_batches(aws, self.deployment)


@dataclass(frozen=True)
class Place:
    """A board that is deployed and served: what keeps it moving is made for it."""

    board: Board
    deployment: Deployment
    api_url: str
    api: FunctionUrl
    feed: LocalFeed | None


def make_local_board(
    aws: Emulator,
    place: Place,
    warn: Callable[[str], None],
    share: Callable[[], float] | None,
    rebuilds: bool,
    before: LocalBoard | None,
) -> LocalBoard:
    """Make what carries a board's activities, rebuilds it and plays on it; nothing of it is started.

    `share`: simulated activities a second; None where nobody plays by itself. `rebuilds`: whether a worker rebuilds it.
    `before`: the board as it ran before, whose pipe this one's goes on for.
    """
    board, deployment = place.board, place.deployment
    functions, names = aws.client("lambda"), deployment.functions
    pipe = None
    if deployment.pipe:
        pipe = LocalPipe(aws, deployment.pipe, warn, before.own_pipe if before else None)
    elif place.feed:
        place.feed.count_for(board, deployment)
    return LocalBoard(
        board,
        deployment,
        pipe,
        place.api_url,
        page_url=f"{place.api_url}/" if deployment.page else None,
        api=place.api,
        rebuilds=make_rebuild_worker(functions, names["rebuilder"], warn) if rebuilds else None,
        sweeps=make_sweep_worker(aws.client("s3"), deployment.bucket, board.config.max_age_seconds, warn),
        simulation=make_simulation_worker(functions, names["simulator"], share, warn) if share else None,
        feed=place.feed,
    )


def take_no_batch(aws: Emulator, deployment: Deployment) -> None:
    """Let the processor take no batch of activities from now on. One that is under way is not waited for."""
    aws.client("lambda").update_event_source_mapping(UUID=deployment.mapping_id, Enabled=False)


def take_batches(aws: Emulator, deployment: Deployment) -> None:
    """Let the processor take batches of activities again."""
    aws.client("lambda").update_event_source_mapping(UUID=deployment.mapping_id, Enabled=True)


def wait_for_batches(aws: Emulator, deployment: Deployment) -> None:
    """Wait until no activity is being processed, for at most as long as a batch may take."""
    until = time.monotonic() + PROCESSOR_SECONDS
    name = "ApproximateNumberOfMessagesNotVisible"
    while time.monotonic() < until:
        answer = aws.client("sqs").get_queue_attributes(QueueUrl=deployment.queue_url, AttributeNames=[name])
        if answer["Attributes"][name] == "0":
            return
        time.sleep(0.05)

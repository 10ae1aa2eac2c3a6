"""The feeds that run on this machine, each deployed before the first board that counts it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from generator.board.board import Board
from generator.board.feed import Feed
from generator.local.deploy.applying import Resources
from generator.local.deploy.deployment import Deployment
from generator.local.doors.game_server import GameServer
from generator.local.emulator.process import Emulator
from generator.local.feeds.local_feed import LocalFeed
from generator.local.keeping.keeper import Keeper
from generator.local.services.pipes import LocalPipe
from generator.pipeline import bundles

THREAD_SECONDS = 10.0
"""Seconds that a send of the pipe may take to end before the feed is changed all the same."""


class LocalFeeds:
    """The feeds of a run. They stay when their last board goes: their data do too."""

    def __init__(self, aws: Emulator, keeper: Keeper, game_server: GameServer, warn: Callable[[str], None]) -> None:
        self._aws, self._keeper, self._game_server, self._warn = aws, keeper, game_server, warn
        self._resources: dict[str, Resources] = {}
        self._running: dict[str, LocalFeed] = {}
        self._pending: dict[str, list[dict[str, Any]]] = {}
        """The records that the pipe of each feed had not sent when the run before ended."""
        self._started = self._stopped = False

    @property
    def pipes(self) -> list[LocalPipe]:
        """The pipe of each feed."""
        return [each.pipe for each in [*self._running.values()]]

    @property
    def running(self) -> dict[str, Feed]:
        """The feeds, by the names of their bundles."""
        return {each.feed.name: each.feed for each in self._running.values()}

    def put_under(self, board: Board, old: Deployment | None) -> LocalFeed | None:
        """Let the feed of a board run, if it has one. `old`: the board as it was deployed so far.

        Raises as `put` does.
        """
        if board.feed is None:
            return None
        if old:
            # The policy goes with the board's own table, and the embedded AWS lets no policy go that somebody has.
            self._game_server.detach(old.producer_policy)
        return self.put(board.feed)

    def put(self, feed: Feed) -> LocalFeed:
        """Let a feed run as it is given. Raises LocalError, or botocore's errors."""
        before = self._running.get(feed.feed)
        if before and before.feed == feed:
            return before
        if before:
            before.pipe.stop()
            before.pipe.join(THREAD_SECONDS if self._started else 0)
        resources = self._resources.setdefault(feed.feed, Resources(self._aws))
        folder = f"{feed.folder}/"
        files = {path.removeprefix(folder): content for path, content in bundles([feed]).items()}
        deployment = resources.apply_feed(files)
        kept = self._keeper.take(resources.data_names)
        self._aws.load({kind: kept.data[kind] for kind in ("tables", "queues")})
        pipe = LocalPipe(self._aws, deployment.pipe, self._warn, before.pipe if before else None)
        if not before:
            self._game_server.attach(deployment.producer_policy)
        running = before or LocalFeed(feed, deployment, pipe)
        running.feed, running.deployment, running.pipe = feed, deployment, pipe
        self._running[feed.feed] = running
        self._pending[feed.feed] = kept.list_pending(deployment.activities_table)
        if self._started:
            self._begin(running)
        return running

    def start(self) -> None:
        """Carry activities from now on: all boards are deployed."""
        self._started = True
        for running in self._running.values():
            self._begin(running)

    def _begin(self, running: LocalFeed) -> None:
        if self._stopped:  # asked once its pipe is among those that `stop` finds
            return
        running.pipe.carry(self._pending.pop(running.feed.feed, []))
        running.pipe.start()

    def stop(self) -> None:
        """Let the pipes end, without waiting for them, and none begin any more."""
        self._stopped = True
        for pipe in self.pipes:
            pipe.stop()

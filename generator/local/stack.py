"""The boards that run on this machine: the embedded AWS, what is deployed into it, and the services that it lacks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from functools import partial
from typing import Any, Unpack

from botocore.exceptions import BotoCoreError, ClientError

from generator.aws.invoke import invoke
from generator.board.board import Board
from generator.errors import LeaderboardsError, LocalError
from generator.local.answering import find_silent
from generator.local.deploy.applying import Resources
from generator.local.deploy.deployment import Deployment
from generator.local.doors.control import Control
from generator.local.doors.game_server import GameServer, make_game_server
from generator.local.doors.writing import WriteDoor
from generator.local.emulator.process import Emulator
from generator.local.feeds.local_feed import LocalFeed
from generator.local.feeds.running import LocalFeeds
from generator.local.keeping.keeper import Keeper
from generator.local.keeping.taking_up import TakenUp, take_up
from generator.local.local_board import LocalBoard, Place, make_local_board
from generator.local.local_bundle import find_region_and_account
from generator.local.reporter import Reporter
from generator.local.services.api_cache import ApiCache
from generator.local.services.cloudfront import CloudFront, Site
from generator.local.services.function_url import FunctionUrl
from generator.local.services.http_server import HttpResponse
from generator.local.settings import Settings
from generator.local.workers import Worker
from generator.rendering.index_files import render_index

DRAIN_SECONDS = 60.0
"""Seconds that `Stack.drain` waits by default."""


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
        self._resources: dict[str, Resources] = {}
        """Of each board, also of those that were removed: their data stays."""
        self._last: dict[str, LocalBoard] = {}
        """Each board as it ran last, as long as there are data of it."""
        self._settings: Settings = {}
        self._keeper: Keeper | None = None
        self.feeds: LocalFeeds | None = None
        self.turn = threading.Lock()
        """Held while boards are changed or the clock moves."""
        self._lock = threading.Lock()
        self.stopping = False
        """Whether it ends, or has ended: then things fail because they are stopped."""
        self._deployed = False
        """Whether every board is deployed. What moves the boards starts only then: it would slow down the start."""

    @property
    def aws(self) -> Emulator:
        """The embedded AWS. Raises LocalError before it is started."""
        if self._aws is None:
            raise LocalError("the embedded AWS is not running")
        return self._aws

    @property
    def game_server(self) -> GameServer:
        """The user that game servers sign as. Raises LocalError before there is one."""
        if self._game_server is None:
            raise LocalError("the embedded AWS is not running")
        return self._game_server

    @property
    def url(self) -> str:
        """The address of the page that lists the boards. Raises LocalError before anything is served."""
        if self._cloudfront is None:
            raise LocalError("nothing is served yet")
        return self._cloudfront.url

    @property
    def writes_url(self) -> str:
        """Where game servers write: with `host` at the port of the pages, and else the embedded AWS itself."""
        return self.url if self._settings.get("host") else self.aws.endpoint

    def start(self, boards: Sequence[Board], **settings: Unpack[Settings]) -> None:
        """Start the embedded AWS and deploy each board into it, from the files that `generate` makes for the board.

        Raises LocalError.
        """
        self._settings = settings
        region, account = find_region_and_account(boards)
        with self._lock:
            self._raise_if_stopping()
            self._keeper = Keeper(settings, boards[0], self._reporter, self.turn)
            with self._reporter.doing("starting the embedded AWS"):
                self._cloudfront = CloudFront(settings.get("port"), settings.get("host"))
                begins, kept = settings.get("begins"), self._keeper.clock
                self._aws = Emulator(region, account, self._reporter.warn, begins, kept)
            clock = self._aws.clock
            self._cloudfront.serve(self._aws.client("s3"), lambda: clock.now() / 1000)
            self.control.start()
        self._game_server = make_game_server(self.aws.client("iam"))
        self.feeds = LocalFeeds(self.aws, self._keeper, self._game_server, self._reporter.warn)
        if settings.get("host"):
            self._cloudfront.take_calls(WriteDoor(self.aws, self._game_server, self.list_activities_tables).answer)
        for number, board in enumerate(boards, 1):
            with self._reporter.doing(f"deploying {number} of {len(boards)}: {board.name}"):
                taken = self.put(board)
            if why := taken.refusal:
                was = f"{why.name} was {why.stored}, and is {why.own} now"
                self._reporter.say(f"{board.name} begins anew, {taken.again:,} activities counted again: {was}")
        with self._lock:
            self._raise_if_stopping()
            self.feeds.start()
            self._raise_if_stopping()  # what the run before had not sent may not be sent now: its folder still has it
            self._keeper.start(self.aws, lambda: [*self._last.values()])
            self._deployed = True
            for started in self.boards.values():
                started.start()

    def wait_until_answering(self) -> None:
        """Wait until the API of every board answers. Those that do not in the end are `silent` then."""
        self.silent = find_silent(self.boards, self._ask)

    def _ask(self, name: str) -> HttpResponse:
        """What the API of a board answers."""
        assert self._cloudfront
        self._raise_if_stopping()
        path = self.boards[name].api_url.removeprefix(self.url)
        return self._cloudfront.respond("GET", f"{path}/v1/leaderboard", "")

    def rebuild(self, name: str) -> None:
        """Make a snapshot of a board now. Raises FunctionError if the rebuilder fails.

        Where another rebuild is under way it waits: that one may have begun before the last activity was counted.
        """
        functions, rebuilder = self.aws.client("lambda"), self.boards[name].deployment.functions["rebuilder"]
        while "skipped" in invoke(functions, rebuilder, {}):
            time.sleep(0.1)

    def drain(self, name: str, seconds: float = DRAIN_SECONDS) -> None:
        """Wait until every activity that was written to a board is processed or in a dead-letter queue.

        Raises LocalError when that takes longer than `seconds`.
        """
        self.boards[name].drain(self.aws, seconds)

    @contextmanager
    def hold_workers(self) -> Iterator[None]:
        """Let no rebuild and no simulated play begin inside the block; those under way have ended when it begins."""
        with ExitStack() as held:
            for thread in (thread for board in self.boards.values() for thread in board.threads):
                if isinstance(thread, Worker):
                    held.enter_context(thread.turn)
            yield

    @property
    def _rebuilds_here(self) -> bool:
        """Whether a worker rebuilds each board, and not the board's own schedule."""
        return self._settings.get("schedule", "fast") == "fast"

    @property
    def alive(self) -> bool:
        """Whether the embedded AWS still runs."""
        return self._aws is not None and self._aws.running

    def stop(self) -> None:
        """Stop everything; stopping twice does no harm. A `start` that is under way raises LocalError."""
        self.stopping = True
        self._reporter.silence_warnings()
        self._reporter.close()
        if self.feeds:
            self.feeds.stop()
        with self._lock:
            for board in (boards := [*self.boards.values()]):  # one that is being put is among them, or never will be
                board.stop()
            self.control.stop()
            if self._cloudfront:
                self._cloudfront.stop()
        # Without the lock: a board that is being changed needs it to end.
        if self._keeper:
            self._keeper.stop(self.alive)
        with self._lock:
            if self._aws:
                self._aws.stop()
        pipes = self.feeds.pipes if self.feeds else ()
        for thread in (*pipes, *(each for board in boards for each in board.threads)):
            if thread.is_alive():
                thread.join(1)

    def put(self, board: Board) -> TakenUp:
        """Let a board run as it is given: a new one, one that was removed, or another version of one that runs.

        Raises LocalError, or botocore's errors; a board that ran goes on as before.
        """
        assert self._keeper
        assert self.feeds
        old = self.boards.get(board.name)
        feed = self.feeds.put_under(board, old.deployment if old else None)
        resources = self._resources.setdefault(board.name, Resources(self.aws))
        deploy = partial(take_up, self.aws, self._keeper, resources, schedule=not self._rebuilds_here)
        with old.held_still(self.aws) if old else nullcontext():
            try:
                taken = deploy(board)
            except BaseException:
                if old and not self.stopping:
                    self._put_back(old, deploy)
                raise
            self._serve(board, taken.deployment, feed, taken.pending)
        return taken

    def list_activities_tables(self) -> set[str]:
        """The names of the tables that game servers write."""
        return {board.deployment.activities_table for board in self.boards.values()}

    def _put_back(self, old: LocalBoard, deploy: Callable[[Board], TakenUp]) -> None:
        """Let a board run as it did before a change that failed half-way."""
        deployment = old.deployment
        with suppress(LeaderboardsError, BotoCoreError, ClientError):
            deployment = deploy(old.board).deployment
        self._serve(old.board, deployment, old.feed)

    @property
    def first(self) -> Board:
        """A board of the run from its start on, also where that was removed. Raises LocalError before there is one."""
        if not self._last:
            raise LocalError("no board has run yet")
        return next(iter(self._last.values())).board

    def has_run(self, name: str) -> bool:
        """Whether a board of that name runs, or did before it was removed."""
        return name in self._last

    def remove(self, name: str) -> None:
        """Let a board run no more. Its data stays, so that `put` takes it up again."""
        assert self._cloudfront
        old = self.boards[name]
        with old.held_still(self.aws):
            self._cloudfront.remove_site(old.api_url.removeprefix(self.url))
            self.boards = {other: board for other, board in self.boards.items() if other != name}
            self._list_boards()
        self.game_server.detach(old.deployment.producer_policy)
        self._resources[name].remove()

    def _serve(
        self, board: Board, deployment: Deployment, feed: LocalFeed | None, pending: Sequence[dict[str, Any]] = ()
    ) -> None:
        """Serve a board that is deployed, carry its activities, and start what rebuilds it and plays on it."""
        assert self._cloudfront
        self.game_server.attach(deployment.producer_policy)
        warn, ask, see = self._reporter.warn, self.aws.cloudwatch.add_request, self.aws.cloudwatch.add_view
        url = FunctionUrl(self.aws.client("lambda"), deployment.functions["api"], warn, deployment.api.cors, ask)
        site = Site(board.team, board.name, deployment, ApiCache(url, deployment.api), partial(see, board.names.prefix))
        self._cloudfront.add_site(site)  # in the place of the old one, so that no reader comes in between
        if (old := self.boards.get(board.name)) and (path := old.api_url.removeprefix(self.url)) != site.path:
            self._cloudfront.remove_site(path)
        place = Place(board, deployment, self._cloudfront.url + site.path, url, feed)
        share = self._share if self._settings.get("simulate") else None
        made = make_local_board(self.aws, place, warn, share, self._rebuilds_here, self._last.get(board.name))
        if made.own_pipe:
            made.own_pipe.carry(pending)
        with self._lock:
            self._raise_if_stopping()
            self._last[board.name] = made
            self.boards = {**self.boards, board.name: made}
            self._list_boards()
            if self._deployed:
                made.start()

    def _list_boards(self) -> None:
        """Serve the page that lists the boards that run now."""
        assert self._cloudfront
        # Addresses without a host: a container has another one for it.
        pages = {name: f"{one.board.team}/{name}/" for name, one in self.boards.items() if one.page_url}
        files = render_index("Leaderboards on this machine", [one.board for one in self.boards.values()], pages)
        self._cloudfront.index = {name: text.encode() for name, text in files.items()}

    @property
    def is_simulated(self) -> bool:
        """Whether the simulator plays on its boards."""
        return bool(self._settings.get("simulate"))

    def _share(self) -> float:
        """Simulated activities a second of each board."""
        return (self._settings.get("simulate") or 0) / max(1, len(self.boards))

    def _raise_if_stopping(self) -> None:
        if self.stopping:
            raise LocalError("stopped")

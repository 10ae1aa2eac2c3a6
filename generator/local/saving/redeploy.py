"""Lets the boards run as leaderboards.yaml says after each save, and says what became of it.

What is new is made, what changed is changed in place, what is gone runs no more. Data stays: also that of a board that
is gone, until the end of the run. An edit that `generate` refuses is tried all the same, and its class is said: where
data would mean something else, which AWS refuses, the board begins anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from generator import pipeline
from generator.board.board import Board
from generator.board.feed import Feed
from generator.diagnostics import reports
from generator.diagnostics.diagnostic import Diagnostic, any_error
from generator.diagnostics.wording import join_words
from generator.errors import LeaderboardsError, UnreadableError
from generator.local.reporter import Reporter
from generator.local.saving.wording import SavedEdits
from generator.local.stack import Stack
from generator.local.terminal.screen import escape
from generator.pipeline import Selection
from generator.source import inputs

RESTART = "Stop `leaderboards local` and start it again. Until then all boards run as before."


@dataclass(frozen=True)
class Project:
    """The boards that a run was asked for: those of the main file, and of what it includes, that are selected."""

    main: Path
    only: Selection


class Redeployer:
    """Takes up what was saved. `deployed` is called after each change of what runs."""

    def __init__(self, stack: Stack, project: Project, reporter: Reporter, deployed: Callable[[], None]) -> None:
        self._stack = stack
        self._project = project
        self._reporter = reporter
        self._deployed = deployed
        self._wrong = False
        """Whether the files were wrong when they were read last."""
        self._saved = SavedEdits()
        self._failed: set[str] = set()
        """The boards that are not what the files say, because a step failed."""

    def take_up(self) -> None:
        """Read the files and let the boards run as they say. Where something is wrong, all goes on as before."""
        began = time.monotonic()
        try:
            found = inputs.read_files(self._project.main)
        except UnreadableError as error:
            return self._say_wrong([error.diagnostic], {})
        generated = pipeline.validate(found.files, found.main)
        if any_error(generated.diagnostics):
            contents = {found.display_path(file): content for file, content in found.files.items()}
            return self._say_wrong([_shown(found, each) for each in generated.diagnostics], contents)
        boards = [board for board in generated.boards if self._project.only.takes(board)]
        if problem := self._find_problem(boards):
            return self._reporter.say(f"{self._project.main}: {problem} {RESTART}", "yellow")
        running: list[Board | Feed] = [one.board for one in self._stack.boards.values()]
        running += self._running_feeds.values()
        feeds = {board.feed.name: board.feed for board in boards if board.feed}
        self._saved.compare(running, [*feeds.values(), *boards], self._stack.aws.clock.now())
        with self._stack.turn:
            done = self._deploy(boards)
        if self._stack.stopping:
            return None
        if self._wrong:
            self._reporter.say(f"{self._project.main}: nothing is wrong with it any more")
        self._wrong = False
        for text in done.values():
            self._reporter.say(text)
        if done:
            self._deployed()
            seconds, but = time.monotonic() - began, ""
            if self._failed:
                but = f", but for {join_words(sorted(self._failed), 'and')}: save it again to try again"
            self._reporter.say(f"{self._project.main}: taken up in {seconds:.1f} s{but}")
            if stands := self._saved.describe_standing(done):
                self._reporter.say(f"{self._project.main}: {stands}", "yellow")
        if done and not boards:
            self._reporter.say(f"{self._project.main}: has no board any more that this run takes", "yellow")
        return None

    def _say_wrong(self, diagnostics: Sequence[Diagnostic], contents: dict[str, bytes]) -> None:
        self._wrong = True
        text = reports.as_text(diagnostics, contents, colour=self._reporter.coloured).removesuffix("\n")
        self._reporter.say(f"{text}\n{reports.total(diagnostics, 'text')}: all boards run as before", "yellow")

    def _find_problem(self, boards: Sequence[Board]) -> str | None:
        """What a run cannot take up, because all of it stands on that; None if there is no such thing."""
        for name in ("project", "environment", "region", "account_id"):
            # Not that of a board that runs now: all of them may have been removed.
            own = getattr(self._stack.first, name)
            for board in boards:
                if getattr(board, name) != own:
                    word = name.removesuffix("_id")
                    return f"the {word} was {own}, and is now {getattr(board, name)}."
        return None

    def _deploy(self, boards: Sequence[Board]) -> dict[str, str]:
        """Take up each board. Returns what was done to which, in words."""
        names = [board.name for board in boards]
        steps: list[tuple[str, str, Callable[[], str]]] = [
            (name, "removing", partial(self._remove, name)) for name in self._stack.boards if name not in names
        ]
        for feed in {board.feed.name: board.feed for board in boards if board.feed}.values():
            before = self._running_feeds.get(feed.name)
            if before and (before != feed or feed.name in self._failed):
                steps.append((feed.name, "deploying", partial(self._put_feed, feed)))
        for board in boards:
            running = self._stack.boards.get(board.name)
            if running is None or _differ(running.board, board) or board.name in self._failed:
                steps.append((board.name, "deploying", partial(self._put, board)))
        self._failed &= {name for name, _, _ in steps}
        done = {}
        for name, word, do in steps:
            if self._stack.stopping:
                break
            with self._reporter.doing(f"{word} {name}"):
                done[name] = self._try(name, do)
        return done

    @property
    def _running_feeds(self) -> dict[str, Feed]:
        return self._stack.feeds.running if self._stack.feeds else {}

    def _try(self, name: str, do: Callable[[], str]) -> str:
        """Do it, and say how it went and how long it took."""
        began = time.monotonic()
        try:
            text = do()
        except (LeaderboardsError, BotoCoreError, ClientError) as error:
            self._failed.add(name)
            now = "runs as before" if name in self._stack.boards or name in self._running_feeds else "does not run"
            return f"{name}: {now}, because this failed: {escape(str(error))}"
        self._failed.discard(name)
        return f"{name}, {time.monotonic() - began:.1f} s: {text}"

    def _remove(self, name: str) -> str:
        self._stack.remove(name)
        return "runs no more; if you put it back, it goes on from here. AWS keeps it until you destroy its bundle"

    def _put_feed(self, feed: Feed) -> str:
        assert self._stack.feeds
        self._stack.feeds.put(feed)
        return self._saved.describe(feed.name, rebuilds_here=False)

    def _put(self, board: Board) -> str:
        running, had_run = self._stack.boards.get(board.name), self._stack.has_run(board.name)
        taken, became = self._stack.put(board), ""
        if taken.refusal:
            became = f"began anew, with {taken.again:,} of its activities counted again"
        elif running is None:
            at = self._stack.boards[board.name]
            became = f"{'taken up again' if had_run else 'new'}, {at.page_url or at.api_url + '/v1/leaderboard'}"
        rebuilds_here = running is not None and running.rebuilds is not None
        return self._saved.describe(board.name, became, rebuilds_here=rebuilds_here)


def _differ(old: Board, new: Board) -> bool:
    """Whether a board has changed, and not merely something of its feed that is nothing to the board."""
    return old != new and not (old.feed and new.feed and pipeline.bundles([old]) == pipeline.bundles([new]))


def _shown(found: inputs.Inputs, diagnostic: Diagnostic) -> Diagnostic:
    """A diagnostic with its file as the user would write it."""
    return replace(diagnostic, file=found.display_path(diagnostic.file))

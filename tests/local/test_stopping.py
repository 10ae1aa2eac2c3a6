"""A run may end at any moment: whatever another thread has just begun ends too, and nothing that was kept is lost."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

import pytest

from generator.errors import LocalError
from generator.local import stack as stack_module
from generator.local.feeds.running import LocalFeeds
from generator.local.stack import Stack
from tests.support.paths import REPOSITORY
from tests.support.processes import finish, start_python
from tests.support.projects import board_yaml, boards_of, project_yaml


class LockOfAnother:
    """A lock that another thread had, which has put a board before it let go."""

    def __init__(self, put: Any) -> None:
        self._put = put

    def __enter__(self) -> None:
        self._put()

    def __exit__(self, *_: object) -> None:
        pass


def test_a_board_that_is_put_while_the_run_is_stopped_stops_too(monkeypatch: pytest.MonkeyPatch) -> None:
    stack, board = Stack(), Mock(threads=())

    def put() -> None:
        assert stack.stopping
        stack.boards = {"kills": board}

    monkeypatch.setattr(stack, "_lock", LockOfAnother(put))
    stack.stop()
    board.stop.assert_called()


class FeedOfAnother:
    """A feed that runs; whoever looks at it finds that another thread has just added one."""

    def __init__(self, feeds: LocalFeeds) -> None:
        self._feeds = feeds
        self.own = Mock()

    @property
    def pipe(self) -> Any:
        """Its pipe."""
        running = cast("dict[str, Any]", self._feeds._running)
        running[f"feed {len(running)}"] = Mock()
        return self.own


def test_a_feed_that_is_put_while_the_run_is_stopped_does_not_begin() -> None:
    feeds = LocalFeeds(Mock(), Mock(), Mock(), print)
    feeds._running["first"] = first = cast(Any, FeedOfAnother(feeds))
    feeds.stop()
    first.own.stop.assert_called_once_with()
    put = Mock()
    feeds._begin(put)
    put.pipe.start.assert_not_called()


def test_what_the_run_before_had_not_sent_stays_where_this_one_is_stopped_before_it_sends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stack, feeds, keeper, asked = Stack(), Mock(pipes=()), Mock(), threading.Event()
    for name, made in (("Keeper", keeper), ("LocalFeeds", feeds), ("Emulator", Mock()), ("CloudFront", Mock())):
        monkeypatch.setattr(stack_module, name, lambda *_, made=made: made)
    monkeypatch.setattr(stack_module, "make_game_server", Mock())
    monkeypatch.setattr(stack, "put", lambda board: SimpleNamespace(refusal=None))
    stopping = threading.Thread(target=stack.stop)

    def begin() -> None:
        stopping.start()
        assert asked.wait(60)

    feeds.start, feeds.stop = begin, asked.set
    with pytest.raises(LocalError, match="stopped"):
        stack.start(boards_of(project_yaml(board_yaml())))
    stopping.join(60)
    keeper.start.assert_not_called()


SIGNALS = """
import faulthandler, signal, sys
from types import SimpleNamespace
from generator.local import run

def end_at(moment):
    ends, seen = run.hear_signals(), 0
    def look(*_):
        nonlocal seen
        seen += 1
        if seen == moment:
            signal.raise_signal(signal.SIGTERM)
    stack = SimpleNamespace(alive=True, silent={}, stop=lambda: sys.setprofile(None))
    sys.setprofile(look)
    return run._run_until(ends, stack, SimpleNamespace(say=lambda text: None), lambda: None)

faulthandler.dump_traceback_later(60, exit=True)
run.LOOK_SECONDS = 0.001
print(*{end_at(moment) for moment in range(1, 100)})
"""


def test_a_signal_ends_it_whatever_it_is_about_at_the_moment() -> None:
    """A wait that has a lock at some moment is one that a signal's handler must not want."""
    assert finish(start_python("-c", SIGNALS, cwd=REPOSITORY)) == ("None\n", "")

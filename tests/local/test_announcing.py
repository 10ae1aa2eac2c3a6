"""What is said of where the boards are, when a save has changed it."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any, cast

import pytest

from generator.local.announcing import Announcer
from generator.local.reporter import Reporter


class TerminalText(io.StringIO):
    """Text that was written to a terminal."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


def make_board(name: str, page: bool = True) -> Any:
    """A board that runs."""
    url = f"http://h:1/t/{name}"
    return SimpleNamespace(api_url=url, page_url=f"{url}/" if page else None)


def make_announcer(screen: io.StringIO, written: list[int]) -> tuple[Announcer, Any]:
    """An announcer, and the stack of the board `wins` that it tells of. `written` grows with the ready file."""
    stack = SimpleNamespace(url="http://h:1", boards={"wins": make_board("wins")})
    return Announcer(cast(Any, stack), Reporter(screen), lambda: written.append(1)), stack


def test_programs_get_each_new_address_once(capsys: pytest.CaptureFixture[str]) -> None:
    written: list[int] = []
    announcer, stack = make_announcer(io.StringIO(), written)
    announcer.announce((), None)
    announcer.announce_change()
    stack.boards = {"wins": make_board("wins"), "kills": make_board("kills", page=False)}
    announcer.announce_change()
    stack.boards.pop("wins")
    announcer.announce_change()
    assert capsys.readouterr().out == "wins: http://h:1/t/wins/\nkills: http://h:1/t/kills/v1/leaderboard\n"
    assert len(written) == 4


def test_a_person_gets_the_whole_table_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    screen = TerminalText()
    announcer, stack = make_announcer(screen, [])
    # The welcome is not what this is about.
    announcer.announce_change()
    before = len(screen.getvalue())
    stack.boards = {**stack.boards, "kills": make_board("kills")}
    announcer.announce_change()
    said = screen.getvalue()[before:]
    rows = ["  all boards  http://h:1/", "  wins        http://h:1/t/wins/", "  kills       http://h:1/t/kills/"]
    assert [row for row in rows if row in said] == rows
    before = len(screen.getvalue())
    announcer.announce_change()
    assert screen.getvalue()[before:] == ""

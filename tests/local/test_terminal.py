"""On a terminal, lines that change stay below those that stay, whatever is written meanwhile and however wide it is."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from itertools import count

import pytest

from generator.local import reporter
from generator.local.reporter import Reporter
from generator.local.terminal.screen import Line, Screen, cut, measure, pad
from tests.support.terminal import Terminal


@pytest.fixture(autouse=True)
def a_terminal_that_moves_its_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


def make_screen(monkeypatch: pytest.MonkeyPatch, columns: int = 80, rows: int = 24) -> tuple[Screen, Terminal]:
    """A screen and the terminal that it writes to."""
    terminal = Terminal(columns, rows)
    size = property(lambda screen: os.terminal_size((terminal.columns, terminal.rows)))
    monkeypatch.setattr(Screen, "size", size)
    return Screen(terminal), terminal


def test_lines_that_stay_scroll_above_those_that_are_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, terminal = make_screen(monkeypatch)
    screen.write("first")
    screen.draw([Line("a long line, 1 s"), Line("b")])
    screen.write("second\nthird")
    screen.draw([Line("a, 2 s")])
    screen.write("fourth")
    assert terminal.lines == ["first", "second", "third", "fourth", "a, 2 s"]
    screen.draw([])
    assert terminal.lines == ["first", "second", "third", "fourth"]
    screen.draw([Line("last")])
    screen.keep()
    screen.write("below")
    assert terminal.lines == ["first", "second", "third", "fourth", "last", "below"]


def test_a_long_line_is_cut_and_never_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, terminal = make_screen(monkeypatch, columns=20)
    for second in range(3):
        screen.draw([Line("x" * 40), Line(f"日本語日本語日本語日本語 {second}")])
    assert terminal.lines == ["x" * 16 + "...", "日本語日本語日本..."]


def test_a_terminal_that_becomes_narrower_keeps_no_halves_of_old_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, terminal = make_screen(monkeypatch, columns=40)
    screen.write("stays")
    screen.draw([Line("x" * 39), Line("y" * 30)])
    # A window of 20 columns breaks the two lines into four, and leaves the cursor at the end of the last.
    terminal.columns = 20
    terminal._cells = [[*"stays"], ["x"] * 20, ["x"] * 19, ["y"] * 20, ["y"] * 10]
    terminal.row, terminal.column = 4, 10
    screen.draw([Line("x" * 39), Line("y" * 30)])
    assert terminal.lines == ["stays", "x" * 16 + "...", "y" * 16 + "..."]


def test_what_a_player_wrote_moves_no_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, terminal = make_screen(monkeypatch)
    screen.write("a\033[2Jb\rc\x9b31md\ttab\u202eeman")
    screen.draw([Line("one\ntwo\033[5A")])
    assert terminal.lines == ["a\\x1b[2Jb\\rc\\x9b31md\\ttab\\u202eeman", "one\\ntwo\\x1b[5A"]


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb"), ("TERM", "xterm")])
def test_colours_and_moves_are_for_terminals_that_take_them(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    screen, terminal = make_screen(monkeypatch)
    screen.write("warning: x", "yellow")
    screen.draw([Line("now", "bold")])
    assert ("\033[33m" in terminal.sent) == (value == "xterm")
    assert ("now" in terminal.sent) == (value != "dumb")
    assert terminal.lines[0] == "warning: x"
    if value == "dumb":
        assert terminal.sent == "warning: x\n"


def test_only_what_we_say_ourselves_has_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    _, terminal = make_screen(monkeypatch)
    reports = Reporter(terminal)
    reports.say("\033[1;31merror\033[0m\033[2J")
    reports.warn("\033[31mplayer\033[0m")
    assert terminal.lines == ["error\\x1b[2J", "warning: \\x1b[31mplayer\\x1b[0m"]
    assert "\033[1;31merror\033[0m" in terminal.sent
    monkeypatch.setenv("NO_COLOR", "1")
    _, plain = make_screen(monkeypatch)
    assert not Reporter(plain).coloured


def test_a_text_is_measured_in_columns() -> None:
    assert [measure(text) for text in ("abc", "日本", "e\u0301", "\u202ea", "🏆")] == [3, 4, 1, 1, 2]
    assert [cut(text, 5) for text in ("abcde", "abcdef", "日本語", "")] == ["abcde", "ab...", "日...", ""]
    assert cut("abcdef", 2) == ".."
    assert (pad("日本", 6), pad("7", 3, right=True)) == ("日本  ", "  7")


def test_what_is_done_now_is_shown_with_its_seconds_until_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    _, terminal = make_screen(monkeypatch)
    monkeypatch.setattr(reporter, "DRAW_SECONDS", 3600)
    now = 0.0
    monkeypatch.setattr("generator.local.reporter.time.monotonic", lambda: now)
    reports = Reporter(terminal)
    with reports.doing("deploying 1 of 2: kills"):
        now = 12.4
        reports.warn("slow")
        reports.show(lambda columns, lines: [Line(f"{columns} columns")])
        with reports.doing("waiting"):
            assert terminal.lines == ["warning: slow", "80 columns", "deploying 1 of 2: kills, 12 s", "waiting, 0 s"]
    reports.say("ready")
    assert terminal.lines == ["warning: slow", "ready", "80 columns"]
    reports.close()
    reports.say("stopped")
    assert terminal.lines == ["warning: slow", "ready", "80 columns", "stopped"]


def test_the_lines_are_drawn_anew_by_themselves_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    _, terminal = make_screen(monkeypatch)
    monkeypatch.setattr(reporter, "DRAW_SECONDS", 0.001)
    made, drawn, enough, draw = count(1), list[str](), threading.Event(), Screen.draw

    def note(screen: Screen, lines: Sequence[Line]) -> None:
        # What is made is not drawn where the end comes in between.
        draw(screen, lines)
        drawn.append(lines[0].text)
        if len(drawn) == 20:
            enough.set()

    monkeypatch.setattr(Screen, "draw", note)
    reports = Reporter(terminal)
    reports.show(lambda columns, lines: [Line(f"drawn {next(made)}")])
    for number in range(50):
        reports.say(f"line {number}")
    assert enough.wait(60)
    reports.close()
    *said, shown = terminal.lines
    assert said == [f"line {number}" for number in range(50)]
    assert shown == drawn[-1]


def test_elsewhere_a_step_is_a_line_and_nothing_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    reports = Reporter()
    assert not reports.live
    with reports.doing("starting"):
        reports.show(lambda columns, lines: [Line("never")])
        reports.say("fine", "bold")
    reports.close()
    assert capsys.readouterr() == ("", "starting\nfine\n")

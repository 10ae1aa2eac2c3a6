"""A terminal with lines that stay, and below them lines that are drawn anew.

Where the stream is no terminal, or one that cannot move its cursor (`TERM=dumb`), there are only lines that stay.
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Sequence
from typing import Literal, NamedTuple, TextIO

from generator.diagnostics.wording import escape_invisible

Style = Literal["", "bold", "dim", "yellow", "red"]
_CODES = {"bold": "1", "dim": "2", "yellow": "33", "red": "31"}
"""The parameters of ANSI's Select Graphic Rendition (ECMA-48, 8.3.117)."""

_UP, _CLEAR_LINE, _CLEAR_BELOW = "\033[{}A", "\033[K", "\033[J"
_COLOUR = re.compile(r"(\x1b\[[0-9;]*m)")


class Line(NamedTuple):
    """A line to draw, and how."""

    text: str
    style: Style = ""


class Screen:
    """Writes to standard error, or to the stream that is given. It has no lock: one thread may use it at a time."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._given = stream
        self._drawn: list[Line] = []
        self.live = _can_move_cursor(self._stream)
        """Whether lines can be drawn anew. Where not, `draw` does nothing."""
        self.coloured = self.live and not os.environ.get("NO_COLOR")
        """Whether it takes colours (https://no-color.org)."""

    @property
    def _stream(self) -> TextIO:
        # Looked up each time: whoever captures the output of a test puts another stream in its place.
        return self._given or sys.stderr

    @property
    def size(self) -> os.terminal_size:
        """The columns and lines of the terminal, as they are now. A window may have been resized."""
        try:
            size = os.get_terminal_size(self._stream.fileno())
        except (OSError, ValueError):
            size = os.terminal_size((0, 0))
        # A terminal that does not know its size says 0.
        return os.terminal_size((size.columns or 80, size.lines or 24))

    def write(self, text: str, style: Style = "", keep_colours: bool = False) -> None:
        """Write text, of one line or several, that stays. It scrolls up, above what is drawn.

        `keep_colours`: whether the text has colours of our own, so that nobody else can have put them there.
        """
        lines = [Line(escape(line, keep_colours and self.coloured), style) for line in text.split("\n")]
        if not self.live:
            self._send("".join(f"{line.text}\n" for line in lines))
        else:
            self._send(f"{self._back()}{self._render([*lines, *(self._drawn or [Line('')])])}")

    def draw(self, lines: Sequence[Line]) -> None:
        """Draw these lines in place of those that were drawn before. Each is cut to the terminal's width."""
        if self.live and (lines or self._drawn):
            back, columns = self._back(), self.size.columns
            self._drawn = [Line(cut(escape(line.text), columns - 1), line.style) for line in lines]
            self._send(back + self._render(self._drawn))

    def keep(self) -> None:
        """Let what is drawn stay, and go on below it."""
        if self._drawn:
            self._drawn = []
            self._send("\n")

    def _back(self) -> str:
        """What moves the cursor to the first of the drawn lines."""
        columns = self.size.columns
        # A terminal that became narrower has broken each line that no longer fits.
        rows = sum(max(1, -(-measure(line.text) // columns)) for line in self._drawn)
        return "\r" + (_UP.format(rows - 1) if rows > 1 else "")

    def _render(self, lines: Sequence[Line]) -> str:
        return "\n".join(self._paint(line) + _CLEAR_LINE for line in lines) + _CLEAR_BELOW

    def _paint(self, line: Line) -> str:
        return paint(line) if self.coloured else line.text

    def _send(self, text: str) -> None:
        # In one piece, so that a terminal never shows a half of it.
        self._stream.write(text)
        self._stream.flush()


def paint(line: Line) -> str:
    """A line as a terminal that takes colours shows it."""
    return f"\033[{_CODES[line.style]}m{line.text}\033[0m" if line.style else line.text


def escape(text: str, keep_colours: bool = False) -> str:
    """A text with escapes in place of what cannot be seen, such as the characters that a terminal obeys.

    `keep_colours`: but for colours.
    """
    if not keep_colours:
        return escape_invisible(text)
    # Split by colours, every second part is one.
    return "".join(part if index % 2 else escape_invisible(part) for index, part in enumerate(_COLOUR.split(text)))


def measure(text: str) -> int:
    """The columns that a text takes: two for a wide character of East Asia or an emoji, none for a combining mark."""
    return sum(_measure_character(character) for character in text)


def cut(text: str, columns: int) -> str:
    """A text that takes no more than so many columns; `...` stands for what is cut off."""
    if measure(text) <= columns:
        return text
    kept, left = "", columns - 3
    for character in text:
        left -= _measure_character(character)
        if left < 0:
            break
        kept += character
    return f"{kept}..."[: max(0, columns)]


def pad(text: str, columns: int, right: bool = False) -> str:
    """A text with spaces at its end, or before it where it stands to the right, so that it takes so many columns."""
    spaces = " " * (columns - measure(text))
    return spaces + text if right else text + spaces


def _measure_character(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _can_move_cursor(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"

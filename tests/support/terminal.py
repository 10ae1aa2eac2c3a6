"""A terminal to look at what a program draws: it obeys the few control sequences that local mode sends."""

from __future__ import annotations

import io
import re
import unicodedata

_UNFINISHED = re.compile(r"\033(\[[\d;]*)?")
_TOKENS = re.compile(r"\033\[([\d;]*)([AJKm])|(\r)|(\n)|([^\x00-\x1f\x7f-\x9f])")


class Terminal(io.StringIO):
    """A stream that is a terminal of so many columns and rows. `sent` is everything that was written to it."""

    def __init__(self, columns: int = 80, rows: int = 24) -> None:
        super().__init__()
        self.columns, self.rows = columns, rows
        self.sent = self._rest = ""
        self.row = self.column = 0
        self._cells: list[list[str]] = [[]]

    @property
    def lines(self) -> list[str]:
        """Every line from the first on, those that have scrolled away too, without spaces at its end."""
        lines = ["".join(cells).rstrip() for cells in self._cells]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def isatty(self) -> bool:
        """It is one."""
        return True

    def write(self, text: str) -> int:
        """Obey control sequences and show the rest. Fails at any other control character."""
        self.sent += text
        text, position = self._rest + text, 0
        self._rest = ""
        while position < len(text):
            if _UNFINISHED.fullmatch(text, position):
                self._rest = text[position:]
                break
            token = _TOKENS.match(text, position)
            assert token, f"a terminal would obey {text[position : position + 9]!r}"
            position = token.end()
            number, command, back, down, character = token.groups()
            if character:
                self._put(character)
            elif back:
                self.column = 0
            elif down:
                self._go_down()
            else:
                self._obey(command, int(number.partition(";")[0] or 1))
        return len(text)

    def _put(self, character: str) -> None:
        width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if self.column + width > self.columns:
            self._go_down()
        cells = self._cells[self.row]
        cells += [" "] * (self.column + width - len(cells))
        cells[self.column : self.column + width] = [character, ""][:width]
        self.column += width

    def _go_down(self) -> None:
        self.row, self.column = self.row + 1, 0
        if self.row == len(self._cells):
            self._cells.append([])

    def _obey(self, command: str, number: int) -> None:
        if command == "A":
            # The cursor cannot leave the window: what has scrolled away stays.
            self.row = max(self.row - number, len(self._cells) - self.rows, 0)
        elif command in "KJ":
            del self._cells[self.row][self.column :]
            if command == "J":
                del self._cells[self.row + 1 :]

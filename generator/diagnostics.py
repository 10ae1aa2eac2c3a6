"""What is wrong with a file, as data: where, what, and what to write instead.

Everything that a person wrote is hostile here: it is shown through `shown`, so that no character of it reaches a
terminal as a command, and no text is longer than a reader wants.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

_LINE_WIDTH = 110
"""Characters of a source line that are shown at most."""


@dataclass(frozen=True, order=True)
class Diagnostic:
    """One thing that is wrong at one place. Sorts by place."""

    file: str
    """The file's path as the person gave it, with forward slashes."""
    line: int
    """Counted from 1; 0 where the whole file is meant, and then `column` too."""
    column: int
    """In characters, counted from 1."""
    path: str
    """The key's path, such as boards[weekly-kills].top; empty at the top of a file."""
    message: str
    """What is wrong: a sentence without its full stop."""
    hint: str = ""
    """What to write: a sentence with its full stop, or nothing."""
    code: str = ""
    """A short stable name of the rule, for tools."""
    severity: Literal["error", "warning"] = "error"

    @property
    def headline(self) -> str:
        """The diagnostic on one line: `file:line:column: path: message. hint`."""
        place = f"{self.file}:{self.line}:{self.column}: " if self.line else f"{self.file}: "
        warning = "warning: " if self.severity == "warning" else ""
        path = f"{self.path}: " if self.path else ""
        return f"{place}{warning}{path}{self.message}.{' ' if self.hint else ''}{self.hint}"


def unique(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by place, none twice."""
    return tuple(sorted(set(diagnostics)))


def failed(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them is an error."""
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)


def text(diagnostics: Iterable[Diagnostic], files: Mapping[str, bytes], colour: bool = False) -> str:
    """For a person: each headline, then the line it means with a caret under the column.

    `files` has the content of the files by the names that the diagnostics use.
    """
    bold, red, yellow, reset = ("\033[1m", "\033[31m", "\033[33m", "\033[0m") if colour else ("", "", "", "")
    lines: dict[str, list[str]] = {}
    out: list[str] = []
    for diagnostic in diagnostics:
        out.append(f"{bold}{diagnostic.headline}{reset}")
        if not diagnostic.line:
            continue
        if diagnostic.file not in lines:
            content = files.get(diagnostic.file, b"").decode("utf-8-sig", "replace")
            lines[diagnostic.file] = content.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        source = lines[diagnostic.file]
        if diagnostic.line <= len(source):
            line, indent = _excerpt(source[diagnostic.line - 1], diagnostic.column)
            number = str(diagnostic.line)
            caret = (red if diagnostic.severity == "error" else yellow) + "^" + reset
            out.append(f"  {number} | {line}".rstrip())
            out.append(f"  {' ' * len(number)} | {indent}{caret}")
    return "".join(line + "\n" for line in out)


def as_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """For a program: one object each, with the fields of `Diagnostic`."""
    return [dict(vars(diagnostic)) for diagnostic in diagnostics]


def shown(value: str, width: int = 60) -> str:
    """A person's text, safe to print: in double quotes, cut to `width`, invisible characters escaped."""
    cut = value if len(value) <= width else value[: width - 3] + "..."
    return '"' + "".join(_visible(character) for character in cut) + '"'


@lru_cache(maxsize=4096)
def nearest(word: str, choices: tuple[str, ...]) -> str | None:
    """The choice that was probably meant, or None."""
    if len(word) > 64:
        return None
    from difflib import get_close_matches  # only when something is wrong: it costs a start-up 5 ms

    folded = {choice.lower(): choice for choice in reversed(choices)}
    found = get_close_matches(word.lower().strip(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def listed(words: Iterable[str], joint: str = "or") -> str:
    """`a`, `a or b`, `a, b or c`."""
    *start, last = words
    return f"{', '.join(start)} {joint} {last}" if start else last


def counted(number: int, noun: str) -> str:
    """`1 board`, `2 boards`, `1,000 boards`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _visible(character: str) -> str:
    if character.isprintable():
        return "\\" + character if character in '"\\' else character
    code = ord(character)
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character) or (
        f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    )


def _excerpt(line: str, column: int) -> tuple[str, str]:
    """The part of a line around a column, invisible characters replaced one for one, and the space before its caret."""
    start = max(0, min(column - 1 - _LINE_WIDTH // 2, len(line) - _LINE_WIDTH))
    part = line[start : start + _LINE_WIDTH]
    part = "".join(" " if c == "\t" else c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in part)
    before = part[: column - 1 - start].ljust(column - 1 - start)
    indent = " " * len(before)
    if not before.isascii():
        from unicodedata import combining, east_asian_width  # only for such lines

        indent = "".join("" if combining(c) else "  " if east_asian_width(c) in "WF" else " " for c in before)
    return part, indent

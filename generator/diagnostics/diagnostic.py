"""A diagnostic: something wrong with a file, as data. Where it is, what it is, and what to write instead.

What a person wrote may be hostile. A message quotes it with `wording.quote`, so that it cannot command a terminal and
is never longer than a reader wants.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal


@dataclass(frozen=True, order=True)
class Diagnostic:
    """One thing that is wrong at one place. Sorts by place."""

    file: str
    """The file's path as the person gave it, with forward slashes."""
    line: int
    """Counted from 1; 0, like `column`, if the whole file is meant."""
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
        return f"{place}{warning}{path}{self.sentences}"

    @property
    def sentences(self) -> str:
        """What is wrong and what to write."""
        return f"{self.message}.{' ' if self.hint else ''}{self.hint}"


_sort_key = attrgetter("file", "line", "column", "path", "message", "hint", "code", "severity")


def sort_unique(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort diagnostics by place and drop repeated ones."""
    # Sorting by a key is faster than comparing diagnostics, of which there may be hundreds of thousands.
    return tuple(sorted(set(diagnostics), key=_sort_key))


def any_error(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them is an error."""
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)


def keep_first(diagnostics: Sequence[Diagnostic], most: int) -> tuple[Diagnostic, ...]:
    """Keep at most `most` diagnostics, errors before warnings, sorted by place."""
    if len(diagnostics) <= most:
        return tuple(diagnostics)
    errors = [each for each in diagnostics if each.severity == "error"][:most]
    warnings = [each for each in diagnostics if each.severity == "warning"][: most - len(errors)]
    return tuple(sorted((*errors, *warnings)))

"""What is wrong with a file, as data: where, what, and what to write instead.

Everything that a person wrote is hostile here: it is shown through `shown`, so that no character of it reaches a
terminal as a command, and no text is longer than a reader wants.
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
        return f"{place}{warning}{path}{self.sentences}"

    @property
    def sentences(self) -> str:
        """What is wrong and what to write."""
        return f"{self.message}.{' ' if self.hint else ''}{self.hint}"


_in_order = attrgetter("file", "line", "column", "path", "message", "hint", "code", "severity")


def unique(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by place, none twice."""
    # By a key, which is made once for each: there may be hundreds of thousands.
    return tuple(sorted(set(diagnostics), key=_in_order))


def any_error(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them is an error."""
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)


def first(diagnostics: Sequence[Diagnostic], most: int) -> tuple[Diagnostic, ...]:
    """The first so many, in their order; warnings give way to errors."""
    if len(diagnostics) <= most:
        return tuple(diagnostics)
    errors = [each for each in diagnostics if each.severity == "error"][:most]
    warnings = [each for each in diagnostics if each.severity == "warning"][: most - len(errors)]
    return tuple(sorted((*errors, *warnings)))

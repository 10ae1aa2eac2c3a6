"""Writes diagnostics for their readers: a person, a program, GitHub's logs.

A report is bounded, however many mistakes a file has. Nothing that people wrote becomes a command in any format.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from generator.diagnostics.diagnostic import Diagnostic, any_error, keep_first
from generator.diagnostics.wording import escape_invisible, plural, replace_invisible

Style = Literal["text", "json", "github", "sarif"]
"""The formats of a report."""

STYLES: tuple[Style, ...] = ("text", "json", "github", "sarif")

MOST: Mapping[Style, int] = {"text": 100, "github": 100, "json": 5000, "sarif": 5000}
"""Diagnostics that a report has at most. A person reads no more than 100; GitHub keeps 5,000 results of a SARIF file
(GitHub documentation, "SARIF support for code scanning")."""

_LINE_WIDTH = 110
"""Characters of a source line that are shown."""


def as_text(diagnostics: Sequence[Diagnostic], files: Mapping[str, bytes], colour: bool = False) -> str:
    """Write diagnostics for a person: each headline, then its line of the file with a caret under the column.

    `files` has the content of the files by the names that the diagnostics use.
    """
    bold, red, yellow, reset = ("\033[1m", "\033[31m", "\033[33m", "\033[0m") if colour else ("", "", "", "")
    lines: dict[str, list[str]] = {}
    out: list[str] = []
    for diagnostic in keep_first(diagnostics, MOST["text"]):
        out.append(f"{bold}{escape_invisible(diagnostic.headline)}{reset}")
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


def total(diagnostics: Sequence[Diagnostic], style: Style) -> str:
    """Count the errors, or say that the report leaves some out; empty if a reader needs neither."""
    noun = "error" if any_error(diagnostics) else "warning"
    number = plural(sum(each.severity == noun for each in diagnostics), noun)
    if len(diagnostics) > MOST[style]:
        return f"{number}; the first {MOST[style]:,} are reported"
    return number if noun == "error" and style in ("text", "github") else ""


def as_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Write diagnostics for a program: one object each, with the fields of `Diagnostic`."""
    return [dict(vars(diagnostic)) for diagnostic in keep_first(tuple(diagnostics), MOST["json"])]


def as_github(diagnostics: Sequence[Diagnostic]) -> str:
    """Write diagnostics as workflow commands, which GitHub shows beside the lines of a pull request (GitHub
    documentation, "Workflow commands for GitHub Actions")."""
    out = []
    for each in keep_first(diagnostics, MOST["github"]):
        place = {"file": escape_invisible(each.file)}
        if each.line:
            place |= {"line": str(each.line), "col": str(each.column)}
        properties = ",".join(f"{key}={_property(value)}" for key, value in (place | {"title": each.code}).items())
        message = f"{each.path}: {each.sentences}" if each.path else each.sentences
        out.append(f"::{each.severity} {properties}::{_data(escape_invisible(message))}\n")
    return "".join(out)


def _data(text: str) -> str:
    """Escape the text of a workflow command by the rules of @actions/core."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _excerpt(line: str, column: int) -> tuple[str, str]:
    """Cut out the part of a line around a column, safe to print, and make the space before its caret."""
    start = max(0, min(column - 1 - _LINE_WIDTH // 2, len(line) - _LINE_WIDTH))
    part = line[start : start + _LINE_WIDTH]
    part = replace_invisible(part.replace("\t", " "))
    before = part[: column - 1 - start].ljust(column - 1 - start)
    indent = " " * len(before)
    if not before.isascii():
        from unicodedata import combining, east_asian_width  # only for lines that are not ASCII

        indent = "".join("" if combining(c) else "  " if east_asian_width(c) in "WF" else " " for c in before)
    return part, indent

"""What is wrong with the input, written for who reads it: a person, a program, GitHub's logs, a code scanner.

However many mistakes a file has, a report is bounded. What people wrote reaches none of the formats as a command.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from generator.diagnostics.diagnostic import Diagnostic, any_error, first
from generator.diagnostics.wording import escape_invisible, plural, replace_invisible

Style = Literal["text", "json", "github", "sarif"]

STYLES: tuple[Style, ...] = ("text", "json", "github", "sarif")

MOST: Mapping[Style, int] = {"text": 100, "github": 100, "json": 5000, "sarif": 5000}
"""How many diagnostics a report has at most. A person reads no more; of a SARIF file GitHub keeps 5,000 results (GitHub
documentation, "SARIF support for code scanning")."""

_LINE_WIDTH = 110
"""Characters of a source line that are shown at most."""


def text(diagnostics: Sequence[Diagnostic], files: Mapping[str, bytes], colour: bool = False) -> str:
    """For a person: each headline, then the line it means with a caret under the column.

    `files` has the content of the files by the names that the diagnostics use.
    """
    bold, red, yellow, reset = ("\033[1m", "\033[31m", "\033[33m", "\033[0m") if colour else ("", "", "", "")
    lines: dict[str, list[str]] = {}
    out: list[str] = []
    for diagnostic in first(diagnostics, MOST["text"]):
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
    """How many errors there are, for a person, and whether the report leaves some out, for everyone; or nothing."""
    noun = "error" if any_error(diagnostics) else "warning"
    number = plural(sum(each.severity == noun for each in diagnostics), noun)
    if len(diagnostics) > MOST[style]:
        return f"{number}; the first {MOST[style]:,} are reported"
    return number if noun == "error" and style in ("text", "github") else ""


def as_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """For a program: one object each, with the fields of `Diagnostic`."""
    return [dict(vars(diagnostic)) for diagnostic in first(tuple(diagnostics), MOST["json"])]


def github(diagnostics: Sequence[Diagnostic]) -> str:
    """For the log of a GitHub workflow, which shows each beside its line in the pull request: a workflow command each
    (GitHub documentation, "Workflow commands for GitHub Actions")."""
    out = []
    for each in first(diagnostics, MOST["github"]):
        place = {"file": escape_invisible(each.file)}
        if each.line:
            place |= {"line": str(each.line), "col": str(each.column)}
        properties = ",".join(f"{key}={_property(value)}" for key, value in (place | {"title": each.code}).items())
        message = f"{each.path}: {each.sentences}" if each.path else each.sentences
        out.append(f"::{each.severity} {properties}::{_data(escape_invisible(message))}\n")
    return "".join(out)


def _data(text: str) -> str:
    """Text of a workflow command, by the rules of @actions/core."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _excerpt(line: str, column: int) -> tuple[str, str]:
    """The part of a line around a column, invisible characters replaced one for one, and the space before its caret."""
    start = max(0, min(column - 1 - _LINE_WIDTH // 2, len(line) - _LINE_WIDTH))
    part = line[start : start + _LINE_WIDTH]
    part = replace_invisible(part.replace("\t", " "))
    before = part[: column - 1 - start].ljust(column - 1 - start)
    indent = " " * len(before)
    if not before.isascii():
        from unicodedata import combining, east_asian_width  # only for such lines

        indent = "".join("" if combining(c) else "  " if east_asian_width(c) in "WF" else " " for c in before)
    return part, indent

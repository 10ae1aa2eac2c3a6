"""Describes why a file is not YAML, in words for the person who wrote it."""

from __future__ import annotations

import re
from typing import Any

import yaml

from generator.diagnostics.diagnostic import Diagnostic

_LINE_UP = "Line it up with the keys that it belongs to, in steps of two spaces."
_QUOTE = "the text that opens here with a quote does not end"

_WORDS = (
    # Some of the parser's words (libyaml's, then PyYAML's own if they differ), what is wrong, what to write.
    ("entries are not allowed", "a list cannot start here", "Start it on a line of its own, indented."),
    ("could not find expected ':'", "this line has no colon", "Write `key: value`."),
    ("expected ',' or ']'", "the list that opens here with [ does not end", "Close it with ] and put commas between."),
    (
        "expected ',' or '}'",
        "the mapping that opens here with { does not end",
        "Close it with } and put commas between.",
    ),
    ("found unexpected end of stream", _QUOTE, "Close it."),
    ("found unexpected document indicator", _QUOTE, "Close it."),
    ("escape", "this backslash does not start an escape sequence", "Double it, or use single quotes."),
    ("hexdecimal", "this backslash does not start an escape sequence", "Double it, or use single quotes."),
    ("expected '-' indicator", "this line does not fit the list above it", "Start each item with a dash."),
    ("expected key", "this does not fit what stands above it", _LINE_UP),
    ("<block end>", "this does not fit what stands above it", _LINE_UP),
    ("<document start>", "this does not fit what stands above it", _LINE_UP),
    ("alphabetic or numeric", "a value without quotes cannot start with * or &", "Put it in quotes."),
    ("node content", "a value is missing before this", "Put text that starts with this character in quotes."),
)

_AT_CONTEXT = ("expected ',' or", "found unexpected", "could not find expected ':'")
"""Problems that the parser notices late. We report where they begin: at a bracket, a quote or a line."""

_Found = tuple[int, int, str, str]
"""Line, column (both from 1), what is wrong, what to write."""


def describe_syntax_error(file: str, text: str, error: yaml.YAMLError) -> Diagnostic:
    """Describe an error that PyYAML raised on the text of a file."""
    line, column, message, hint = _find_cause(text, error)
    return Diagnostic(file, line, column, "", message, hint, "syntax")


def _find_cause(text: str, error: yaml.YAMLError) -> _Found:
    problem = getattr(error, "problem", None) or ""
    mark: Any = getattr(error, "problem_mark", None)
    context = getattr(error, "context_mark", None)
    if "found unexpected ':'" in problem and mark:
        return mark.line + 1, mark.column + 1, "a value is missing after this colon", "Write a space and the value."
    if context and problem.replace("did not find ", "").startswith(_AT_CONTEXT):
        mark = context
    lines = text.splitlines() or [""]
    # libyaml puts the end of the text on the line below the last one.
    row = min(mark.line, len(lines) - 1) if mark else 0
    column = (mark.column if mark.line == row else len(lines[row])) if mark else 0
    if found := _find_usual_cause(lines, row, problem):
        return found
    if "mapping values are not allowed" in problem and (found := _find_missing_space(lines, row, column)):
        return found
    if "node content" in problem and mark.index >= len(text.rstrip()):
        message, hint = "the file ends inside [ or {", "Close it."
    else:
        message, hint = _describe_problem(problem, lines[row], column)
    return row + 1, column + 1, message, hint


def _find_usual_cause(lines: list[str], row: int, problem: str) -> _Found | None:
    """Find a common mistake on a line or the one above, whatever the parser reports."""
    if re.match("(<<<<<<<|=======|>>>>>>>)( |$)", lines[row]):
        return row + 1, 1, "a merge conflict is left here", "Keep one side, delete the markers."
    if tab := re.match("( *)\t", lines[row]):
        return row + 1, len(tab[1]) + 1, "a tab indents this line", "Indent with spaces."
    if found := _find_odd_space(lines, row):
        return found
    if "node content" in problem or "expected ',' or" in problem:
        return _find_comment(lines, row)
    return None


def _describe_problem(problem: str, line: str, column: int) -> tuple[str, str]:
    """Translate the parser's words: what is wrong at a column of a line, and what to write."""
    if "mapping values are not allowed" in problem:
        if ":" in line[:column]:
            return "this line has a second colon", "Put text that has a colon in quotes."
        return "this key does not fit what stands above it", f"{_LINE_UP} Or a colon is missing above."
    if "cannot start any token" in problem:
        character = line[column : column + 1]
        if character == "\t":
            return "a tab stands here", "Use spaces."
        return f"a value without quotes cannot start with {character}", "Put it in quotes."
    before = line[:column].rstrip()
    if ("expected key" in problem or "<block end>" in problem) and before and before[-1] in "\"']}":
        hint = "Put it inside; an apostrophe is written twice there." if before[-1] == "'" else ""
        return f"text stands behind the closing {before[-1]}", hint or "Put it inside, or delete it."
    for part, message, hint in _WORDS:
        if part in problem:
            return message, hint
    return f"this is not YAML ({problem or 'it cannot be read'})", "Compare it with the lines around it."


def _find_odd_space(lines: list[str], row: int) -> _Found | None:
    """Find a line, this one or the one above, whose indentation has characters that only look like spaces."""
    for index in (row, row - 1):
        if index >= 0 and (match := re.match(r"( *)[\xa0\u2000-\u200b\u202f\u3000]", lines[index])):
            message = f"the invisible character U+{ord(match[0][-1]):04X} indents this line"
            return index + 1, len(match[1]) + 1, message, "Indent with spaces."
    return None


def _find_comment(lines: list[str], row: int) -> _Found | None:
    """Find a # on this line, or on the one above, that turns a closing bracket into a comment."""
    for index in [index for index in range(row, -1, -1) if lines[index].strip()][:2]:
        match = re.search(r"[ \t]#(?=[^ \t])", lines[index])
        before, after = (lines[index][: match.end()], lines[index][match.end() :]) if match else ("", "")
        # Text in quotes may have brackets of its own, and a # that starts no comment.
        if set("[{") & set(before) and set("]}") & set(after) and not set("\"'") & set(before):
            message = "a comment starts here, and a bracket is in it"
            return index + 1, len(before), message, "Put text with a # in quotes."
    return None


def _find_missing_space(lines: list[str], row: int, column: int) -> _Found | None:
    """Find a line just above that lacks a space, so that YAML reads it and this line as one text."""
    if ":" in lines[row][:column]:
        return None
    above = next((index for index in range(row - 1, -1, -1) if lines[index].strip()), None)
    if above is None:
        return None
    if match := re.match(r"( *)-[A-Za-z_]+:( |$)", lines[above]):
        return above + 1, len(match[1]) + 2, "a space is missing after the dash", "Write it as `- key: value`."
    if match := re.match(r"( *(?:- )?[A-Za-z_][A-Za-z0-9_-]*:)[^ /]", lines[above]):
        return above + 1, len(match[1]) + 1, "a space is missing after the colon", "Write it as `key: value`."
    return None

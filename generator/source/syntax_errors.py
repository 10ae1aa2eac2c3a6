"""What libyaml says of a text that is no YAML, in words for the person who wrote it."""

from __future__ import annotations

import re
from typing import Any

import yaml

_LINE_UP = "Line it up with the keys that it belongs to, in steps of two spaces."
_QUOTE = "the text that opens here with a quote does not end"

_WORDS = (
    # Part of the parser's problem (libyaml's words, then PyYAML's own where they differ), what is wrong, what to write.
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
    ("escape", "this backslash is no escape", "Double it, or use single quotes."),
    ("hexdecimal", "this backslash is no escape", "Double it, or use single quotes."),
    ("expected '-' indicator", "this line does not fit the list above it", "Start each item with a dash."),
    ("expected key", "this does not fit what stands above it", _LINE_UP),
    ("<block end>", "this does not fit what stands above it", _LINE_UP),
    ("<document start>", "this does not fit what stands above it", _LINE_UP),
    ("alphabetic or numeric", "a value without quotes cannot start with * or &", "Put it in quotes."),
    ("node content", "a value is missing before this", "Put text that starts with such a character in quotes."),
)

_AT_CONTEXT = ("expected ',' or", "found unexpected", "could not find expected ':'")
"""Problems that are found below what caused them: the opening bracket or quote, or the whole line, is shown."""


def explain(text: str, error: yaml.YAMLError) -> tuple[int, int, str, str]:
    """Line, column (from 1), what is wrong and what to write, for an error that PyYAML raised on this text."""
    problem = getattr(error, "problem", None) or ""
    mark: Any = getattr(error, "problem_mark", None)
    context = getattr(error, "context_mark", None)
    if context and problem.replace("did not find ", "").startswith(_AT_CONTEXT):
        mark = context
    lines = text.splitlines() or [""]
    if "found unexpected ':'" in problem and (colon := getattr(error, "problem_mark", None)):
        return colon.line + 1, colon.column + 1, "a value is missing after this colon", "Write a space and the value."
    # libyaml sees the end of the text below its last line.
    row = min(mark.line, len(lines) - 1) if mark else 0
    column = (mark.column if mark.line == row else len(lines[row])) if mark else 0
    line = lines[row]
    place = row + 1, column + 1
    if re.match("(<<<<<<<|=======|>>>>>>>)( |$)", line):
        return row + 1, 1, "a merge conflict is left here", "Keep one side, delete the markers."
    if tab := re.match("( *)\t", line):
        return row + 1, len(tab[1]) + 1, "a tab indents this line", "Indent with spaces."
    if blank := _blank(lines, row):
        return blank
    if ("node content" in problem or "expected ',' or" in problem) and (comment := _comment(lines, row)):
        return comment
    if "mapping values are not allowed" in problem:
        if ":" in line[:column]:
            return *place, "a second colon here makes no key", "Put text that has a colon in quotes."
        if glued := _glued(lines, row):
            return glued
        return *place, "this key does not fit what stands above it", f"{_LINE_UP} Or a colon is missing above."
    if "node content" in problem and mark.index >= len(text.rstrip()):
        return *place, "the file ends inside [ or {", "Close it."
    if "cannot start any token" in problem:
        character = line[column : column + 1]
        if character == "\t":
            return *place, "a tab stands here", "Use spaces."
        return *place, f"a value without quotes cannot start with {character}", "Put it in quotes."
    if "expected key" in problem or "<block end>" in problem:
        before = line[:column].rstrip()
        if before and before[-1] in "\"']}":
            hint = "Put it inside, or delete it."
            if before[-1] == "'":
                hint = "Put it inside; an apostrophe is written twice there."
            return *place, f"text stands behind the closing {before[-1]}", hint
    for part, message, hint in _WORDS:
        if part in problem:
            return *place, message, hint
    return *place, f"this is not YAML ({problem or 'it cannot be read'})", "Compare it with the lines around it."


def _blank(lines: list[str], row: int) -> tuple[int, int, str, str] | None:
    """A line, this one or the one above, that is indented with what only looks like spaces."""
    for index in (row, row - 1):
        if index >= 0 and (match := re.match(r"( *)[\xa0\u2000-\u200b\u202f\u3000]", lines[index])):
            message = f"the invisible character U+{ord(match[0][-1]):04X} indents this line"
            return index + 1, len(match[1]) + 1, message, "Indent with spaces."
    return None


def _comment(lines: list[str], row: int) -> tuple[int, int, str, str] | None:
    """A # on this line, or on the one above, that makes a comment of a closing bracket."""
    for index in [index for index in range(row, -1, -1) if lines[index].strip()][:2]:
        match = re.search(r"[ \t]#(?=[^ \t])", lines[index])
        before, after = (lines[index][: match.end()], lines[index][match.end() :]) if match else ("", "")
        # What stands in quotes may have brackets of its own, and a # that is none of a comment.
        if set("[{") & set(before) and set("]}") & set(after) and not set("\"'") & set(before):
            message = "a comment starts here, and a bracket is in it"
            return index + 1, len(before), message, "Put text with a # in quotes."
    return None


def _glued(lines: list[str], row: int) -> tuple[int, int, str, str] | None:
    """A line just above on which a space is missing, so that it is text which goes on below."""
    above = next((index for index in range(row - 1, -1, -1) if lines[index].strip()), None)
    if above is None:
        return None
    if match := re.match(r"( *)-[A-Za-z_]+:( |$)", lines[above]):
        return above + 1, len(match[1]) + 2, "a space is missing after the dash", "Write it as `- key: value`."
    if match := re.match(r"( *(?:- )?[A-Za-z_][A-Za-z0-9_-]*:)[^ /]", lines[above]):
        return above + 1, len(match[1]) + 1, "a space is missing after the colon", "Write it as `key: value`."
    return None

"""Reads a project for a command, and reports what is wrong with its files."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from generator import pipeline
from generator.cli.console import say, takes_colours, write
from generator.cli.documents import print_json
from generator.diagnostics import reports, sarif
from generator.diagnostics.diagnostic import Diagnostic, any_error
from generator.diagnostics.reports import Style
from generator.errors import InputError, UnreadableError
from generator.pipeline import Generated
from generator.source import inputs
from generator.source.inputs import Inputs

_QUICK_BYTES = 400_000
"""Bytes of YAML that are read and checked in about a second. For more, say what takes the time."""


def read_inputs(file: Path, style: Style = "text") -> Inputs:
    """Read the main file and what it includes. Raises InputError, reported in that style, if one cannot be read."""
    try:
        found = inputs.read_files(file)
    except UnreadableError as error:
        _fail([error.diagnostic], {}, style)
    if (size := sum(len(data) for name, data in found.files.items() if name not in found.logos)) > _QUICK_BYTES:
        say(f"reading {size / 1e6:,.1f} MB of YAML ...")
    return found


def load_project(file: Path, style: Style = "text") -> tuple[Inputs, Generated, tuple[Diagnostic, ...]]:
    """Read a project's files, its boards, and its warnings. Raises InputError, with every error reported."""
    found = read_inputs(file, style)
    generated = pipeline.validate(found.files, found.main)
    return found, generated, report_diagnostics(generated, found, style)


def report_diagnostics(generated: Generated, found: Inputs, style: Style = "text") -> tuple[Diagnostic, ...]:
    """Print what is wrong with the files. Raises InputError if one diagnostic is an error.

    Returns the warnings, with the paths that the style shows. In the style "json", warnings are only returned: stdout
    takes one document, and the caller puts the warnings into it.
    """
    if not generated.diagnostics:
        return ()
    name = _name_from_here if style in ("github", "sarif") else Inputs.display_path
    diagnostics = tuple(replace(each, file=name(found, each.file)) for each in generated.diagnostics)
    contents = {found.display_path(file): content for file, content in found.files.items()}
    if any_error(diagnostics):
        _fail(diagnostics, contents, style)
    if style != "json":
        print_diagnostics(diagnostics, contents, style)
        if total := reports.total(diagnostics, style):
            say(total)
    return diagnostics


def print_diagnostics(diagnostics: Sequence[Diagnostic], contents: Mapping[str, bytes], style: Style) -> None:
    """Print diagnostics: for a person to stderr, for a program to stdout.

    `contents` has the files by the names that the diagnostics use.
    """
    if style == "text":
        say(reports.as_text(diagnostics, contents, colour=takes_colours(sys.stderr)).removesuffix("\n"))
    elif style == "github":
        write(reports.as_github(diagnostics), end="")
    elif style == "sarif":
        print_json(sarif.as_sarif(diagnostics))
    else:
        more = len(diagnostics) > reports.MOST[style]
        print_json({"diagnostics": reports.as_json(diagnostics), "more": more})


def _name_from_here(found: Inputs, file: str) -> str:
    """A path as a repository's tools want it: relative, if it is below the folder that the command runs in."""
    return found.display_path(file).removeprefix(f"{Path.cwd().as_posix()}/")


def _fail(diagnostics: Sequence[Diagnostic], contents: Mapping[str, bytes], style: Style) -> NoReturn:
    """Print diagnostics, one of which is an error. Raises InputError, which says how many there are."""
    print_diagnostics(diagnostics, contents, style)
    raise InputError(reports.total(diagnostics, style))

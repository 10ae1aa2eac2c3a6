"""Words of `leaderboards status`: spans of time, and how each state looks on a terminal."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from generator.diagnostics.wording import escape_invisible
from generator.local.terminal.screen import Style
from generator.operations.status.fleet import BundleStatus
from generator.operations.status.judging import Problem, State

STYLES: Mapping[State, Style] = {
    "unhealthy": "red",
    "unreadable": "red",
    "not deployed": "yellow",
    "drifted": "yellow",
    "well": "",
}
"""How a line that tells of a state is shown."""

_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"))


def describe_span(seconds: float) -> str:
    """A span of time in one unit, or in two where the second matters: 34 s, 12 min, 3 h 20 min, 2 d 4 h."""
    if seconds < 10:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    if seconds < 120:
        return f"{seconds:.0f} s"
    whole = round(seconds)
    for (size, unit), smaller in zip(_UNITS, (*_UNITS[1:], None), strict=True):
        if whole >= size:
            rest = whole % size // smaller[0] if smaller else 0
            return f"{whole // size:,} {unit}" + (f" {rest} {smaller[1]}" if smaller and rest else "")
    return f"{whole} s"


def complete_command(problem: Problem, options: Sequence[str]) -> str | None:
    """The command to begin with, for the place that was looked at: those of the runbook are for AWS.

    `options`: those by which commands of ours find that place.
    """
    if problem.command is None or not problem.command.startswith("leaderboards ") or not options:
        return problem.command
    return escape_invisible(f"{problem.command} {shlex.join(options)}")


def describe_cause(status: BundleStatus) -> str:
    """What is wrong with a bundle, in a line; empty where it is well."""
    if status.facts is None:
        return escape_invisible(status.failure)
    if not status.facts.is_deployed:
        return f"nothing of it is in {status.bundle.region}"
    return "; ".join(problem.what for problem in status.problems)

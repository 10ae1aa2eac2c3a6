"""Puts what ministack logs of failures into words for a person who runs boards, and says nothing twice."""

from __future__ import annotations

import re

_TIMED_OUT = re.compile(r"Lambda (?P<name>\S+) timed out after (?P<seconds>\d+)s")
_REPEATED = re.compile(r"errorType=Sandbox\.Timedout")
"""Of a function that ran out of time, its event source mapping tells once more."""


def describe_failure(text: str) -> str | None:
    """The failure in words; None where it was told of already."""
    if found := _TIMED_OUT.match(text):
        # Lambda itself would stop it too. What a processor had comes again, and so does the next rebuild.
        name, seconds = found["name"], found["seconds"]
        return f"{name} took more than its {seconds} s, as on a busy machine; it is tried again, and nothing is lost"
    return None if _REPEATED.search(text) else f"embedded AWS: {text}"

"""The boards of the scenarios: one of each kind of aggregate, with several windows."""

from __future__ import annotations

from typing import Any

from tests.runtime.naive_rules import Rules

WINDOWS = (("hour", 0), ("all_time", 0), ("rolling", 2))


def rules(aggregate: str, **changes: Any) -> Rules:
    """A board with several windows; with limits and milestones where `changes` do not take them away."""
    most = None if aggregate == "count" else 100
    given = {"orders": ("descending",), "windows": WINDOWS, "per_minute": 2, "most": most, "milestones": (5, 20)}
    return Rules(aggregate, decimals=0, ties="first", **(given | changes))  # type: ignore[arg-type]


OWN = (("sum", 0), ("best", 1), ("last", 0))

BOARDS = {
    "sum": rules("sum"),
    "count": rules("count", milestones=(2,)),
    "average": rules("average", orders=("descending", "ascending")),
    "best": rules("best", orders=("ascending", "descending"), milestones=(19, 5)),
    "last": rules("last"),
    "best run": rules("best", per_minute=None, milestones=()),
    "each its own": rules("sum", orders=("descending", "ascending", "descending"), own=OWN),
    "last run": rules("last", per_minute=None, milestones=(), orders=("descending", "ascending")),
}
"""A board of each kind. What is played on them gives 6 to 19 points, so that the milestones that are reached do not
depend on the order in which activities come: a board promises no more."""

SPLIT = rules("sum", segments=(("country", "country", ()),), searches=True)
"""A board with a segment and a search by name: a window has several lists."""

UNLIMITED = rules("sum", per_minute=None)
"""A total without a limit: so many activities of one player fit into one minute that a transaction must be split."""

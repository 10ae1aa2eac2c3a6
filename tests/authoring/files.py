"""What the tests of `leaderboards new` share: the head of a file, and what it may change in one."""

from __future__ import annotations

from tests.support.projects import head

MAIN = "leaderboards.yaml"
HEAD = head(teams=("nebula", "quasar"))
"""The keys above the boards, with two teams."""


def is_one_insertion(old: bytes, new: bytes) -> bool:
    """Whether `new` is `old` with something inserted at one place."""
    prefix = next((index for index, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), len(old))
    return len(new) > len(old) and new.endswith(old[prefix:])

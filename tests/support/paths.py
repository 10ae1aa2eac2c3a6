"""Where the tests find the repository and their folders of cases."""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
GOLDEN = REPOSITORY / "tests" / "cases" / "golden"
"""A folder each: leaderboards.yaml and every byte that it becomes."""
ERRORS = REPOSITORY / "tests" / "cases" / "errors"
"""A folder each: a leaderboards.yaml with mistakes, and what `validate` says."""
EXPLAINED = REPOSITORY / "tests" / "cases" / "explained"
"""What `explain` prints of the sample's boards."""

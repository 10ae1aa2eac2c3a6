"""Where the tests find the repository, its sample and their folders of cases."""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SAMPLE = (REPOSITORY / "leaderboards.yaml").read_text(encoding="utf-8")
"""The leaderboards.yaml that comes with the repository."""
GOLDEN = REPOSITORY / "tests" / "cases" / "golden"
"""A folder each: leaderboards.yaml and every byte that it becomes."""
GOLDEN_CASES = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())
ERRORS = REPOSITORY / "tests" / "cases" / "errors"
"""A folder each: a leaderboards.yaml with mistakes, and what `validate` says."""
ERROR_CASES = sorted(path.name for path in ERRORS.iterdir() if path.is_dir())
EXPLAINED = REPOSITORY / "tests" / "cases" / "explained"
"""What `explain` prints of the sample's boards."""

"""What the page weighs."""

import re
from collections.abc import Callable

from tests.support.bundles import generated
from tests.support.paths import GOLDEN, REPOSITORY

BUDGET = 60_000
"""Bytes that the page's HTML, styles and scripts may have together, uncompressed."""


def test_the_page_is_light(record_property: Callable[[str, object], None]) -> None:
    """That of the golden board whose page is the largest. The figure is printed behind the tests."""
    weights: dict[str, dict[str, int]] = {}
    for folder in ("every-feature", "smallest"):
        for path, data in generated(GOLDEN / folder).files.items():
            bundle, dashboard, name = path.rpartition("dashboard/")
            if dashboard and name.endswith((".html", ".css", ".js")):
                weights.setdefault(bundle, {})[name] = len(data)
    largest = max(weights.values(), key=lambda files: sum(files.values()))
    total = sum(largest.values())
    parts = ", ".join(f"{name} {size:,}" for name, size in sorted(largest.items(), key=lambda each: -each[1]))
    record_property("summary", f"page: {total:,} of {BUDGET:,} bytes uncompressed in {len(largest)} files ({parts})")
    assert 10_000 < total < BUDGET


def test_the_page_has_no_text_whose_spaces_count() -> None:
    """Bundles ship it without the spaces before its lines."""
    page = (REPOSITORY / "blueprints" / "standard" / "dashboard" / "index.html.j2").read_text(encoding="utf-8")
    assert not re.search(r"<(pre|textarea)|white-space: *pre", page)
    style = (REPOSITORY / "blueprints" / "standard" / "dashboard" / "style.css").read_text(encoding="utf-8")
    assert not re.search(r"white-space: *pre", style)

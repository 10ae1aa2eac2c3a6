"""docs/alarms.md says of each alarm what its description says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.docs.runbook_page import fill_runbook
from tests.support.paths import REPOSITORY

PAGE = REPOSITORY / "docs" / "alarms.md"


def test_the_page_has_the_runbook_as_it_is(expect: Callable[[Path, str], None]) -> None:
    expect(PAGE, fill_runbook(PAGE.read_text(encoding="utf-8")))

"""Edits of what counts, while a board runs: scores so far mean what they meant, and are told and kept as long."""

from __future__ import annotations

import pytest

from tests.runtime.changed_rules import EDITS
from tests.runtime.world import World

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("edit", EDITS)
def test_what_was_counted_holds(edit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    EDITS[edit](World(), monkeypatch)

"""What each key of a board costs, as docs/cost.md says it."""

from __future__ import annotations

import pytest

from generator.cost import functions
from tests.cost.keys import KEYS, PLAYERS, count, make_table
from tests.support.paths import REPOSITORY


def test_the_table_is_what_was_counted() -> None:
    assert make_table() in (REPOSITORY / "docs" / "cost.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", KEYS)
def test_what_was_counted_is_what_is_estimated(key: str) -> None:
    for config in KEYS[key]:
        cost = count(config)
        assert cost.writes == functions.count_write_units(config)
        names = functions.count_name_files(config, PLAYERS)
        assert cost.objects == functions.count_files(PLAYERS, len(config.segments)) + names

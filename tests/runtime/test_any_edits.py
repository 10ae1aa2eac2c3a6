"""Whatever is edited while a board runs, each activity counts where a naive list of windows says, and is ranked."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runtime.any_edits import live
from tests.support.effort import examples


@pytest.mark.usefixtures("one_thread")
@examples(12)
@given(st.integers(0, 2**32))
def test_whatever_is_edited_all_that_counts_is_ranked_where_it_belongs(seed: int) -> None:
    live(Random(seed))

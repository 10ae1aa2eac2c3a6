"""Each mistake that somebody could make is found. Where none is made, the same proofs are tests that find nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.mistakes.found_by import FOUND_BY
from tests.mistakes.making import Edit, Mistake, make


@pytest.mark.parametrize(("mistake", "prove"), FOUND_BY)
def test_a_mistake_is_found(mistake: Mistake, prove: Callable[[], str | None]) -> None:
    with make(mistake):
        assert prove() is not None, f"nothing finds that {mistake.name}"


def test_an_edit_that_no_longer_fits_is_an_error() -> None:
    gone = Mistake("nothing", (Edit("runtime.domain.ranking:rank_keys", "no such text", ""),))
    with pytest.raises(ValueError, match="rank_keys has 0 times: no such text"), make(gone):
        pass

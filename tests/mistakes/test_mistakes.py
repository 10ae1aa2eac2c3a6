"""Each mistake that somebody could make is found. Where none is made, the same proofs are tests that find nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.mistakes import proofs
from tests.mistakes.found_by import FOUND_BY
from tests.mistakes.making import Edit, Mistake, make


@pytest.mark.parametrize(("mistake", "prove"), FOUND_BY)
def test_a_mistake_is_found(mistake: Mistake, prove: Callable[[], str | None]) -> None:
    with make(mistake):
        assert prove() is not None, f"nothing finds that {mistake.name}"


@pytest.mark.parametrize(
    "prove",
    [
        *(proofs.compare_days, proofs.write_over, proofs.come_late, proofs.open_by_two, proofs.sort_windows),
        proofs.assemble_bases,
    ],
)
def test_nothing_is_found_where_no_mistake_is_made(prove: Callable[[], str | None]) -> None:
    assert prove() is None


def test_an_edit_that_no_longer_fits_is_an_error() -> None:
    gone = Mistake("nothing", (Edit("runtime.domain.ranking:rank_keys", "no such text", ""),))
    with pytest.raises(ValueError, match="rank_keys has 0 times: no such text"), make(gone):
        pass

"""The name that was probably meant, among a few and among many."""

from __future__ import annotations

import pytest

from generator.diagnostics.nearest import KnownNames, nearest


@pytest.mark.parametrize(
    ("word", "meant"),
    [("scorng", "scoring"), ("SCORING", "scoring"), ("widnow", "window"), ("colour", None), ("", None)],
)
def test_among_a_few(word: str, meant: str | None) -> None:
    assert nearest(word, ("scoring", "window", "top")) == meant
    assert KnownNames(("scoring", "window", "top")).nearest(word) == meant


def test_among_many_only_one_slip_is_forgiven() -> None:
    names = KnownNames(f"board-{number}-of-many" for number in range(1000))
    assert "board-77-of-many" in names
    assert names.nearest("board-77-of-many") == "board-77-of-many"
    assert names.nearest("bord-77-of-many") == "board-77-of-many"
    assert names.nearest("board-77-fo-many") == "board-77-of-many"
    assert names.nearest("Board-777-of-manyy") == "board-777-of-many"
    assert names.nearest("something-else") is None
    assert names.nearest("x" * 100_000) is None

"""Finds the name that was probably meant, among a few or among tens of thousands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache

_LONGEST = 64
"""Characters of the longest name that is compared."""

_FEW = 100
"""Up to this many names, each is compared with the word."""

_MANY = 10_000
"""Names that the table of slips holds at most: the first ones, because more would make it too large."""


@lru_cache(maxsize=4096)
def nearest(word: str, choices: tuple[str, ...], least: float = 0.6) -> str | None:
    """Find the choice that is most similar to a word; None if none is. `least`: difflib's ratio, 1 for equal ones."""
    if len(word) > _LONGEST:
        return None
    from difflib import get_close_matches  # imported only if something is wrong: it takes 5 ms

    folded = {choice.lower(): choice for choice in reversed(choices)}
    found = get_close_matches(word.lower().strip(), folded, n=1, cutoff=least)
    return folded[found[0]] if found else None


class KnownNames:
    """The names that exist: of teams, of boards, of zones."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = dict.fromkeys(names)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def nearest(self, word: str) -> str | None:
        """Find the most similar name; None if none is similar. Among many names, find one that differs by one slip."""
        if len(self._names) <= _FEW:
            return nearest(word, tuple(self._names))
        if len(word) > _LONGEST:
            return None
        return next((self._by_slip[slip] for slip in _make_slips(word) if slip in self._by_slip), None)

    @cached_property
    def _by_slip(self) -> dict[str, str]:
        """The names by every word that `_make_slips` makes of them."""
        found: dict[str, str] = {}
        for name in list(self._names)[:_MANY]:
            for slip in _make_slips(name) if len(name) <= _LONGEST else ():
                found.setdefault(slip, name)
        return found


def _make_slips(word: str) -> Iterator[str]:
    """Yield the word, then the word without its first character, without its second, and so on. Two words that differ
    by one slip have one of these in common."""
    folded = word.lower().strip()
    yield folded
    yield from (folded[:index] + folded[index + 1 :] for index in range(len(folded)))

"""Many names, and the one of them that was probably meant: of teams or boards there may be tens of thousands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache


@lru_cache(maxsize=4096)
def nearest(word: str, choices: tuple[str, ...]) -> str | None:
    """The choice that was probably meant, or None."""
    if len(word) > 64:
        return None
    from difflib import get_close_matches  # only when something is wrong: it costs a start-up 5 ms

    folded = {choice.lower(): choice for choice in reversed(choices)}
    found = get_close_matches(word.lower().strip(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


_FEW = 100
"""Up to so many names, each is compared with the word."""

_MANY = 10_000
"""Names that are looked among; the table of them would grow too large."""

_LONGEST = 64


class Names:
    """Names of one kind."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = dict.fromkeys(names)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def nearest(self, word: str) -> str | None:
        """The name that was probably meant, or None; among many names only one that a single slip has changed."""
        if len(self._names) <= _FEW:
            return nearest(word, tuple(self._names))
        if len(word) > _LONGEST:
            return None
        return next((self._slips[slip] for slip in _slips(word) if slip in self._slips), None)

    @cached_property
    def _slips(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in list(self._names)[:_MANY]:
            for slip in _slips(name) if len(name) <= _LONGEST else ():
                found.setdefault(slip, name)
        return found


def _slips(word: str) -> Iterator[str]:
    """The word, and the word without each of its characters: two words that one slip parts have one in common."""
    folded = word.lower().strip()
    yield folded
    yield from (folded[:index] + folded[index + 1 :] for index in range(len(folded)))

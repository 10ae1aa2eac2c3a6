"""Many names, and the one of them that was probably meant: of teams or boards there may be tens of thousands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from generator.diagnostics import nearest

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

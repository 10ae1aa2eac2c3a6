"""Folding: one spelling for all display names that a person would type alike, for the search by name.

The search compares what this makes of the names and of the text that is searched. "OZIL", "Özil" and "ozil" are one.
"""

from __future__ import annotations

import re
import unicodedata

from runtime.domain.texts.visibility import drop_invisible

MAX_NAME = 64
"""The most characters of a text that is searched: those of a display name."""
MAX_FOLDED = 3 * MAX_NAME
"""The most characters of a folded name: a Hangul syllable becomes three letters. What is behind them is cut off, so
that no name of ligatures, one of which becomes 18 letters, makes files large."""
VERSION = 1
"""Raised when names are folded in another way: each window's ranks then get a new index.

A newer Python needs none. It folds all characters that its Unicode had before alike: their decompositions and case
foldings never change (Unicode, "Character Encoding Stability Policies"). A name with characters that it adds is found
once the player's entry changes, or the window gets a new base.
"""

_MARKS = re.compile("[\u0300-\u036f]")
"""Marks over, under and through letters, apart from the letters that they stand on. Those of scripts whose vowels are
marks have other ranges, and stay."""
_LETTERS = str.maketrans(
    {"æ": "ae", "ð": "d", "đ": "d", "ħ": "h", "ı": "i", "ł": "l", "ø": "o", "œ": "oe", "þ": "th", "ŧ": "t"}
)
"""Letters that Unicode does not decompose, and what people type for them."""


def fold(name: str) -> str:
    """Make the text by which a name is found: without case, accents, width, and characters that nobody sees.

    Letters stay decomposed, so that the beginning of a Hangul syllable finds it. A name of nothing but accents keeps
    them, so only a text that cannot be seen becomes an empty one.
    """
    if name.isascii() and name.isprintable():
        # Most names are, and a rebuild folds all of them.
        return " ".join(name.lower().split())
    spelled = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name)[: 2 * MAX_FOLDED].casefold())
    plain = drop_invisible(_MARKS.sub("", spelled).translate(_LETTERS))
    return (plain or drop_invisible(spelled))[:MAX_FOLDED].rstrip()

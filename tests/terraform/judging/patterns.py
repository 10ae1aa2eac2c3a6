"""Translates the regular expressions of AWS's service models, which are Java's, into Python's.

A model's pattern holds for the whole text: AWS answers "Member must satisfy regular expression pattern" where a part
of it matches and the rest does not.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

UNTRANSLATABLE: dict[str, str] = {"\\p{Print}+": "the name of a scaling policy, which no bundle has"}
"""Patterns that are not judged, each with the reason."""

_CATEGORY = re.compile(r"\\p\{(\w+)\}")
_SURROGATES = (r"\uD800\uDC00-\uDBFF\uDFFF", "\U00010000-\U0010ffff")
"""In Java's UTF-16 these four are two characters with a range between them: all beyond the first plane."""


class UntranslatableError(ValueError):
    """A pattern that Python cannot compile, and that UNTRANSLATABLE does not name."""


@cache
def compile_pattern(pattern: str) -> re.Pattern[str] | None:
    """Compile a model's pattern; None if it is listed as untranslatable. Raises UntranslatableError for any other."""
    if pattern in UNTRANSLATABLE:
        return None
    text = pattern.replace(*_SURROGATES)
    # In Java a hyphen behind a class such as \w stands for itself.
    text = re.sub(r"(\\[wdsWDS])-(?=[^\]])", r"\1\\-", text)
    text = _CATEGORY.sub(lambda match: _list_characters(match[1]), text)
    try:
        # Java's \w, \d and \s are ASCII.
        return re.compile(text, re.ASCII)
    except re.error as error:
        raise UntranslatableError(f"{pattern}: {error}") from None


def matches(pattern: str, text: str) -> bool:
    """Whether a whole text matches a model's pattern; true if the pattern cannot be judged."""
    compiled = compile_pattern(pattern)
    return compiled is None or compiled.fullmatch(text) is not None


@cache
def _list_characters(category: str) -> str:
    r"""The characters of a Unicode category (the L of \p{L}) as ranges inside of a class."""
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)).startswith(category):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)

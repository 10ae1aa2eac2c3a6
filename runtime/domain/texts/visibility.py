"""Which characters a person can see, by ranges that no version of Python or of Unicode changes.

Two functions of different Python versions, and a validator of the activity schema, must judge a name alike. So the
ranges stand here instead of in `unicodedata`. They are: White_Space, the control characters, and
Default_Ignorable_Code_Point (Unicode 14, PropList.txt and DerivedCoreProperties.txt), which holds the fillers, joiners,
variation selectors, tags and marks of direction; then the format characters of annotations and of hieroglyphs, the
Khitan filler, the empty braille cell and the empty note, whose glyphs are blank. A combining mark on its own is drawn,
so it can be seen.
"""

from __future__ import annotations

import re

CONTROLS = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
"""Control characters and separators of lines, as the inside of a regular expression's brackets."""

INVISIBLE = (
    r"\u0000-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    r"\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
"""Characters of the Basic Multilingual Plane that cannot be seen, in the same form. The escapes mean the same to
JavaScript, whose patterns have no common way to write a character of the other planes."""

_INVISIBLE_BEYOND = (
    r"\U00013430-\U0001343f\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_VISIBLE = re.compile(f"[^{INVISIBLE}{_INVISIBLE_BEYOND}\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
_INVISIBLE = re.compile(f"(?! )[{INVISIBLE}{_INVISIBLE_BEYOND}\ud800-\udfff]")
_CONTROL = re.compile(f"[{CONTROLS}\ud800-\udfff]")


def can_be_seen(text: str) -> bool:
    """Whether at least one character of a text can be seen."""
    return _VISIBLE.search(text) is not None


def has_controls(text: str) -> bool:
    """Whether a text has control characters, separators of lines, or halves of surrogate pairs."""
    return _CONTROL.search(text) is not None


def is_seen_line(text: str) -> bool:
    """Whether a text can be seen and is one line: without controls."""
    if text.isascii() and text.isprintable():
        # Most texts are, and the processor asks for each activity.
        return bool(text) and not text.isspace()
    return can_be_seen(text) and not has_controls(text)


def drop_invisible(text: str) -> str:
    """A text without the characters that cannot be seen, and with one space for any that are between others."""
    return " ".join(_INVISIBLE.sub("", _SPACE.sub(" ", text)).split())

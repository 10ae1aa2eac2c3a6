"""Reads the page's scripts and styles as a bundle ships them: without the comments, which are a third of them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_COMMENTS = {
    ".js": re.compile(r"^[ \t]*(//.*|/\*\*?[^\0]*?\*/)\n", re.MULTILINE),
    ".css": re.compile(r"^[ \t]*/\*[^\0]*?\*/\n", re.MULTILINE),
}
"""By ending: comments that have lines of their own. Beside code one stays, so that no code has to be understood."""


@cache
def read_page_file(path: Path) -> str:
    """The text of a script or style as it is shipped; that of another file as it is."""
    text = path.read_text(encoding="utf-8")
    comments = _COMMENTS.get(path.suffix)
    return comments.sub("", text) if comments else text

"""Documents on stdout for other programs: JSON, XML, Markdown.

Where stdout is not UTF-8, as with `> FILE` on Windows, a document is ASCII, with everything else as the format's own
escapes: so the file is what its readers expect, whatever the character set.
"""

from __future__ import annotations

import codecs
import json
import re
import sys
from typing import Any

from generator.cli.console import write


def print_json(document: dict[str, Any]) -> None:
    """Print a document as JSON."""
    print_json_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def print_json_text(text: str) -> None:
    """Print text that is JSON already. Whatever cannot be seen is escaped, which JSON allows in strings alone; outside
    them it has nothing to escape."""
    utf8 = _is_utf8()

    def escape(match: re.Match[str]) -> str:
        character = match[0]
        return character if utf8 and character.isprintable() else json.dumps(character)[1:-1]

    write(re.sub(r"[^\n -~]", escape, text), end="")


def print_markup(text: str) -> None:
    """Print XML or Markdown."""
    write(text if _is_utf8() else text.encode("ascii", "xmlcharrefreplace").decode("ascii"), end="")


def _is_utf8() -> bool:
    encoding = sys.stdout.encoding
    return encoding is None or codecs.lookup(encoding).name == "utf-8"

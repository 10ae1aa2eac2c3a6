"""Prints documents for other programs: JSON, XML, Markdown.

If stdout is not UTF-8, as with `> FILE` on Windows, a document is pure ASCII and uses the format's own escapes for
everything else. So it is valid for its readers, which expect UTF-8.
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
    """Print text that is JSON already, with invisible characters escaped: valid JSON has them only in strings."""
    utf8 = _is_utf8()
    write(re.sub(r"[^\n -~]", lambda found: _escape_for_json(found[0], utf8), text), end="")


def print_markup(text: str) -> None:
    """Print XML or Markdown."""
    write(text if _is_utf8() else text.encode("ascii", "xmlcharrefreplace").decode("ascii"), end="")


def _escape_for_json(character: str, utf8: bool) -> str:
    return character if utf8 and character.isprintable() else json.dumps(character)[1:-1]


def _is_utf8() -> bool:
    encoding = sys.stdout.encoding
    return encoding is None or codecs.lookup(encoding).name == "utf-8"

"""How text and numbers are shown to a person: quoted, escaped, counted, joined."""

from __future__ import annotations

from collections.abc import Iterable


def quote(value: str, width: int = 60) -> str:
    """A person's text, safe to print: in double quotes, cut to `width`, invisible characters escaped."""
    cut = value if len(value) <= width else value[: width - 3] + "..."
    return '"' + "".join("\\" + c if c in '"\\' else c if c.isprintable() else escape_character(c) for c in cut) + '"'


def escape_invisible(text: str) -> str:
    """A line that is safe to print: what cannot be seen, such as a file's name may have, is escaped."""
    return text if text.isprintable() else "".join(c if c.isprintable() else escape_character(c) for c in text)


def join_words(words: Iterable[str], joint: str = "or") -> str:
    """`a`, `a or b`, `a, b or c`."""
    *start, last = words
    return f"{', '.join(start)} {joint} {last}" if start else last


def plural(number: int, noun: str) -> str:
    """`1 board`, `2 boards`, `1,000 boards`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def escape_character(character: str) -> str:
    """A character that cannot be seen, as YAML would write it between double quotes."""
    code = ord(character)
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character) or (
        f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    )

"""Puts text and numbers into words for a person: quotes, escapes, plurals, lists. The result is safe to print."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def escape_character(character: str) -> str:
    """Escape a character that cannot be seen, as YAML would write it between double quotes."""
    code = ord(character)
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character) or (
        f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    )


def escape_invisible(text: str, escape: Callable[[str], str] = escape_character) -> str:
    """Make a line safe to print by escaping each character that cannot be seen; a file's name may have some."""
    return text if text.isprintable() else "".join(c if c.isprintable() else escape(c) for c in text)


def replace_invisible(text: str, instead: str = "\N{REPLACEMENT CHARACTER}") -> str:
    """Make a line safe to print without changing its length: replace each character that cannot be seen."""
    return escape_invisible(text, lambda _: instead)


def quote(value: str, width: int = 60) -> str:
    """A person's text, safe to print: in double quotes, cut to `width`, invisible characters escaped."""
    cut = value if len(value) <= width else value[: width - 3] + "..."
    return '"' + escape_invisible(cut.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def join_words(words: Iterable[str], joint: str = "or") -> str:
    """Words as a list in a sentence: `a`, `a or b`, `a, b or c`."""
    *start, last = words
    return f"{', '.join(start)} {joint} {last}" if start else last


def plural(number: int, noun: str) -> str:
    """A number of things: `1 board`, `2 boards`, `1,000 boards`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

"""Text and numbers in words for a person: quoted, escaped, counted, joined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.diagnostics.wording import escape_invisible, join_words, plural, quote, replace_invisible


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("kills", '"kills"'),
        ('say "hi"', '"say \\"hi\\""'),
        ("a\\b", '"a\\\\b"'),
        ("a\n\x1b\u202e\U000e0041", '"a\\n\\x1b\\u202e\\U000e0041"'),
        ("x" * 61, f'"{"x" * 57}..."'),
    ],
)
def test_quotes(text: str, quoted: str) -> None:
    assert quote(text) == quoted


@given(st.text(st.characters(), max_size=20))
def test_what_cannot_be_seen_is_not_printed(text: str) -> None:
    assert quote(text).isprintable()
    assert escape_invisible(text).isprintable()
    assert replace_invisible(text).isprintable()
    assert len(replace_invisible(text)) == len(text)


def test_counts_and_lists() -> None:
    assert [plural(number, "board") for number in (0, 1, 1000)] == ["0 boards", "1 board", "1,000 boards"]
    assert [join_words("abc"[:number]) for number in (1, 2, 3)] == ["a", "a or b", "a, b or c"]
    assert join_words("ab", "and") == "a and b"

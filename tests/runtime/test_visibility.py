"""The fixed ranges of what cannot be seen, against what this Python knows of Unicode."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.domain.texts.visibility import can_be_seen, has_controls, is_seen_line

DRAWN = {*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD}
"""Format characters that are signs drawn around digits or letters."""


@pytest.mark.parametrize("category", ["Cc", "Cs", "Cf", "Zs", "Zl", "Zp"])
def test_no_control_format_or_space_can_be_seen(category: str) -> None:
    seen = {code for code in range(0x110000) if unicodedata.category(chr(code)) == category and can_be_seen(chr(code))}
    assert seen == (DRAWN if category == "Cf" else set())


def test_letters_digits_and_signs_can_be_seen() -> None:
    hidden = {
        code for code in range(0x110000) if unicodedata.category(chr(code))[0] in "LNPS" and not can_be_seen(chr(code))
    }
    assert hidden == {0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0, 0x1D159}


def test_controls_are_those_of_unicode() -> None:
    controls = {code for code in range(0x110000) if has_controls(chr(code))}
    assert controls == {code for code in range(0x110000) if unicodedata.category(chr(code)) in ("Cc", "Cs", "Zl", "Zp")}


@given(st.text(st.characters(max_codepoint=0x200F)))
def test_a_line_that_is_seen_has_what_can_be_seen_and_no_controls(text: str) -> None:
    assert is_seen_line(text) == (can_be_seen(text) and not has_controls(text))

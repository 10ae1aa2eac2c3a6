"""The types of texts that players read, such as a board's title, and of paths of pictures that they see."""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from generator.diagnostics.wording import escape_character
from generator.spec.values import show_pattern, value_error
from runtime.domain.texts.visibility import CONTROLS, INVISIBLE, can_be_seen

_HIDDEN = (
    # spaces other than the usual one, and blank letters that pass for spaces
    rf"{CONTROLS}\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000"
    # what splits words and moves lines, without the joiners, which shape Persian, Hindi and emoji
    r"\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"
    # what nobody can display: private use and noncharacters
    r"\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff"
)
"""Characters that can only hide something, as the inside of a regular expression's brackets. The ranges are fixed, so
that the same file is valid on every Python."""
_HIDDEN_BEYOND = r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U0010ffff"
_HIDES = re.compile(f"[{_HIDDEN}{_HIDDEN_BEYOND}\ud800-\udfff]")


def _check_visible(value: str) -> str:
    if not can_be_seen(value):
        raise value_error("visible", "has nothing that can be seen", "Write a text that players can read.")
    hidden = _HIDES.search(value)
    if hidden:
        message = f"has a character that cannot be seen, {escape_character(hidden[0])}"
        raise value_error("visible", message, "Leave it out: the text must be visible, on one line.")
    return value


def _check_picture(value: str) -> str:
    path = _check_visible(value)
    if "\\" in path:
        raise value_error("path", "must be a path with forward slashes", "Write / between folders, on Windows too.")
    if "//" in path or ":" in path or path.startswith(("/", "~")):
        message = "must be the path of a file of the project, from the folder of this YAML file"
        raise value_error("path", message, "The page loads nothing from elsewhere. Put the file beside this one.")
    return path


CHECK_VISIBLE = AfterValidator(_check_visible)
"""Refuses a text with characters that cannot be seen."""
SHOW_VISIBLE = show_pattern(rf"^(?=.*[^{INVISIBLE}])[^{_HIDDEN}]*$", "must be visible text on one line")
"""Says so in the JSON Schema."""

Text = Annotated[str, StringConstraints(max_length=100), CHECK_VISIBLE, SHOW_VISIBLE]
PicturePath = Annotated[
    str,
    StringConstraints(max_length=200),
    AfterValidator(_check_picture),
    show_pattern(
        rf"^(?![/~])(?!.*(//|[:\\\\]))(?=.*[^{INVISIBLE}])[^{_HIDDEN}]*$",
        "must be a path with forward slashes, from the folder of this file",
    ),
]

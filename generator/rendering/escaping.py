"""Escapes text for the language it is put into: HCL, JSON, HTML, Markdown, a shell. There it never becomes code."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from markupsafe import Markup

_HCL = re.compile(
    r'[\\"]'  # ends the quotes, or escapes what follows
    r"|[$%](?=\{)"  # opens a template
    # invisible
    "|[\x00-\x1f\x7f-\xa0\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_HCL_NAMED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "$": "$$", "%": "%%"}
# A key that may stand without quotes. `for` would begin a loop, and not every reader takes the words of templates for
# names; the other words are values.
_HCL_IDENTIFIER = re.compile(r"(?!(?:for|endfor|in|if|else|endif|true|false|null)$)[A-Za-z_][A-Za-z0-9_]*")
_DELETE = "\x7f"
"""The only invisible character of ASCII that JSON leaves as it is."""
# Control characters, marks of direction, separators of lines, noncharacters, and halves of surrogate pairs.
_INVISIBLE_BEYOND_ASCII = "\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff"
_INVISIBLE = re.compile(f"[\x00-\x1f{_INVISIBLE_BEYOND_ASCII}]")
_INVISIBLE_IN_JSON = re.compile(f"[{_INVISIBLE_BEYOND_ASCII}]")
"""Without the control characters of ASCII, which `json` escapes itself."""
_SCRIPT = re.compile("[<>&\u2028\u2029\ud800-\udfff]")
_NESTED = (dict, list, tuple)
_encode = json.JSONEncoder(ensure_ascii=False).encode
_MARKDOWN = re.compile(r"[!#$&()*+:<=>\[\\\]^_`{|}~]|^-|(?<=\bwww)\.|(?<=^\d)\.|(?<=^\d\d)\.", re.IGNORECASE)
_REPLACEMENT = 0xFFFD
_REPEATED = 1024
"""Texts that are kept escaped: the bundles of one team have most of theirs in common."""


def to_hcl(value: object) -> str:
    """Write a value as HCL on one line: text as a quoted literal, a mapping as an object.

    Raises TypeError for a value that is not a text, boolean, whole number, list or mapping.
    """
    if isinstance(value, str):
        return _quote_hcl(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(to_hcl(item) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_to_hcl_key(key)} = {to_hcl(item)}" for key, item in value.items()) + " }"
    raise TypeError(f"no HCL for {type(value).__name__}")


@lru_cache(maxsize=_REPEATED)
def _quote_hcl(value: str) -> str:
    return '"' + _HCL.sub(_escape_hcl, value) + '"'


def to_hcl_entries(mapping: Mapping[str, object], indent: int) -> str:
    """Write a mapping's entries as `terraform fmt` aligns them, one a line; all lines but the first are indented."""
    keys = {key: _to_hcl_key(key) for key in mapping}
    width = max((len(key) for key in keys.values()), default=0)
    return ("\n" + " " * indent).join(f"{keys[key].ljust(width)} = {to_hcl(value)}" for key, value in mapping.items())


def to_json_line(value: Any) -> str:
    """Write JSON on one line. A text is valid as a double-quoted scalar in YAML too."""
    return escape_in_json(_encode(value))


def to_json_file(value: Any, sort_keys: bool = False) -> str:
    """Write a JSON file, indented by two spaces. Every key is a text."""
    return escape_in_json(_indent(value, "\n", sort_keys)) + "\n"


def _indent(value: Any, end: str, sort_keys: bool) -> str:
    """Write JSON over several lines. `end`: the end of a line, with the indentation of the next one.

    `json.dumps` writes the same in four times the time: where it indents, it does without its code in C.
    """
    if isinstance(value, str):
        return encode_basestring(value)
    if type(value) is int:
        return str(value)
    if not value or not isinstance(value, _NESTED):
        return _encode(value)
    inner = f"{end}  "
    if isinstance(value, dict):
        entries = sorted(value.items()) if sort_keys else value.items()
        lines = [f"{encode_basestring(key)}: {_indent(item, inner, sort_keys)}" for key, item in entries]
        return f"{{{inner}{f',{inner}'.join(lines)}{end}}}"
    lines = [_indent(item, inner, sort_keys) for item in value]
    return f"[{inner}{f',{inner}'.join(lines)}{end}]"


def escape_in_json(text: str) -> str:
    """Escape invisible characters in a text that is JSON: it means the same afterwards."""
    if text.isascii() and _DELETE not in text:
        return text
    return _INVISIBLE_IN_JSON.sub(_escape_json, text)


def to_script_json(value: Any) -> Markup:
    """Write compact, sorted JSON for a <script> in HTML. Nothing in it ends the element or opens another."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # The characters that mean something to HTML are escaped as in any JSON text, so the result is safe as it stands.
    return Markup(_SCRIPT.sub(_escape_json, text))  # noqa: S704


@lru_cache(maxsize=_REPEATED)
def escape_markdown(value: str) -> str:
    """Escape a text for Markdown, on one line: no markup, no HTML, no link.

    GitHub still makes a link of a bare e-mail address, and that link leads to the address that it shows.
    """
    return _MARKDOWN.sub(r"\\\g<0>", _to_line(value))


def to_code_span(value: str) -> str:
    """Write a text as a code span of Markdown, on one line. A backtick in it becomes an apostrophe."""
    return f"`{_to_line(value).replace('`', chr(39))}`"


def to_shell_word(value: str) -> str:
    """Quote a text as one word of a shell command."""
    return shlex.quote(_INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", value))


def _to_line(value: str) -> str:
    return _INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", " ".join(value.split()))


def _escape_hcl(match: re.Match[str]) -> str:
    return _HCL_NAMED.get(match[0]) or f"\\u{_find_code_point(match[0]):04x}"


def _escape_json(match: re.Match[str]) -> str:
    return f"\\u{_find_code_point(match[0]):04X}"


def _find_code_point(character: str) -> int:
    # UTF-8 cannot hold half of a surrogate pair.
    return _REPLACEMENT if "\ud800" <= character <= "\udfff" else ord(character)


def _to_hcl_key(key: str) -> str:
    return key if _HCL_IDENTIFIER.fullmatch(key) else to_hcl(key)

"""Any text, for the place where it lands: HCL, JSON, HTML, Markdown, a shell. Nothing of it becomes code there."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

_HCL = re.compile(
    r'[\\"]'  # ends the quotes, or escapes what follows
    r"|[$%](?=\{)"  # opens a template
    "|[^ -~\u00a1-\U0010ffff]"  # is not seen, nor are these
    "|[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_HCL_NAMED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "$": "$$", "%": "%%"}
# An object that begins with `for` is a loop; the others are values.
_HCL_IDENTIFIER = re.compile(r"(?!(?:for|true|false|null)$)[A-Za-z_][A-Za-z0-9_]*")
# Controls of a terminal, turns of direction, separators of lines, and what UTF-8 cannot write or no text may hold.
_BEYOND_ASCII = "\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff"
_UNSEEN = re.compile(f"[\x00-\x1f{_BEYOND_ASCII}]")
_UNSEEN_IN_JSON = re.compile(f"[{_BEYOND_ASCII}]")
_SCRIPT = re.compile("[<>&\u2028\u2029\ud800-\udfff]")
_MARKDOWN = re.compile(r"[!#$&()*+:<=>\[\\\]^_`{|}~]|^-|(?<=\bwww)\.|(?<=^\d)\.|(?<=^\d\d)\.", re.IGNORECASE)
_REPLACEMENT = 0xFFFD


def hcl(value: object) -> str:
    """A value as HCL on one line: text as a quoted literal, a list, a mapping as an object.

    Raises TypeError for a value that is no text, boolean, whole number, list or mapping.
    """
    if isinstance(value, str):
        return '"' + _HCL.sub(_hcl_escape, value) + '"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(hcl(item) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_hcl_key(key)} = {hcl(item)}" for key, item in value.items()) + " }"
    raise TypeError(f"no HCL for {type(value).__name__}")


def hcl_entries(mapping: Mapping[str, object], indent: int) -> str:
    """A mapping's entries, one a line, as `terraform fmt` aligns them; every line but the first is indented."""
    keys = {key: _hcl_key(key) for key in mapping}
    width = max((len(key) for key in keys.values()), default=0)
    return ("\n" + " " * indent).join(f"{keys[key].ljust(width)} = {hcl(value)}" for key, value in mapping.items())


def json_text(value: Any) -> str:
    """JSON, readable, on one line. A text in it is a double-quoted scalar of YAML too."""
    return _all_seen(json.dumps(value, ensure_ascii=False))


def json_file(value: Any, sort_keys: bool = False) -> str:
    """A file of JSON, indented by two spaces."""
    return _all_seen(json.dumps(value, indent=2, ensure_ascii=False, sort_keys=sort_keys)) + "\n"


def _all_seen(text: str) -> str:
    """JSON with what cannot be seen escaped."""
    return _UNSEEN_IN_JSON.sub(_json_escape, text)


def script_json(value: Any) -> Markup:
    """Compact, sorted JSON for a data block in HTML: nothing in it ends the element or opens another."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # What HTML would read is escaped as JSON escapes it, so the rest is safe as it stands.
    return Markup(_SCRIPT.sub(_json_escape, text))  # noqa: S704


def markdown(value: str) -> str:
    """Text that Markdown shows as it is: no markup, no HTML, no link, one line.

    GitHub makes a link of a bare e-mail address whatever is escaped in it; it shows and means that address.
    """
    return _MARKDOWN.sub(r"\\\g<0>", _line(value))


def code(value: str) -> str:
    """Text as a code span of Markdown, on one line. A backtick in it becomes an apostrophe."""
    return f"`{_line(value).replace('`', chr(39))}`"


def shell(value: str) -> str:
    """One word of a shell command."""
    return shlex.quote(_UNSEEN.sub("\N{REPLACEMENT CHARACTER}", value))


def _line(value: str) -> str:
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", " ".join(value.split()))


def _hcl_escape(match: re.Match[str]) -> str:
    return _HCL_NAMED.get(match[0]) or f"\\u{_code(match[0]):04x}"


def _json_escape(match: re.Match[str]) -> str:
    return f"\\u{_code(match[0]):04X}"


def _code(character: str) -> int:
    # Half of a surrogate pair is no character, and UTF-8 cannot write it.
    return _REPLACEMENT if "\ud800" <= character <= "\udfff" else ord(character)


def _hcl_key(key: str) -> str:
    return key if _HCL_IDENTIFIER.fullmatch(key) else hcl(key)

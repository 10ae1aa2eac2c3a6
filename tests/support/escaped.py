"""Reads escaped text back, by other code than that which escaped it."""

from __future__ import annotations

import re


def hcl_read(literal: str) -> str:
    """A quoted HCL literal as HCL reads it. Fails on one that ends early or holds a template."""
    assert literal[0] == literal[-1] == '"'
    out, rest = [], literal[1:-1]
    while rest:
        if match := re.match(r"\\u([0-9a-f]{4})", rest):
            out.append(chr(int(match[1], 16)))
        elif match := re.match(r'\\([\\"nrt])', rest):
            out.append({"\\": "\\", '"': '"', "n": "\n", "r": "\r", "t": "\t"}[match[1]])
        elif match := re.match(r"(\$\$|%%)(?=\{)", rest):
            out.append(match[1][0])
        else:
            match = re.match(r'[^"\\\n]', rest)
            assert match, rest
            assert not re.match(r"[$%]\{", rest) or out[-1:] in (["$"], ["%"]), rest
            out.append(match[0])
        rest = rest[match.end() :]
    return "".join(out)


def whole(text: str) -> str:
    """The text with halves of surrogate pairs replaced: no file can hold them."""
    return re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text)

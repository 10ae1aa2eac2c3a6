"""Texts that mean harm wherever a person may write text."""

from __future__ import annotations

HOSTILE = (
    # HCL, Jinja
    '${file("/etc/passwd")}', "%{ if true }x%{ endif }", "$${x}", "%%{x}", "${", "a\\", '"', '\\"', "$", "%",
    '"\n}\nresource "x" "y" {', "<<EOF", "{{ 7 * 7 }}", "{% raw %}", "{# x", "for", "null", "true",
    # lines, and what is not seen
    "\n", "a\r\nb", "a\tb", "a\x00b", "\x1b[31mred", "a\x7fb", "a\x85b", "\x9b31mred", "a\u2028b", "a\u202egnp.exe",
    "\u2066a\u2069", "\u200fa", "a\u200bb", "a\u00adb", "a\ufeffb", "a\ufffeb", "a\U000e0041b", "a\ud800b",
    # languages
    "é", "e\u0301", "星のボード", "مسابقة می\u200cخواهم", "👩\u200d🚀", "🦊", "a\u3000b",
    # HTML, JavaScript
    "</script><script>alert(1)</script>", "<!--<script>", '" onload="alert(1)', "<img src=x onerror=alert(1)>",
    "'><b>", "&lt;&amp", "javascript:alert(1)", "__proto__", "constructor", "hasOwnProperty",
    # Markdown
    "[a](https://evil.example)", "![a](x)", "a | b", "**a** _b_ ~c~", "# a", "- a", "+ a", "1. a", "```",
    "a `b` c", "`", "http://evil.example/?a=b&c=d", "www.evil.example", "<https://evil.example>", "a\\*b",
    # shells, paths, YAML, policies, CloudWatch
    "$(id)", "'; rm -rf / #", "../../etc/passwd", "/etc/passwd", "C:\\con", "..", "-x", "a: b", "a # b", "&a", "<<",
    "!!x y", "~", "yes", "12", "0x10", "=1+1", "*", "a?", "arn:aws:iam::*:root", "${aws:username}",
    "SEARCH('{x}', 'Sum')", "${PROP('Dim.reason')}", "ALARM(a)",
    # lengths
    "", " ", " a  b ", "x" * 10_000, "星" * 10_000, "*a" * 60,
)  # fmt: skip

ENDINGS = (
    '${file("/etc/passwd")}', "%{ if true }x%{ endif }", '"', "\\", "\n", "\x1b[31m", "\u202e", "é", "</script>",
    "'><b>", "`", "|", "*", "?", "{{ 7 * 7 }}", "$(id)", "${aws:username}", "/../..", " ", "x" * 10_000,
)  # fmt: skip
"""Texts to append to a valid text."""

"""Fuzzes the escaping of text: independent parsers read the same text back, and nothing beside it.

`python -m tests.fuzzing.escaping --runs N --seed S`
"""

from __future__ import annotations

import atheris

with atheris.instrument_imports(include=["generator.rendering"]):
    from generator.rendering import escaping

import json
import re
import shlex
from functools import cache
from html.parser import HTMLParser

import yaml
from markdown_it import MarkdownIt
from markupsafe import escape

from generator.terraform import hcl
from tests.fuzzing.fuzzer import fuzz
from tests.hostile.texts import HOSTILE
from tests.support.escaped import hcl_read, whole

_INVISIBLE = "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"


def check(data: bytes) -> None:
    """Escape a text for each language, and read it back. Raises where it is another text, or more than a text."""
    # Texts of Python may hold halves of surrogate pairs, which are bytes that are no UTF-8 here.
    text = data.decode("utf-8", "surrogateescape")
    check_hcl(text)
    check_json(text)
    check_html(text)
    check_markdown(text)
    assert shlex.split(escaping.to_shell_word(text)) == [re.sub(_INVISIBLE, "\ufffd", whole(text))]


def check_hcl(text: str) -> None:
    """A value and a key of HCL."""
    literal = escaping.to_hcl(text)
    assert hcl_read(literal) == whole(text)
    if set(text) & set("\ufdd0\ufdd1"):
        return  # The reader has a use of its own for these two, and no text of a board holds them.
    source = f"locals {{\n  first = {literal}\n  second = {escaping.to_hcl({text: True})}\n}}\n"
    (block,) = hcl.parse_hcl(source, "x.tf")
    evaluated = hcl.Evaluator(refuse, {}).evaluate_block(block)
    assert evaluated == {"first": whole(text), "second": {whole(text): True}}, source


def refuse(reference: tuple[str, ...]) -> None:
    """What stands for any reference: a text that became one."""
    raise AssertionError(reference)


def check_json(text: str) -> None:
    """A text and a key, alone and in a <script> of HTML; and as a scalar of YAML."""
    value = {text: [text]}
    plain = json.loads(json.dumps(value)) if text == whole(text) else {whole(text): [whole(text)]}
    line, script = escaping.to_json_line(value), escaping.to_script_json(value)
    assert json.loads(line) == json.loads(escaping.to_json_file(value)) == json.loads(script) == plain
    assert yaml.safe_load(escaping.to_json_line(text)) == whole(text)
    found = Page(f'<script type="application/json">{script}</script><p>end</p>')
    assert [name for name, _ in found.elements] == ["script", "p"]
    assert json.loads("".join(found.texts[:-1])) == plain
    assert found.texts[-1] == "end"


def check_html(text: str) -> None:
    """An element's content and an attribute of it, as Jinja escapes them in the page."""
    found = Page(f'<p title="{escape(text)}">{escape(text)}</p>')
    assert found.elements == [("p", [("title", text)])]
    assert "".join(found.texts) == text


def check_markdown(text: str) -> None:
    """A paragraph, an item of a list, a cell of a table, and a code span."""
    shown, expected = escaping.escape_markdown(text), re.sub(_INVISIBLE, "\ufffd", whole(" ".join(text.split())))
    for before, behind in (("", ""), ("- ", ""), ("x ", " y"), ("| a |\n| - |\n| ", " |")):
        tokens = markdown().parse(f"{before}{shown}{behind}")
        inline = [child for token in tokens for child in token.children or ()]
        kinds = {child.type for child in inline}
        assert kinds <= {"text", "text_special"}, (before, shown, kinds)
        words = "".join(child.content for child in inline)
        if "|" in before:
            words = words[1:]
        elif before == "x ":
            words = words[2:-2]
        assert words.strip() == expected.strip(), (before, shown, words)
    if not expected:
        return  # Markdown has no empty code span.
    span = escaping.to_code_span(text)
    (paragraph,) = [token for token in markdown().parse(f"x {span}.") if token.children]
    content = expected.replace("`", "'")
    children = [(child.type, child.content) for child in paragraph.children or ()]
    assert children == [("text", "x "), ("code_inline", content), ("text", ".")], span


class Page(HTMLParser):
    """A piece of HTML, read: its elements with their attributes, and the texts in them."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.texts: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.elements.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self.texts.append(data)


@cache
def markdown() -> MarkdownIt:
    """A parser of the Markdown that GitHub shows, without its links of bare addresses."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


if __name__ == "__main__":
    fuzz(check, (text[:300].encode("utf-8", "replace") for text in HOSTILE))

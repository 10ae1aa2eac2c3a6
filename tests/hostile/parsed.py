"""Each file of a bundle, read back by a parser of its kind into dicts, lists and texts.

Where a reader of the file sees text, the result has a text; elements, blocks, references and markup become lists and
dicts. So two files that differ only in a text have the same lists and dicts.
"""

from __future__ import annotations

import io
import json
import re
import shlex
import string
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import yaml

from generator.errors import TerraformError
from generator.source.tree import LOADER
from generator.terraform import hcl
from tests.support.hcl import split_blocks


class Words(str):
    """Text that Markdown shows. As in HTML, any run of white space is one space."""

    def put(self, word: str, text: str) -> str:
        """This text with another in the place of a word."""
        return self.replace(word, " ".join(text.split()))


class Code(str):
    """Text in a code span. The generator writes an apostrophe in place of a backtick, which would end the span."""

    def put(self, word: str, text: str) -> str:
        """This text with another in the place of a word."""
        return self.replace(word, " ".join(text.split()).replace("`", "'"))


@lru_cache(maxsize=256)
def read(path: str, data: bytes) -> Any:
    """The content of a file of a bundle. Raises its parser's own error where the file is malformed."""
    kind = path.rpartition(".")[2]
    if kind == "zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            # The other members are the same for every board, so their checksums are enough.
            others = {name: archive.getinfo(name).CRC for name in archive.namelist() if name != "board.json"}
            return others, json.loads(archive.read("board.json")) if "board.json" in archive.namelist() else None
    text = data.decode()
    # No character of a file may change the direction of writing, or move the cursor of a reviewer's terminal.
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]", text), path
    if kind == "tf":
        return [block for piece in split_blocks(text) for block in _blocks(piece, path)]
    if kind == "json":
        return _json(json.loads(text))
    if kind == "yaml":
        return _described(yaml.load(text, LOADER))
    if kind == "html":
        return _html(text)
    if kind == "md":
        return list(_markdown(text))
    return text


def _json(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _json(child, key) for key, child in value.items()}
    if isinstance(value, list):
        return [_json(child) for child in value]
    # CloudWatch's text widgets.
    return list(_markdown(value)) if key == "markdown" else value


def _described(value: Any) -> Any:
    """An API description, whose descriptions are Markdown (OpenAPI 3.0, "Rich Text Formatting")."""
    if isinstance(value, dict):
        return {
            key: list(_inline(child)) if key == "description" and isinstance(child, str) else _described(child)
            for key, child in value.items()
        }
    return [_described(each) for each in value] if isinstance(value, list) else value


class _Reference(str):
    """What a reference stands for: its own text, whatever is asked of it."""

    def __getitem__(self, key: Any) -> str:
        return _Reference(f"{self}.{key}")


class _Functions(dict[str, hcl.Function]):
    """Any function gives its name and its arguments."""

    def get(self, name: str, _: Any = None) -> Any:
        return lambda *arguments: [f"{name}()", *arguments]


_EVALUATOR = hcl.Evaluator(lambda chain: _Reference("<" + ".".join(chain) + ">"), _Functions())


@lru_cache(maxsize=4096)
def _blocks(piece: str, path: str) -> list[Any]:
    return [_block(block) for block in hcl.parse_hcl(piece, path)]


def _block(block: hcl.Block) -> Any:
    values = {name: _expression(node) for name, node in block.attributes.items()}
    return [block.kind, block.labels, described(values), [_block(inner) for inner in block.blocks]]


def described(values: dict[str, Any]) -> dict[str, Any]:
    """What a block sets, with an alarm's description as CloudWatch's console shows it: it is Markdown there (CloudWatch
    user guide, "Create a CloudWatch alarm")."""
    return {key: list(_markdown(value)) if key == "alarm_description" else value for key, value in values.items()}


def _expression(node: hcl.SyntaxNode) -> Any:
    try:
        return _EVALUATOR.evaluate(node)
    except TerraformError:
        return [str(token) for token in node.scan_values(lambda _: True)]


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Any] = []
        self.element = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.element = tag
        values = [[name, unquote(value) if value and value.startswith("data:") else value] for name, value in attrs]
        self.found.append(["<", tag, values])

    def handle_endtag(self, tag: str) -> None:
        self.found.append([">", tag])

    def handle_data(self, data: str) -> None:
        # The only script with a content is the one that holds the board's settings as JSON.
        self.found.append(json.loads(data) if self.element == "script" and data.strip() else data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        self.found.append(["!", decl])

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")


def _html(text: str) -> list[Any]:
    parser = _Html()
    parser.feed(text)
    parser.close()
    return parser.found


def _markdown(text: str) -> Iterator[Any]:
    """Lines of text and markup, and blocks of code. A block of shell commands is split into words; JSON is parsed."""
    language = ""
    for index, part in enumerate(re.split(r"^```(.*)\n((?:.*\n)*?)```$", text, flags=re.MULTILINE)):
        if index % 3 == 2 and language == "sh":
            yield [_json(json.loads(word)) if word.startswith('{"') else word for word in shlex.split(part, True)]
        elif index % 3 == 1:
            language = part
        else:
            yield [list(_inline(line)) for line in part.split("\n")]


_CODE_SPAN = re.compile(r"(`+)(?!`)(.*?)(?<!`)\1(?!`)")
_LINK = re.compile(r"(www\.|[a-z]+:/|mailto:|xmpp:)", re.IGNORECASE)
_LIST_ITEM = re.compile(r"[-+=]|\d+[.)]")


def _inline(line: str) -> Iterator[Any]:
    """A line of Markdown as text, code spans and characters that are markup (CommonMark 0.31, "Inlines"; GFM)."""
    words = ""
    at = 0
    while at < len(line):
        span = _CODE_SPAN.match(line, at)
        if line[at] == "\\" and line[at + 1 : at + 2] in tuple(string.punctuation):
            words += line[at + 1]
            at += 2
        elif span and not (line.startswith("|") and "|" in span[2]):
            yield from (Words(words), Code(span[2]))
            words, at = "", span.end()
        elif line[at] in "\\`*_~[]<>&|!#" or _LINK.match(line, at):
            yield from (Words(words), ["markup", line[at]])
            words, at = "", at + 1
        elif not line[:at].strip() and _LIST_ITEM.match(line, at):
            yield ["markup", line[at]]
            at += 1
        else:
            words += line[at]
            at += 1
    yield Words(words)

"""Reads a bundle's Terraform: its blocks, and the value of any expression in them.

It knows the part of the language that the blueprints use: literals, templates, references, objects, lists, function
calls. It refuses anything else and names it, so that local mode never deploys something that Terraform would not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from lark import Token, Tree
from lark.exceptions import LarkError

from generator.errors import TerraformError

SyntaxNode: TypeAlias = "Tree[Token]"
"""An expression, or a part of one, as python-hcl2 parses it."""
Lookup: TypeAlias = Callable[[tuple[str, ...]], Any]
"""Finds the object that the first parts of a reference name: ("aws_s3_bucket", "board"), ("data", TYPE, NAME),
("local", NAME), ("path", "module"), ("each", "key"). Raises KeyError if there is nothing."""
Function: TypeAlias = Callable[..., Any]
"""A function that expressions may call."""

ROOTS = {"data": 3}
"""How many parts at the start of a reference name the object, by the first part. Any other first part means two."""

# python-hcl2 reads `$${` up to the next brace, even past the end of the string. So before it parses, the escapes `$${`
# and `%%{` are replaced by these two characters. They are noncharacters, which no text may hold (Unicode,
# "Noncharacters").
_INTERPOLATION, _DIRECTIVE = "\ufdd0", "\ufdd1"

_TOP_LEVEL = re.compile(r"^(?P<head>\w[^\n{]*?) \{(?:\}\n|\n.*?^\}\n)", re.M | re.S)

_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))')
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


@dataclass(frozen=True)
class Block:
    """One block: its kind and labels, its attributes (not evaluated) and the blocks in it."""

    kind: str
    labels: tuple[str, ...]
    attributes: Mapping[str, SyntaxNode]
    blocks: tuple[Block, ...]
    file: str

    @property
    def address(self) -> str:
        """How references name it: TYPE.NAME for a resource, data.TYPE.NAME for a data source."""
        return ".".join(self.labels if self.kind == "resource" else (self.kind, *self.labels))


@lru_cache(maxsize=64)  # the files of three boards: a save changes few of them, and parsing takes ten times the rest
def parse_hcl(text: str, file: str) -> tuple[Block, ...]:
    """Read the top-level blocks of one file. Raises TerraformError if it is not HCL."""
    import hcl2

    if _INTERPOLATION in text or _DIRECTIVE in text:
        raise TerraformError(f"{file}: holds a Unicode noncharacter")
    try:
        tree = hcl2.parses_to_tree(text.replace("$${", _INTERPOLATION).replace("%%{", _DIRECTIVE))
    except LarkError as error:
        raise TerraformError(f"{file}: is not the HCL that local mode reads: {str(error).splitlines()[0]}") from None
    return _read_body(_list_children(tree)[0], file)[1]


def split_blocks(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Split a formatted file into its top-level blocks, without parsing them: kind and labels, and the block's text.

    In a file that `terraform fmt` leaves as it is, nothing but a block's own first and last lines begins at the margin.
    """
    for found in _TOP_LEVEL.finditer(text):
        kind, *labels = found["head"].split()
        yield (kind, *(label.strip('"') for label in labels)), found[0]


class Evaluator:
    """Evaluates expressions to Python values: str, int, float, bool, None, list, dict."""

    def __init__(self, lookup: Lookup, functions: Mapping[str, Function]) -> None:
        self._lookup = lookup
        self._functions = functions

    def evaluate_block(self, block: Block) -> dict[str, Any]:
        """Evaluate a block to a dict: each attribute's value, and a list of dicts for each kind of block in it.

        Raises TerraformError, which names file, block and attribute, if something cannot be evaluated.
        """
        values: dict[str, Any] = {}
        for name, node in block.attributes.items():
            try:
                values[name] = self.evaluate(node)
            except TerraformError as error:
                raise TerraformError(f"{block.file}: {block.address or block.kind}.{name}: {error}") from None
        for inner in block.blocks:
            values.setdefault(inner.kind, []).append(self.evaluate_block(inner))
        return values

    def evaluate(self, node: SyntaxNode) -> Any:
        """Evaluate one expression. Raises TerraformError for a kind of expression that it does not know."""
        kind = str(node.data)
        inner = _list_children(node)
        if kind == "expr_term" and len(inner) == 1:
            return self.evaluate(inner[0])
        if kind == "literal_value":
            return {"null": None, "true": True, "false": False}[_join_tokens(node)]
        if kind == "int_lit":
            return int(_join_tokens(node))
        if kind == "float_lit":
            return float(_join_tokens(node))
        if kind == "string":
            parts = [self._evaluate_part(part) for part in inner]
            # "${x}" alone is x itself, whatever its type.
            return parts[0] if len(parts) == 1 else "".join(_to_text(part) for part in parts)
        if kind == "tuple":
            return [self.evaluate(part) for part in inner]
        if kind == "object":
            return dict(self._evaluate_element(part) for part in inner)
        if kind == "function_call":
            return self._evaluate_call(node)
        if kind in ("get_attr_expr_term", "index_expr_term"):
            return self._evaluate_reference(node)
        if kind == "unary_op" and _find_first_token(node) == "-":
            return -self.evaluate(inner[0])
        raise TerraformError(f"local mode does not read this kind of expression: {kind}")

    def _evaluate_part(self, part: SyntaxNode) -> Any:
        inner = _list_children(part)
        if not inner:
            return _unescape(_join_tokens(part))
        if inner[0].data == "interpolation":
            return self.evaluate(_list_children(inner[0])[0])
        raise TerraformError("local mode does not read template directives")

    def _evaluate_element(self, element: SyntaxNode) -> tuple[str, Any]:
        key, value = _list_children(element)
        term = _list_children(key)[0]
        inner = _list_children(term)[0] if term.data == "expr_term" else term
        plain = inner.data == "identifier" and _find_first_token(term) != "("
        return (_join_tokens(inner) if plain else _to_text(self.evaluate(term))), self.evaluate(value)

    def _evaluate_call(self, node: SyntaxNode) -> Any:
        name, *rest = _list_children(node)
        function = self._functions.get(_join_tokens(name))
        if function is None:
            raise TerraformError(f"local mode does not know the function {_join_tokens(name)}")
        arguments = [self.evaluate(part) for part in _list_children(rest[0])] if rest else []
        try:
            return function(*arguments)
        except (KeyError, TypeError, ValueError) as error:
            raise TerraformError(f"{_join_tokens(name)}: {error}") from None

    def _evaluate_reference(self, node: SyntaxNode) -> Any:
        chain = _read_chain(node)
        if chain:
            try:
                return self._lookup(chain)
            except KeyError:
                raise TerraformError(f"nothing is known of {'.'.join(chain)}") from None
        base, access = _list_children(node)
        value = self.evaluate(base)
        key: Any
        if access.data in ("get_attr", "short_index"):
            inner = _list_children(access)
            key = _join_tokens(inner[0]) if inner else int(str(access.children[-1]))
        else:
            key = self.evaluate(_list_children(access)[0])
        try:
            return value[key]
        except (KeyError, IndexError, TypeError):
            raise TerraformError(f"{_restore_text(base)} has no {key}") from None


def _read_body(body: SyntaxNode, file: str) -> tuple[dict[str, SyntaxNode], tuple[Block, ...]]:
    attributes: dict[str, SyntaxNode] = {}
    blocks: list[Block] = []
    for child in _list_children(body):
        if child.data == "attribute":
            name, value = _list_children(child)
            attributes[_join_tokens(name)] = value
        elif child.data == "block":
            *labels, inner = _list_children(child)
            kind, *names = (_read_label(label) for label in labels)
            blocks.append(Block(kind, tuple(names), *_read_body(inner, file), file))
    return attributes, tuple(blocks)


def _read_chain(node: SyntaxNode) -> tuple[str, ...]:
    """Read the names in `a.b` or `data.a.b`. Returns () if the node is not exactly the name of an object."""
    names: list[str] = []
    while node.data == "get_attr_expr_term":
        base, access = _list_children(node)
        names.insert(0, _join_tokens(_list_children(access)[0]))
        node = _list_children(base)[0] if base.data == "expr_term" else base
    if node.data != "identifier":
        return ()
    names.insert(0, _join_tokens(node))
    return tuple(names) if len(names) == ROOTS.get(names[0], 2) else ()


def _list_children(node: SyntaxNode) -> list[SyntaxNode]:
    return [child for child in node.children if isinstance(child, Tree) and child.data != "new_line_or_comment"]


def _join_tokens(node: SyntaxNode) -> str:
    return "".join(str(child) for child in node.children)


def _find_first_token(node: SyntaxNode) -> str:
    return next((str(child) for child in node.children if isinstance(child, Token)), "")


def _read_label(node: SyntaxNode) -> str:
    if node.data == "identifier":
        return _join_tokens(node)
    return "".join(_unescape(_join_tokens(part)) for part in _list_children(node))


def _restore_text(node: SyntaxNode) -> str:
    """The text of an expression as it is in the file."""
    return "".join(str(token) for token in node.scan_values(lambda value: isinstance(value, Token))).strip()


def _unescape(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        return _SIMPLE[match[1]] if match[1] else chr(int(match[2] or match[3], 16))

    return _ESCAPE.sub(character, text).replace(_INTERPOLATION, "${").replace(_DIRECTIVE, "%{")


def _to_text(value: Any) -> str:
    """Write a value as Terraform does inside a template."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise TerraformError(f"cannot stand in a text: {value!r}")

"""Read the Terraform that was emitted: blocks, and the value of any expression in them.

It knows the part of the language that the blueprints use (literals, templates, references, objects, lists, function
calls). Anything else is refused by name, so that local mode never deploys something that Terraform would not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from lark import Token, Tree
from lark.exceptions import LarkError

from generator.errors import TerraformError

Node: TypeAlias = "Tree[Token]"
Lookup: TypeAlias = Callable[[tuple[str, ...]], Any]
"""Gives the object behind the first parts of a reference: ("aws_s3_bucket", "board"), ("data", TYPE, NAME),
("local", NAME), ("var", NAME), ("path", "module"), ("each", "key"). Raises KeyError where there is none."""
Function: TypeAlias = Callable[..., Any]

ROOTS = {"data": 3}
"""How many parts of a reference name the object, where it is not two."""

# python-hcl2 reads `$${` to the next brace, past the end of the string where there is none. These two stand for the
# escapes while it parses; they are noncharacters, which no text may hold (Unicode, "Noncharacters").
_INTERPOLATION, _DIRECTIVE = "\ufdd0", "\ufdd1"

_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))')
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


@dataclass(frozen=True)
class Block:
    """One block: its kind and labels, what is set in it (unevaluated) and the blocks in it."""

    kind: str
    labels: tuple[str, ...]
    attributes: Mapping[str, Node]
    blocks: tuple[Block, ...]
    file: str

    @property
    def address(self) -> str:
        """What a reference calls it: TYPE.NAME for a resource, data.TYPE.NAME for a data source."""
        return ".".join(self.labels if self.kind == "resource" else (self.kind, *self.labels))


def parse(text: str, file: str) -> tuple[Block, ...]:
    """The top-level blocks of one file. Raises TerraformError where it is not HCL."""
    import hcl2

    if _INTERPOLATION in text or _DIRECTIVE in text:
        raise TerraformError(f"{file}: holds a Unicode noncharacter")
    try:
        tree = hcl2.parses_to_tree(text.replace("$${", _INTERPOLATION).replace("%%{", _DIRECTIVE))
    except LarkError as error:
        raise TerraformError(f"{file}: is not the HCL that local mode reads: {str(error).splitlines()[0]}") from None
    return _body(_trees(tree)[0], file)[1]


def references(block: Block) -> Iterator[tuple[str, ...]]:
    """The first parts of each reference in a block, nested blocks too: what it needs first."""
    for node in block.attributes.values():
        for part in node.iter_subtrees():
            if part.data == "get_attr_expr_term":
                chain = _chain(part)
                if chain:
                    yield chain
    for inner in block.blocks:
        yield from references(inner)


class Evaluator:
    """Turns expressions into Python values: str, int, float, bool, None, list, dict."""

    def __init__(self, lookup: Lookup, functions: Mapping[str, Function]) -> None:
        self._lookup = lookup
        self._functions = functions

    def block(self, block: Block) -> dict[str, Any]:
        """A block as a dict: each attribute's value, and a list of dicts for each kind of block in it.

        Raises TerraformError for what cannot be evaluated, naming file, block and attribute.
        """
        values: dict[str, Any] = {}
        for name, node in block.attributes.items():
            try:
                values[name] = self.value(node)
            except TerraformError as error:
                raise TerraformError(f"{block.file}: {block.address or block.kind}.{name}: {error}") from None
        for inner in block.blocks:
            values.setdefault(inner.kind, []).append(self.block(inner))
        return values

    def value(self, node: Node) -> Any:
        """The value of one expression. Raises TerraformError for what this does not know."""
        kind = str(node.data)
        inner = _trees(node)
        if kind == "expr_term" and len(inner) == 1:
            return self.value(inner[0])
        if kind == "literal_value":
            return {"null": None, "true": True, "false": False}[_text(node)]
        if kind == "int_lit":
            return int(_text(node))
        if kind == "float_lit":
            return float(_text(node))
        if kind == "string":
            parts = [self._part(part) for part in inner]
            # "${x}" alone is x itself, whatever its type.
            return parts[0] if len(parts) == 1 else "".join(_as_text(part) for part in parts)
        if kind == "tuple":
            return [self.value(part) for part in inner]
        if kind == "object":
            return dict(self._element(part) for part in inner)
        if kind == "function_call":
            return self._call(node)
        if kind in ("get_attr_expr_term", "index_expr_term"):
            return self._reference(node)
        if kind == "unary_op" and _first_token(node) == "-":
            return -self.value(inner[0])
        raise TerraformError(f"local mode does not read this kind of expression: {kind}")

    def _part(self, part: Node) -> Any:
        inner = _trees(part)
        if not inner:
            return _unescape(_text(part))
        if inner[0].data == "interpolation":
            return self.value(_trees(inner[0])[0])
        raise TerraformError("local mode does not read template directives")

    def _element(self, element: Node) -> tuple[str, Any]:
        key, value = _trees(element)
        term = _trees(key)[0]
        inner = _trees(term)[0] if term.data == "expr_term" else term
        plain = inner.data == "identifier" and _first_token(term) != "("
        return (_text(inner) if plain else _as_text(self.value(term))), self.value(value)

    def _call(self, node: Node) -> Any:
        name, *rest = _trees(node)
        function = self._functions.get(_text(name))
        if function is None:
            raise TerraformError(f"local mode does not know the function {_text(name)}")
        arguments = [self.value(part) for part in _trees(rest[0])] if rest else []
        try:
            return function(*arguments)
        except (KeyError, TypeError, ValueError) as error:
            raise TerraformError(f"{_text(name)}: {error}") from None

    def _reference(self, node: Node) -> Any:
        chain = _chain(node)
        if chain:
            try:
                return self._lookup(chain)
            except KeyError:
                raise TerraformError(f"nothing is known of {'.'.join(chain)}") from None
        base, access = _trees(node)
        value = self.value(base)
        key: Any
        if access.data in ("get_attr", "short_index"):
            inner = _trees(access)
            key = _text(inner[0]) if inner else int(str(access.children[-1]))
        else:
            key = self.value(_trees(access)[0])
        try:
            return value[key]
        except (KeyError, IndexError, TypeError):
            raise TerraformError(f"{_written(base)} has no {key}") from None


def _body(body: Node, file: str) -> tuple[dict[str, Node], tuple[Block, ...]]:
    attributes: dict[str, Node] = {}
    blocks: list[Block] = []
    for child in _trees(body):
        if child.data == "attribute":
            name, value = _trees(child)
            attributes[_text(name)] = value
        elif child.data == "block":
            *labels, inner = _trees(child)
            kind, *names = (_label(label) for label in labels)
            blocks.append(Block(kind, tuple(names), *_body(inner, file), file))
    return attributes, tuple(blocks)


def _chain(node: Node) -> tuple[str, ...]:
    """The names of `a.b` (or `data.a.b`), () where the node is not exactly the part that names an object."""
    names: list[str] = []
    while node.data == "get_attr_expr_term":
        base, access = _trees(node)
        names.insert(0, _text(_trees(access)[0]))
        node = _trees(base)[0] if base.data == "expr_term" else base
    if node.data != "identifier":
        return ()
    names.insert(0, _text(node))
    return tuple(names) if len(names) == ROOTS.get(names[0], 2) else ()


def _trees(node: Node) -> list[Node]:
    return [c for c in node.children if isinstance(c, Tree) and c.data != "new_line_or_comment"]


def _text(node: Node) -> str:
    return "".join(str(child) for child in node.children)


def _first_token(node: Node) -> str:
    return next((str(child) for child in node.children if isinstance(child, Token)), "")


def _label(node: Node) -> str:
    return _text(node) if node.data == "identifier" else "".join(_unescape(_text(part)) for part in _trees(node))


def _written(node: Node) -> str:
    return "".join(str(token) for token in node.scan_values(lambda value: isinstance(value, Token))).strip()


def _unescape(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        return _SIMPLE[match[1]] if match[1] else chr(int(match[2] or match[3], 16))

    return _ESCAPE.sub(character, text).replace(_INTERPOLATION, "${").replace(_DIRECTIVE, "%{")


def _as_text(value: Any) -> str:
    """A value inside a template, as Terraform writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise TerraformError(f"cannot stand in a text: {value!r}")

"""Writes a program for CDK Terrain (`cdktn`) that makes the same Terraform as a bundle has, once for each board.

It is what a program can do at best: every attribute is a literal or one of Terraform's own expressions, while people
write references, which cdktn has to resolve; and its resources are of cdktn's generic classes, while the bindings of
the AWS provider are some hundred megabytes of code. Each board is a stack, as each has a bundle here. It makes the
same resources, data sources and outputs. It makes none of the rest: no archive of a function or layer, no page,
dashboard, OpenAPI, JSON Schema or README, and no check of the input.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

KINDS = {"resource": "Resource", "data": "Data"}
"""The class below for each kind of block that has a type and a name."""
PROGRAM = """
const cdktn = require("cdktn");

const made = (base, key) => class extends base {
  constructor(scope, type, name, attributes) {
    super(scope, `${key}.${type}.${name}`, { terraformResourceType: type });
    this.overrideLogicalId(name);
    this.attributes = attributes;
  }
  synthesizeAttributes() {
    return this.attributes;
  }
};
const Resource = made(cdktn.TerraformResource, "resource");
const Data = made(cdktn.TerraformDataSource, "data");

class Provider extends cdktn.TerraformProvider {
  constructor(scope, type, required, attributes) {
    super(scope, type, {
      terraformResourceType: type,
      terraformGeneratorMetadata: { providerName: type, providerVersionConstraint: required.version },
      terraformProviderSource: required.source,
    });
    this.attributes = attributes;
  }
  synthesizeAttributes() {
    return this.attributes;
  }
}

class Board extends cdktn.TerraformStack {
  constructor(app, board) {
    super(app, board);
%s
  }
}

const app = new cdktn.App({ outdir: "build" });
for (const board of %s) new Board(app, board);
app.synth();
"""
_ESCAPED = re.compile(r'\\(["\\nrt])')
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}


def write_program(file: Path, bundle: Path, boards: Sequence[str]) -> None:
    """Write the program that makes a bundle's Terraform for each of these boards, under its name."""
    blocks = [block for part in sorted((bundle / "terraform").glob("*.tf")) for block in _read(part)]
    versions = next(body["required_providers"][0] for kind, body in blocks if kind == "terraform")
    statements = [text for kind, body in blocks for text in _statements(kind, body, versions, bundle.name)]
    file.write_text(PROGRAM % ("\n".join(f"    {text}" for text in statements), json.dumps(boards)), encoding="utf-8")


def count_made(document: dict[str, Any]) -> int:
    """The number of resources in the Terraform JSON that the program made for a board."""
    return sum(len(names) for names in document["resource"].values())


def _read(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    import hcl2  # here, as most modes need none of this

    for kind, blocks in _simplify(hcl2.loads(file.read_text(encoding="utf-8"))).items():
        yield from ((kind, block) for block in blocks)


def _simplify(value: Any) -> Any:
    """Take away what hcl2 adds to the values: quotes around every literal string, and keys with comments."""
    if isinstance(value, dict):
        return {key.strip('"'): _simplify(each) for key, each in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [_simplify(each) for each in value]
    if isinstance(value, str) and value.startswith('"'):
        return _ESCAPED.sub(lambda found: _CONTROL.get(found[1], found[1]), value[1:-1])
    return value


def _statements(kind: str, body: dict[str, Any], versions: dict[str, Any], board: str) -> Iterator[str]:
    """The statements that make a top-level block. Moved blocks are left out: only a board that was renamed has use of
    them."""
    if kind in KINDS:
        for type_, named in body.items():
            for name, attributes in named.items():
                yield _construct(KINDS[kind], board, type_, name, attributes)
    elif kind == "provider":
        for type_, attributes in body.items():
            yield _construct("Provider", board, type_, versions[type_], attributes)
    elif kind == "output":
        for name, attributes in body.items():
            yield _construct("cdktn.TerraformOutput", board, name, attributes)


def _construct(class_: str, board: str, *values: Any) -> str:
    return f"new {class_}({', '.join(['this', *(_literal(value, board) for value in values)])});"


def _literal(value: Any, board: str) -> str:
    """A value as JavaScript: JSON, but for the board's name in its strings, which is the variable."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {_literal(each, board)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_literal(each, board) for each in value) + "]"
    if isinstance(value, str) and board in value:
        text = json.dumps(value)[1:-1].replace('\\"', '"').replace("`", "\\`").replace("${", "\\${")
        return "`" + text.replace(board, "${board}") + "`"
    return json.dumps(value)

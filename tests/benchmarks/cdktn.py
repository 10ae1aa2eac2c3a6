"""Writes a program for CDK Terrain (`cdktn`) that makes the same Terraform as a bundle has, once for each board.

There are two programs, with the same output. In one, resources are of the classes that its package for the AWS provider
has, as people write them; that package is of 476 MB. In the other, they are of one small class of our own, which hands
its attributes on: cdktn at its best. In both, attributes are literals or Terraform's own expressions, where people
write references that cdktn has to resolve. Each board is a stack, as each has a bundle here, with the same resources,
data sources and outputs. They make none of the rest: no archive of a function or layer, no page, dashboard, OpenAPI,
JSON Schema or README, and they check no input.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.terraform.stand_in.schema import read_aws

Block = Mapping[str, Any]

KINDS = {"resource": "resources", "data": "data"}
"""Kinds of blocks that have a type and a name, and where the provider's schema has them."""
META = ("count", "depends_on", "for_each", "lifecycle", "provider", "provisioner")
"""What Terraform knows of every resource. A program overrides it, as it names other resources by expressions."""
PROGRAM = """
const cdktn = require("cdktn");

const made = (base) => class extends base {
  constructor(scope, id, type, attributes) {
    super(scope, id, { terraformResourceType: type });
    this.attributes = attributes;
  }
  synthesizeAttributes() {
    return this.attributes;
  }
};
const resource = made(cdktn.TerraformResource);
const data = made(cdktn.TerraformDataSource);

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

// Where a class would have the name of a block's, the package adds a letter.
const bound = (name, from) => {
  const module = require(`@cdktn/provider-aws/lib/${from}`);
  return module[name] ?? module[`${name}A`];
};
BOUND

const named = (element, name, meta) => {
  element.overrideLogicalId(name);
  for (const [key, value] of Object.entries(meta)) element.addOverride(key, value);
};

class Board extends cdktn.TerraformStack {
  constructor(app, board) {
    super(app, board);
STATEMENTS
  }
}

const app = new cdktn.App({ outdir: "build" });
for (const board of BOARDS) new Board(app, board);
app.synth();
"""
_ESCAPED = re.compile(r'\\(["\\nrt])')
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}


def write_program(file: Path, bundle: Path, boards: Sequence[str], bindings: bool = False) -> None:
    """Write the program that makes a bundle's Terraform for each of these boards, under its name. `bindings`: with the
    classes of cdktn's package for the AWS provider."""
    blocks = [block for part in sorted((bundle / "terraform").glob("*.tf")) for block in _read(part)]
    versions = next(body["required_providers"][0] for kind, body in blocks if kind == "terraform")
    write = _Writer(bundle.name, bindings)
    statements = "\n".join(f"    {text};" for kind, body in blocks for text in write.statements(kind, body, versions))
    parts = {"BOUND": "\n".join(write.bound.values()), "STATEMENTS": statements, "BOARDS": json.dumps(boards)}
    file.write_text(re.sub("|".join(parts), lambda part: parts[part[0]], PROGRAM), encoding="utf-8")


class _Writer:
    """Writes the statements of one board."""

    def __init__(self, board: str, bindings: bool) -> None:
        self._board = board
        self._bindings = bindings
        self.bound: dict[str, str] = {}
        """The statements that load classes of the package, by their names."""

    def statements(self, kind: str, body: Block, versions: Block) -> Iterator[str]:
        """What makes a top-level block. Moved blocks are left out: only a board that was renamed has use of them."""
        if kind in KINDS:
            for type_, elements in body.items():
                for name, attributes in elements.items():
                    yield self._element(kind, type_, name, attributes)
        elif kind == "provider":
            for type_, attributes in body.items():
                yield f"new Provider(this, {json.dumps(type_)}, {self._js(versions[type_])}, {self._js(attributes)})"
        elif kind == "output":
            for name, attributes in body.items():
                yield f"new cdktn.TerraformOutput(this, {json.dumps(name)}, {self._js(attributes)})"

    def _element(self, kind: str, type_: str, name: str, attributes: Block) -> str:
        meta = {key: _strip(value) for key, value in attributes.items() if key in META}
        own: Any = {key: value for key, value in attributes.items() if key not in META}
        place = json.dumps(f"{kind}.{type_}.{name}")
        schema = read_aws()[KINDS[kind]].get(type_)
        if self._bindings and schema:
            made = f"new {self._bind(kind, type_)}(this, {place}, {self._js(_to_properties(own, schema))})"
        else:
            made = f"new {kind}(this, {place}, {json.dumps(type_)}, {self._js(own)})"
        return f"named({made}, {json.dumps(name)}, {self._js(meta)})"

    def _bind(self, kind: str, type_: str) -> str:
        words = type_.split("_")[1:] if kind == "resource" else ["data", *type_.split("_")]
        name = "".join(map(str.title, words))
        self.bound[name] = f'const {name} = bound("{name}", "{"-".join(words)}");'
        return name

    def _js(self, value: Any) -> str:
        """A value as JavaScript: JSON, but for the board's name in its strings, which is the variable."""
        if isinstance(value, Mapping):
            return "{" + ", ".join(f"{json.dumps(key)}: {self._js(each)}" for key, each in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self._js, value)) + "]"
        if isinstance(value, str) and self._board in value:
            text = json.dumps(value)[1:-1].replace('\\"', '"').replace("`", "\\`").replace("${", "\\${")
            return "`" + text.replace(self._board, "${board}") + "`"
        return json.dumps(value)


def _to_properties(block: Block, schema: Block) -> dict[str, Any]:
    """A block as the package wants it: other names, and an object instead of a list where there is only one block."""
    properties: dict[str, Any] = {}
    for name, value in block.items():
        if name in schema["blocks"]:
            nesting, most, _, inner = schema["blocks"][name]
            value = [_to_properties(each, inner) for each in value]
            value = value[0] if most == 1 or nesting == "single" else value
        properties[re.sub("_([a-z0-9])", lambda letter: letter[1].upper(), name)] = value
    return properties


def _strip(value: Any) -> Any:
    """A meta-argument: what it names stands there without the signs of an expression."""
    if isinstance(value, list):
        return [_strip(each) for each in value]
    if isinstance(value, Mapping):
        return {key: _strip(each) for key, each in value.items()}
    return re.sub(r"^\$\{([\w.]+)\}$", r"\1", value) if isinstance(value, str) else value


def _read(file: Path) -> Iterator[tuple[str, Block]]:
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

"""Evaluates a root module resource by resource, as Terraform plans: what a resource refers to comes before it."""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeAlias

from generator.errors import TerraformError
from generator.terraform import hcl

Create: TypeAlias = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Creates a resource from its type and its arguments. Returns the attributes that it has besides the arguments."""

_META = ("depends_on", "lifecycle", "provider", "timeouts")
"""Arguments that say how Terraform creates a resource, not what the resource is."""


class Module:
    """The module in `terraform/` of a bundle."""

    def __init__(self, files: Mapping[str, bytes], account_id: str, region: str, create: Create) -> None:
        """`files`: the whole bundle, path to content. Raises TerraformError if its Terraform cannot be read."""
        self._files = files
        self._account_id = account_id
        self._region = region
        self._create = create
        self._blocks: dict[str, hcl.Block] = {}
        self._locals: dict[str, tuple[hcl.Block, hcl.SyntaxNode]] = {}
        self._values: dict[str, Any] = {}
        self._being_created: list[str] = []
        self._each: dict[str, Any] | None = None
        self._evaluator = hcl.Evaluator(
            self._lookup,
            {
                "jsonencode": lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False),
                "file": lambda path: self.read_file(path).decode("utf-8"),
                "filemd5": lambda path: hashlib.md5(self.read_file(path), usedforsecurity=False).hexdigest(),
                "filesha256": lambda path: self._hash_file(path).hex(),
                "filebase64sha256": lambda path: base64.b64encode(self._hash_file(path)).decode(),
                "join": lambda separator, texts: separator.join(texts),
                "replace": _replace,
                "md5": lambda text: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
                "toset": lambda values: sorted(set(values)),
            },
        )
        for path in sorted(files):
            if path.startswith("terraform/") and path.endswith(".tf"):
                self._add_blocks(hcl.parse_hcl(files[path].decode("utf-8"), path))

    @property
    def resources(self) -> tuple[str, ...]:
        """The address of every resource, in the order of the files."""
        return tuple(address for address, block in self._blocks.items() if block.kind == "resource")

    @property
    def addresses(self) -> tuple[str, ...]:
        """The address of every resource and data source, in the order of the files."""
        return tuple(self._blocks)

    @property
    def creating(self) -> str:
        """The address of the resource that is being created now; with `for_each`, that of one key: KIND.NAME["KEY"]."""
        return self._being_created[-1] + (f"[{json.dumps(self._each['key'])}]" if self._each else "")

    def resolve(self, address: str) -> Any:
        """Return all attributes of the resource or data source at an address. The first call creates it.

        With `for_each`, returns a dict with the attributes for each key. Raises KeyError if the module has nothing at
        the address, TerraformError if it cannot be created.
        """
        if address in self._values:
            return self._values[address]
        block = self._blocks[address]
        if address in self._being_created:
            raise TerraformError(f"{address} needs itself: {' > '.join([*self._being_created, address])}")
        self._being_created.append(address)
        try:
            if "for_each" in block.attributes:
                value: Any = {}
                for key, item in self._evaluate_items(block).items():
                    with self._set_each({"key": key, "value": item}):
                        value[key] = self._create_object(block)
            else:
                with self._set_each(None):
                    value = self._create_object(block)
        finally:
            self._being_created.pop()
        self._values[address] = value
        return value

    def read_file(self, path: str) -> bytes:
        """Return the content of a file by the path that an expression gives, such as terraform/../lambda/board.zip.

        Raises TerraformError if the bundle has no file there.
        """
        try:
            return self._files[posixpath.normpath(path)]
        except KeyError:
            raise TerraformError(f"the bundle has no file {posixpath.normpath(path)}") from None

    def _hash_file(self, path: str) -> bytes:
        return hashlib.sha256(self.read_file(path)).digest()

    def _add_blocks(self, blocks: tuple[hcl.Block, ...]) -> None:
        for block in blocks:
            if block.kind in ("resource", "data"):
                self._blocks[block.address] = block
            elif block.kind == "locals":
                self._locals.update({name: (block, node) for name, node in block.attributes.items()})
            # These are skipped: local mode itself decides where to deploy, nothing reads the outputs, and nothing was
            # deployed before, under another address or at all.
            elif block.kind not in ("terraform", "provider", "output", "moved", "removed"):
                raise TerraformError(f"{block.file}: local mode does not know the block `{block.kind}`")

    def _create_object(self, block: hcl.Block) -> dict[str, Any]:
        inner = tuple(each for each in block.blocks if each.kind not in _META)
        arguments = self._evaluator.evaluate_block(replace(block, blocks=inner))
        for name in ("for_each", *_META):
            arguments.pop(name, None)
        if block.kind == "resource":
            return {**arguments, **self._create(block.labels[0], dict(arguments))}
        if block.labels[0] == "aws_iam_policy_document":
            return {"json": make_policy_document(arguments)}
        known: dict[str, dict[str, Any]] = {
            "aws_caller_identity": {"account_id": self._account_id},
            "aws_region": {"name": self._region, "region": self._region},
            "aws_partition": {"partition": "aws", "dns_suffix": "amazonaws.com"},
            "aws_cloudwatch_event_buses": {"event_buses": [{"name": arguments.get("name_prefix")}]},
            "aws_dynamodb_table": self._name_table(arguments.get("name", "")),
        }
        # All others are CloudFront's managed policies. Local mode has no real ids for them: it uses their names.
        return {**arguments, **known.get(block.labels[0], {"id": ":".join(map(str, arguments.values()))})}

    def _name_table(self, name: str) -> dict[str, Any]:
        """What another bundle's table is known by. Local mode has no key for it."""
        arn = f"arn:aws:dynamodb:{self._region}:{self._account_id}:table/{name}"
        key = f"arn:aws:kms:{self._region}:{self._account_id}:key/of-{name}"
        return {"arn": arn, "server_side_encryption": [{"enabled": True, "kms_key_arn": key}]}

    def _evaluate_items(self, block: hcl.Block) -> dict[str, Any]:
        with self._set_each(None):
            items = self._evaluator.evaluate(block.attributes["for_each"])
        if isinstance(items, dict):
            return items
        return {item: item for item in items}

    def _lookup(self, chain: tuple[str, ...]) -> Any:
        if chain[0] == "path":
            return {"module": "terraform"}[chain[1]]
        if chain[0] == "each":
            return (self._each or {})[chain[1]]
        if chain[0] == "local":
            return self._evaluator.evaluate(self._locals[chain[1]][1])
        return self.resolve(".".join(chain))

    @contextmanager
    def _set_each(self, item: dict[str, Any] | None) -> Any:
        before, self._each = self._each, item
        try:
            yield
        finally:
            self._each = before


def _replace(text: str, old: str, new: str) -> str:
    """Terraform's function, for texts: one between slashes would be a regular expression there."""
    if len(old) > 1 and old[0] == old[-1] == "/":
        raise TerraformError(f"replace: a regular expression is not known here: {old}")
    return text.replace(old, new)


def make_policy_document(arguments: Mapping[str, Any]) -> str:
    """Make the JSON of the data source aws_iam_policy_document from its arguments.

    Raises TerraformError for an argument that it does not know.
    """
    statements: list[dict[str, Any]] = []
    _refuse_others(arguments, {"statement"})
    for given in arguments.get("statement", []):
        _refuse_others(given, {*_STATEMENT, "sid", "effect", "principals", "not_principals", "condition"})
        statement: dict[str, Any] = {"Effect": given.get("effect", "Allow")}
        if given.get("sid"):
            statement["Sid"] = given["sid"]
        for name, key in _STATEMENT.items():
            if name in given:
                statement[key] = given[name]
        for name, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
            for principal in given.get(name, []):
                if principal["type"] == "*":
                    statement[key] = "*"
                else:
                    statement.setdefault(key, {}).setdefault(principal["type"], []).extend(principal["identifiers"])
        for condition in given.get("condition", []):
            tests = statement.setdefault("Condition", {}).setdefault(condition["test"], {})
            tests.setdefault(condition["variable"], []).extend(condition["values"])
        statements.append(statement)
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


_STATEMENT = {"actions": "Action", "not_actions": "NotAction", "resources": "Resource", "not_resources": "NotResource"}


def _refuse_others(arguments: Mapping[str, Any], known: set[str]) -> None:
    others = sorted(set(arguments) - known)
    if others:
        raise TerraformError(f"local mode does not know `{others[0]}` in a policy document")

"""Lists what a board creates in AWS, by reading its bundle's Terraform: a resource that is added there appears here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.board.board import Board
from generator.errors import TerraformError
from generator.rendering import text_files
from generator.rendering.escaping import to_json_line
from generator.terraform import hcl

UNKNOWN_ACCOUNT = "ACCOUNT"
"""Written in place of the account id in a name, if the environment does not name its account."""


@dataclass(frozen=True)
class Resource:
    """One resource of the bundle's Terraform."""

    type: str
    """Terraform's name of the type, such as aws_dynamodb_table."""
    address: str
    """Terraform's address of the resource, such as aws_dynamodb_table.activities or aws_s3_object.page["app.js"]."""
    name: str | None
    """Its name in AWS; None if AWS makes one up, or if it is a setting of another resource."""


def list_resources(board: Board) -> Iterator[Resource]:
    """List every resource, in the order of the bundle's files; one with `for_each` once for each key."""
    account_id = board.account_id or UNKNOWN_ACCOUNT
    for path, text in text_files.render_text_files(board).items():
        if path.startswith("terraform/") and path.endswith(".tf"):
            for block in hcl.parse_hcl(text, path):
                if block.kind == "resource":
                    for suffix, each in _list_instances(block):
                        reader = hcl.Evaluator(_make_lookup(account_id, each), {})
                        yield Resource(block.labels[0], f"{block.address}{suffix}", _find_name(reader, block))


def _list_instances(block: hcl.Block) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What follows a block's address, and what `each` holds, for each resource that the block makes."""
    if "for_each" not in block.attributes:
        yield "", {}
        return
    items = hcl.Evaluator(_make_lookup("", {}), {"toset": dict.fromkeys}).evaluate(block.attributes["for_each"])
    for key, value in items.items():
        yield f"[{to_json_line(key)}]", {"key": key, "value": value}


def _make_lookup(account_id: str, each: Mapping[str, Any]) -> hcl.Lookup:
    """A lookup that knows the account id and `each`: a name made of other resources is not evaluated."""

    def lookup(chain: tuple[str, ...]) -> Any:
        if chain[0] == "each":
            return each[chain[1]]
        if chain == ("data", "aws_caller_identity", "current"):
            return {"account_id": account_id}
        raise KeyError(chain)

    return lookup


def _find_name(reader: hcl.Evaluator, block: hcl.Block) -> str | None:
    """The first of the block's arguments that holds its name: `name`, `..._name`, `bucket` or `key`.

    One that refers to another resource does not count: it holds that resource's name.
    """
    for attribute, node in block.attributes.items():
        if attribute in ("name", "bucket", "key") or attribute.endswith("_name"):
            try:
                name = reader.evaluate(node)
            except TerraformError:  # it refers to another resource
                continue
            return name if isinstance(name, str) else None
    return None

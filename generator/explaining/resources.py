"""What a board makes in AWS, read from the Terraform of its bundle: a resource that is added there is told here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generator.board.board import Board
from generator.errors import LocalError
from generator.rendering import text_files
from generator.terraform import hcl

UNKNOWN_ACCOUNT = "ACCOUNT"
"""Stands for the account's id in a name, where the environment does not say which account it is."""


@dataclass(frozen=True)
class Resource:
    """One resource of the bundle's Terraform."""

    type: str
    """As Terraform calls it: aws_dynamodb_table."""
    address: str
    name: str | None
    """Its name in AWS; None where AWS makes one up, or where it is a setting of another resource."""


def of(board: Board) -> Iterator[Resource]:
    """Every resource, in the order of the files."""
    reader = hcl.Evaluator(_lookup(board.account_id or UNKNOWN_ACCOUNT), {})
    for path, text in text_files.render(board).items():
        if path.startswith("terraform/") and path.endswith(".tf"):
            for block in hcl.parse(text, path):
                if block.kind == "resource":
                    yield Resource(block.labels[0], block.address, _name(reader, block))


def _lookup(account_id: str) -> hcl.Lookup:
    def lookup(chain: tuple[str, ...]) -> Any:
        if chain == ("data", "aws_caller_identity", "current"):
            return {"account_id": account_id}
        raise KeyError(chain)

    return lookup


def _name(reader: hcl.Evaluator, block: hcl.Block) -> str | None:
    """What stands first in the block under `name`, `..._name`, `bucket` or `key`, unless that refers to a resource."""
    for attribute, node in block.attributes.items():
        if attribute in ("name", "bucket", "key") or attribute.endswith("_name"):
            try:
                name = reader.value(node)
            except LocalError:  # the name of another resource
                continue
            return name if isinstance(name, str) else None
    return None

"""Small bundles that need no YAML, and how a test writes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from generator.board.board import Board
from generator.output.plan import Plan, write_build

Tree = dict[str, bytes]

USERS = {
    "terraform/.terraform/providers/x": b"provider",
    "terraform/.terraform.lock.hcl": b"lock",
    "terraform/terraform.tfstate": b"state",
    "terraform/terraform.tfstate.backup": b"older",
    "terraform/prod.auto.tfvars": b"x = 1",
    "terraform/out.tfplan": b"plan",
    "notes.txt": b"mine",
}
"""What a person and Terraform put into a bundle."""


def board(name: str, team: str = "nebula", environment: str | None = None) -> Board:
    """Make a stand-in for a board, with only the fields that `output` reads."""
    folder = "/".join(part for part in (environment, team, name) if part)
    return cast(Board, SimpleNamespace(name=name, team=team, environment=environment, folder=folder))


def bundle(folder: str, text: str = "1", *more: str) -> Tree:
    """Make four files, and `more`, below the bundle's folder. The content of each ends in `text`."""
    names = ("terraform/main.tf", "terraform/tables.tf", "lambda/board.zip", "README.md", *more)
    return {f"{folder}/{name}": f"{name} {text}".encode() for name in names}


def write(build: Path, files: Mapping[str, bytes], *boards: Board, **options: Any) -> Plan:
    """Write files into build/ as `generate` does."""
    return write_build(files, boards, {"leaderboards.yaml": b"x"}, build, **options)


A, B = board("kills"), board("wins", "quasar")
FILES = bundle("nebula/kills") | bundle("quasar/wins")

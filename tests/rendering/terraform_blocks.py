"""The blocks of the Terraform of every bundle, as python-hcl2 reads them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import Any

import hcl2

from tests.support.bundles import everything
from tests.support.hcl import split_blocks

Blocks = dict[str, dict[str, Any]]
ALL = sorted({path.partition("/terraform/")[0] for path in everything().files if "/terraform/" in path})
"""Every bundle that is deployed."""
FEEDS = [bundle for bundle in ALL if "/feed-" in bundle]
BUNDLES = [bundle for bundle in ALL if bundle not in FEEDS]
"""Those of boards."""
WITH_PIPE = [bundle for bundle in ALL if f"{bundle}/terraform/pipeline.tf" in everything().files]
"""Those of feeds, and of boards that have activities tables of their own."""
OWN = [bundle for bundle in BUNDLES if bundle in WITH_PIPE]
"""Those of boards that have activities tables of their own."""


def plain(value: Any) -> Any:
    """The tree of python-hcl2 without the quotes around texts and without its own keys."""
    if isinstance(value, dict):
        return {plain(key): plain(inner) for key, inner in value.items() if not str(key).startswith("__")}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value[1:-1] if isinstance(value, str) and value.startswith('"') and value.endswith('"') else value


@cache
def loaded(piece: str) -> dict[str, Any]:
    """What python-hcl2 reads in a piece of a file."""
    tree: dict[str, Any] = plain(hcl2.loads(piece))
    return tree


@cache
def blocks(bundle: str, kind: str) -> Blocks:
    """The blocks of a bundle by `type.name`. `kind` is `resource` or `data`."""
    found: Blocks = {}
    for path, data in everything().files.items():
        if path.startswith(f"{bundle}/terraform/") and path.endswith(".tf"):
            for block in chain.from_iterable(loaded(piece).get(kind, []) for piece in split_blocks(data.decode())):
                for type_, named in block.items():
                    for name, body in named.items():
                        assert f"{type_}.{name}" not in found
                        found[f"{type_}.{name}"] = body
    return found


def statements(bundle: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every policy statement of a bundle, with the name of its document."""
    for address, body in blocks(bundle, "data").items():
        if address.startswith("aws_iam_policy_document."):
            for statement in body["statement"]:
                yield address.partition(".")[2], statement


def text(bundle: str) -> str:
    folder = f"{bundle}/terraform/"
    found = [data for path, data in everything().files.items() if path.startswith(folder) and path.endswith(".tf")]
    return b"\n".join(found).decode()

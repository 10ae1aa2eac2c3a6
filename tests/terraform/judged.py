"""Bundles whose plans are judged, without Terraform."""

from __future__ import annotations

from tests.support.bundles import everything
from tests.terraform.judging import Plan, read_module

BUNDLES = sorted({path.partition("/terraform/")[0] for path in everything().files if "/terraform/" in path})


def read_bundle(bundle: str) -> Plan:
    """The plan of a bundle, without Terraform; that of a board on a feed has the feed's beside it."""
    plan = _read(bundle)
    case = bundle.partition("/")[0]
    feeds = {f"{case}/{board.folder}": f"{case}/{board.feed.folder}" for board in everything().boards if board.feed}
    if bundle in feeds:
        plan.beside = _read(feeds[bundle])
    return plan


def _read(bundle: str) -> Plan:
    start = f"{bundle}/"
    return read_module(
        {path.removeprefix(start): data for path, data in everything().files.items() if path.startswith(start)}
    )

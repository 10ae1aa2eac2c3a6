"""Bundles whose plans are judged, without Terraform."""

from __future__ import annotations

from tests.support.bundles import everything
from tests.terraform.judging import Plan, read_module

BUNDLES = sorted({path.partition("/terraform/")[0] for path in everything().files if "/terraform/" in path})


def read_bundle(bundle: str) -> Plan:
    """The plan of a bundle, without Terraform."""
    start = f"{bundle}/"
    return read_module(
        {path.removeprefix(start): data for path, data in everything().files.items() if path.startswith(start)}
    )

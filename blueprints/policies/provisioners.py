"""CKV_LB_7: applying a bundle runs no program, neither on the machine that applies it nor on one that it makes."""

from __future__ import annotations

from collections.abc import Iterator

from policy_checks import ScannedBlock, register_policy


def find_faults(block: ScannedBlock) -> Iterator[str]:
    """Say what would run a program."""
    if block.type == "external":
        yield "data of the type external runs a program: nobody can tell what that does"
    if block.conf.get("provisioner"):
        yield "a provisioner runs a program: nobody can tell what that does"


register_policy("CKV_LB_7", "Applying it runs no program", find_faults, resources=("*",), data=("external",))

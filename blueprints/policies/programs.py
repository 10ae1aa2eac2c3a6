"""CKV_LB_7: Terraform makes what the bundle says, and starts nothing on the machine that applies it."""

from __future__ import annotations

from collections.abc import Iterator

from judging import Block, judge


def faults(block: Block) -> Iterator[str]:
    """What would be run, there or on a machine that is being made."""
    if block.kind == "external":
        yield "data of the type external is what a program says: nobody can tell what that does"
    if block.conf.get("provisioner"):
        yield "a provisioner runs a program: nobody can tell what that does"


judge("CKV_LB_7", "Applying it runs no program", faults, resources=("*",), data=("external",))

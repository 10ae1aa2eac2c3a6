"""What every life of a bundle with Terraform looks at."""

from __future__ import annotations

from typing import Any

import pytest

from tests.terraform.stand_in.running import Stage
from tests.terraform.workspace import TerraformError, Workspace


def refuse_to_destroy(workspace: Workspace) -> None:
    """Nothing of a protected board is destroyed, not even what is not protected."""
    before = workspace.state()
    with pytest.raises(TerraformError, match="Instance cannot be destroyed"):
        workspace.destroy()
    assert workspace.state() == before


def actions(plan: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """What a plan does with each resource."""
    return {
        each["address"]: tuple(each["change"]["actions"])
        for each in plan["resource_changes"]
        if each["mode"] == "managed"
    }


def count(plan: dict[str, Any]) -> str:
    """How many resources a plan makes."""
    return f"{len(actions(plan))} resources"


def describe(stage: Stage) -> str:
    """What became of the attributes that were planned."""
    counts, resolved = stage.provider.counts, ", ".join(sorted(stage.provider.resolved)) or "none"
    return (
        f"attributes planned {counts['planned']}, applied and read back alike {counts['read back']}, not given back by "
        f"an emulator {counts['not given back']}; types only resolved: {resolved}"
    )

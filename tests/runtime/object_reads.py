"""What a request reads of the bucket, for tests that count it."""

from __future__ import annotations

from collections.abc import Callable

from tests.runtime.world import World


def list_reads(world: World, ask: Callable[[], object]) -> list[str]:
    """The names of the objects that a request reads, each time that it reads one, without the window's prefix."""
    before = len(world.aws.calls)
    ask()
    keys = [call.request["Key"] for call in world.aws.calls[before:] if call.operation == "get_object"]
    return [key.split("/", 4)[-1] if key.startswith("snapshots/ranks/") else key.rpartition("/")[2] for key in keys]

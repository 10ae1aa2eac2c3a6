"""What a person chooses for a run of `leaderboards local`: the options of the command, but for which boards run."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypedDict


class Settings(TypedDict, total=False):
    """The choices of a run. Each may be left out, or be None."""

    simulate: float | None
    """Activities a second over all boards; None writes none."""
    schedule: Literal["fast", "yaml"]
    """ "fast", as if left out, rebuilds every two seconds; "yaml" follows each board's own schedule."""
    port: int | None
    """The port of pages and APIs; None takes a free one."""
    keep: Path | None
    """The folder that the boards' data stays in from one run to the next; None keeps nothing."""
    host: str | None
    """The IPv4 address that pages, APIs and what game servers write listen on; None for loopback, where all else always
    listens."""
    game_server_keys: Path | None
    """The folder to write the keys of a game server into; None writes them into the ready file only."""
    begins: int | None
    """The instant that the boards' clock shows when they start, in milliseconds since 1970; None for now."""

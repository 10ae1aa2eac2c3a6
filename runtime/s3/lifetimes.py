"""Lifetimes: how long a snapshot can be read, and how long its files stay."""

from __future__ import annotations

PINNED_SECONDS = 600
"""How long a snapshot can still be read with `as_of=` after the next one has replaced it: 10 minutes."""
REBUILD_SECONDS = 900 + 60
"""How long after its `as_of` a rebuild may still write: the longest timeout that Lambda has (AWS Lambda developer
guide, "Configure Lambda function timeout"), and a minute by which the clocks of two rebuilds may differ."""
KEPT_SECONDS = 2 * REBUILD_SECONDS
"""How long a snapshot's files stay after the next one's `as_of`, which is longer than anybody can read it: a rebuild
that began just before the next one was published may take over ranks of this one, and publish them until it ends."""
CLOCK_SECONDS = 60
"""By how much the clocks of two functions may differ."""
ORPHAN_SECONDS = 3600
"""The age from which a file that no snapshot refers to is removed: no rebuild takes so long to publish its files."""

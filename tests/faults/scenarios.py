"""All scenarios, by name."""

from __future__ import annotations

from tests.faults import assembled, batches, decided, followed, rebuilds, redrives

ROOMS = (batches, rebuilds, followed, assembled, decided, redrives)
SCENARIOS = {scenario.name: scenario for room in ROOMS for scenario in room.find()}

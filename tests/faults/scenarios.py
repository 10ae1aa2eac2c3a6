"""All scenarios, by name."""

from __future__ import annotations

from tests.faults import batches, rebuilds, redrives

SCENARIOS = {scenario.name: scenario for room in (batches, rebuilds, redrives) for scenario in room.find()}

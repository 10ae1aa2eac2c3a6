"""All scenarios, by name."""

from __future__ import annotations

from tests.faults import batches, decided, followed, rebuilds, redrives

SCENARIOS = {
    scenario.name: scenario for room in (batches, rebuilds, followed, decided, redrives) for scenario in room.find()
}

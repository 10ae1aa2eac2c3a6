"""What is played on each board of the sample and of the golden cases, and the ranking that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Play = tuple[str, str, Mapping[str, Any]]
"""Who did what, with which fields."""

PLAYS: Mapping[str, tuple[tuple[Play, ...], list[tuple[str, float]]]] = {
    "weekly-kills": (
        (("ada", "kill", {}), ("bob", "kill", {}), ("ada", "boss_kill", {}), ("bob", "chat", {})),
        [("ada", 60), ("bob", 10)],
    ),
    "steps": ((("ada", "walk", {}), ("bob", "walk", {}), ("bob", "walk", {})), [("bob", 2), ("ada", 1)]),
    "daily-wins": ((("ada", "win", {}), ("bob", "win", {}), ("bob", "win", {})), [("bob", 2), ("ada", 1)]),
    "dungeon-runs": (
        (
            ("ada", "run_finished", {"points": 100, "duration_ms": 5000}),
            ("bob", "run_finished", {"points": 100, "duration_ms": 4000}),
            ("bob", "run_abandoned", {}),
        ),
        [("bob", 100), ("ada", 100)],
    ),
    "daily-accuracy": (
        (
            ("ada", "match_finished", {"accuracy_percent": 50}),
            ("bob", "match_finished", {"accuracy_percent": 80}),
            ("ada", "match_finished", {"accuracy_percent": 100}),
        ),
        [("bob", 80), ("ada", 75)],
    ),
    "season-wins": (
        (("ada", "match_won", {}), ("ada", "match_forfeited", {"opponent_left": True}), ("bob", "match_won", {})),
        [("ada", 2), ("bob", 1)],
    ),
    "lap-times": (
        (("ada", "lap", {"lap_seconds": "61.5"}), ("bob", "lap", {"lap_seconds": "60.125"})),
        [("bob", 60.125), ("ada", 61.5)],
    ),
    "endurance": (
        (("ada", "race_finished", {"distance_km": 10, "mode": "ranked"}), ("bob", "lap", {})),
        [("ada", 6), ("bob", 0.25)],
    ),
    "ratings": (
        (
            ("ada", "rating_changed", {"rating": 1500}),
            ("bob", "rating_changed", {"rating": 1550}),
            ("ada", "rating_changed", {"rating": 1600}),
        ),
        [("ada", 1600), ("bob", 1550)],
    ),
    "arena": (
        (
            ("ada", "boss_kill", {"damage": 100, "mode": "ranked", "tier": 3, "bonus": True}),
            ("bob", "kill", {}),
            ("bob", "emote", {}),
        ),
        [("bob", 10), ("ada", 51)],
    ),
    "partners": (
        (
            ("ada", "lap", {"seconds": "61.5", "pace": 5, "rating": 1500}),
            ("bob", "lap", {"seconds": "60.125", "pace": 4, "rating": 1550}),
            ("ada", "lap", {"seconds": "59.75", "pace": 4, "rating": 1600}),
        ),
        [("ada", 0.5), ("bob", 0.25)],
    ),
    "wins": ((("ada", "win", {}), ("bob", "win", {}), ("bob", "win", {})), [("bob", 2), ("ada", 1)]),
}
"""By the board's name: the plays in their order, and the players with their scores, best first."""

FEED_PLAYS: tuple[Play, ...] = (
    ("ada", "kill", {}),
    ("ada", "lap", {"seconds": "60.125"}),
    ("bob", "lap", {"seconds": "61.5"}),
    ("ada", "kil", {}),
    ("bob", "boss_kill", {}),
    ("bob", "lap", {"seconds": "59.75"}),
)
"""What is written to the feed, once for all of its boards."""
STRAYS = 1
"""How many of them have a type that the feed does not name."""

FEED_RANKINGS: Mapping[str, list[tuple[str, float]]] = {
    "kills": [("bob", 50), ("ada", 10)],
    "laps": [("bob", 59.75), ("ada", 60.125)],
}
"""What each of its boards makes of that, by the board's name."""


def to_attributes(fields: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Fields in DynamoDB's JSON. A number with a point in it is written as text here, so that it stays exact."""
    return {name: _to_attribute(value) for name, value in fields.items()}


def _to_attribute(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"N": str(value)} if str(value).replace(".", "").isdigit() else {"S": value}

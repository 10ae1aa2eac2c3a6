"""The text of a small new board, with comments that show the choices."""

from __future__ import annotations

from generator.source.scalars import to_yaml


def make_starter(name: str, team: str | None) -> tuple[str, ...]:
    """The lines of a small board, its dash in the first column. `team`: None if the file says it for all its boards."""
    return (
        "# docs/boards.md shows every kind of board with its ranks; `leaderboards explain` shows this one's values.",
        f"- name: {to_yaml(name)}",
        *([f"  team: {to_yaml(team)}"] if team is not None else []),
        "  scoring:",
        "    aggregate: sum                     # or count, average, best, last: what becomes of a player's activities",
        "    rules:                             # points for each type of activity that the game writes",
        "      - {activity: win, points: 1}     # for each unit of a field: per: {field: damage, points: 0.1}",
        "  window: {every: week}                # or hour, day, month, season, rolling, all_time; or a list of windows",
    )

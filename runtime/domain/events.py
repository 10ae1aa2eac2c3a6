"""Events: the details of what the board publishes to other programs through EventBridge.

Each detail has an `id` that says what happened, so an event that is sent twice has the same id both times.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.config import BoardConfig
from runtime.domain.instants import rfc3339
from runtime.domain.ranking import RankedEntry, WindowRanks
from runtime.domain.texts import attached
from runtime.domain.texts.numbers import json_columns, json_number, write_numbers
from runtime.domain.windows import Window

MILESTONE_REACHED = "leaderboard.milestone_reached"
"""The detail type of a player's score that reached a milestone for the first time."""
WINDOW_CLOSED = "leaderboard.window_closed"
"""The detail type of a window whose ranks are final."""

TOP_IN_EVENT = 100
"""The most entries of a closed window's top list in its event. An event holds 256 kB (EventBridge user guide,
"Calculating Amazon EventBridge PutEvents event entry size"), and an entry takes up to 900 bytes, and 1,030 more where
fields are attached: 193 kB."""
TEXT_BYTES = 50_000
"""The most bytes of all texts of numbers in one event, so that it stays below its limit: 500 for each of 100 entries.
An entry has up to 890, where eight columns have long names, 15 digits and a unit of 12 characters of 4 bytes."""


@dataclass(frozen=True)
class Milestone:
    """A player's score in a window reached a milestone for the first time."""

    window: Window
    milestone: int
    """Scaled by the decimals of the first column, as `score` is."""
    score: int
    at: int
    """The time of the activity that took the score there, in milliseconds."""


def milestone_details(
    board: BoardConfig, player_id: str, milestones: Sequence[Milestone]
) -> list[list[dict[str, Any]]]:
    """The details for milestones that one player reached: one list for each window."""
    by_window: dict[Window, list[dict[str, Any]]] = {}
    decimals = board.columns[0].decimals
    for each in milestones:
        milestone = json_number(each.milestone, decimals)
        detail = {
            "id": f"milestone/{board.name}/{each.window.id}/{player_id}/{milestone}",
            "board": board.name,
            "window": each.window.id,
            "player_id": player_id,
            "milestone": milestone,
            "score": json_number(each.score, decimals),
            "at": rfc3339(each.at),
        }
        by_window.setdefault(each.window, []).append(detail)
    return list(by_window.values())


def window_closed_detail(board: BoardConfig, ranks: WindowRanks, top: Sequence[RankedEntry]) -> dict[str, Any]:
    """The detail for a window whose ranks are final, with the first entries of its top list.

    Ranks in which an operator has corrected a score after the seal have an event of their own, which says so.
    """
    window = ranks.window
    assert window.starts_at is not None
    assert window.ends_at is not None
    revised = ranks.corrected and ranks.revision
    return {
        "id": f"window/{board.name}/{window.id}{f'/{ranks.revision}' if revised else ''}",
        "board": board.name,
        **({"revision": ranks.revision} if revised else {}),
        "window": {
            "id": window.id,
            "every": window.every,
            "starts_at": rfc3339(window.starts_at),
            "ends_at": rfc3339(window.ends_at),
        },
        "players": ranks.players,
        "top": list(_describe_entries(board, top)),
    }


def _describe_entries(board: BoardConfig, top: Sequence[RankedEntry]) -> Iterator[dict[str, Any]]:
    """The entries of an event. Of a board whose columns have a format or a unit, the first of them have texts too."""
    left = TEXT_BYTES
    for entry in top:
        described: dict[str, Any] = {
            "rank": entry.rank,
            "player_id": entry.player_id,
            "name": entry.name,
            "columns": json_columns(board.columns, entry.columns),
        }
        if texts := write_numbers(board.columns, entry.columns):
            left -= len(json.dumps({"texts": texts}, ensure_ascii=False).encode())
            if left >= 0:
                described["texts"] = texts
        if board.attach:
            described["attached"] = attached.select(board.attach, entry.attached)
        yield described

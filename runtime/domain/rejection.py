"""Rejections: why an activity does not count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Reason = Literal[
    "unknown_type",  # no rule of the board is for its type
    "bad_field",  # a field that a rule reads is missing or not a finite number
    "bad_player_id",
    "bad_activity_id",
    "expires_too_soon",  # its item's time to live ends too early to recognise it when it is written again
    "in_future",  # its time is ahead of when it was written
    "too_old",  # its time is far behind when it was written, or it waited too long to be processed
    "late",  # it was written after its window's end and grace
    "sealed",  # its window's ranks are final, or about to be
    "no_window",  # its time lies between two seasons or windows
    "over_limit",  # it gives more or less points than the board allows, or its player has too many in that minute
    "over_bound",  # the score would have more digits than every JSON client reads exactly
]
"""A fixed word for each reason; the metric ActivitiesRejectedByReason has it as a dimension."""

REASONS: tuple[Reason, ...] = get_args(Reason)
"""Every reason. `late`, `sealed` and `no_window` are also reasons why one window of several takes no activity."""


@dataclass(frozen=True)
class Rejection:
    """The reason why an activity does not count, and a sentence for a person."""

    reason: Reason
    detail: str

"""Deploys a board and takes up the data that there are of it, from earlier in this run or from a run before.

Where its functions would refuse the data, the board begins anew: what was counted is forgotten, and the activities that
are still there are counted again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from generator.board.board import Board
from generator.local.deploy.applying import Resources
from generator.local.deploy.deployment import Deployment
from generator.local.emulator.process import Emulator
from generator.local.keeping.keeper import Keeper
from generator.local.keeping.recounting import begin_anew, find_refusal
from generator.local.local_bundle import generate_local_bundle
from runtime.dynamodb.window_store import IdentityError


@dataclass(frozen=True)
class TakenUp:
    """A board that was deployed, and what became of its data."""

    deployment: Deployment
    pending: Sequence[dict[str, Any]] = ()
    """The records that its pipe had not sent when the run before ended."""
    refusal: IdentityError | None = None
    """Why its functions would have refused the data, so that it began anew; None where they take it."""
    again: int = 0
    """How many activities are counted again, where it began anew."""


def take_up(aws: Emulator, keeper: Keeper, resources: Resources, board: Board, *, schedule: bool) -> TakenUp:
    """Deploy a board, of which nothing may be under way. `schedule`: whether it is rebuilt by its own schedule.

    Raises LocalError, or botocore's errors; what was done until then is remembered in `resources`.
    """
    deployment = resources.apply(generate_local_bundle(board), schedule=schedule)
    kept = keeper.take(resources.data_names)
    aws.load({kind: kept.data[kind] for kind in ("tables", "buckets")})
    # Only now: what the functions find new, such as another kind of window, they remember.
    if refusal := find_refusal(aws, deployment, board.config):
        return TakenUp(deployment, (), refusal, begin_anew(aws, resources, deployment))
    aws.load({"queues": kept.data["queues"]})
    return TakenUp(deployment, kept.list_pending(deployment.activities_table))

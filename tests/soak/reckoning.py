"""The reckoning of a soak: where a board differs from the naive count of what was written to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.operations.rejections import list_rejections
from runtime import clock
from runtime.dynamodb.table import Table
from tests.end_to_end.deployed import OperatedGame
from tests.soak.boards import Totals


def find_faults(game: OperatedGame, totals: Totals) -> Iterator[str]:
    """Each difference, as a line of text."""
    for window, scores in totals.windows().items():
        found = {entry["player_id"]: int(entry["score"]) for entry in game.ranking(window)}
        wrong = [player for player in {*found, *scores} if found.get(player) != scores.get(player)]
        if wrong:
            player, many = min(wrong), len(wrong)
            scored, should = found.get(player), scores.get(player)
            yield f"{game.name} {window}: {many} players are wrong, as {player}, who has {scored} and not {should}"
    yield from _find_lost(game, totals)


def _find_lost(game: OperatedGame, totals: Totals) -> Iterator[str]:
    """Where not every activity was counted or rejected."""
    client, names = game.stack.aws.client("dynamodb"), game.stack.boards[game.name].board.names
    marks = Table(client, names.part("marks"), ("player_id", "activity_id"))
    rejected = sum(1 for _ in list_rejections(marks, clock.now()))
    if rejected != totals.rejected:
        yield f"{game.name}: {rejected} are rejected, not {totals.rejected}"
    if game.config.keeps_one_run:
        return  # what it counts has no mark
    counted = _count_marks(client, names.part("marks"))
    if counted != totals.written - totals.rejected:
        yield f"{game.name}: {counted} are counted, not {totals.written - totals.rejected}"


def _count_marks(client: Any, table: str) -> int:
    """How many activities have a mark that says they are counted."""
    pages = client.get_paginator("scan").paginate(
        TableName=table,
        Select="COUNT",
        FilterExpression="#outcome = :counted",
        ExpressionAttributeNames={"#outcome": "outcome"},
        ExpressionAttributeValues={":counted": {"S": "counted"}},
    )
    return sum(page["Count"] for page in pages)

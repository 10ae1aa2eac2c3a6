"""A heartbeat goes the whole way of an activity on the embedded AWS, and leaves no trace in the ranks."""

from __future__ import annotations

from generator.aws.invoke import invoke
from runtime.dynamodb.heartbeats import Heartbeats
from runtime.dynamodb.table import Table
from tests.end_to_end.game import Game, activity, get


def test_a_heartbeat_arrives_and_counts_for_nobody(wins: Game) -> None:
    board = wins.stack.boards[wins.name]
    rebuilder = board.deployment.functions["rebuilder"]
    functions = wins.stack.aws.client("lambda")
    client = wins.stack.aws.client("dynamodb")
    heartbeats = Heartbeats(Table(client, board.deployment.aggregates_table, ("partition", "player_id")))
    wins.put(activity("played", "win"))
    wins.settle()
    players = get(f"{wins.api_url}/v1/leaderboard")[1]["players"]
    measured = invoke(functions, rebuilder, {"task": "watch"})
    assert 0 <= measured["SnapshotAgeSeconds"] < 600
    wins.settle()
    state = heartbeats.begin(0)
    assert state.arrived == state.sent > state.began - 1
    assert 0 < state.took < 600_000
    assert invoke(functions, rebuilder, {"task": "watch"})["ArrivalLagSeconds"] == state.took / 1000
    wins.settle()
    assert get(f"{wins.api_url}/v1/leaderboard")[1]["players"] == players
    assert wins.count_messages("dead_letter_queue_url") == 0

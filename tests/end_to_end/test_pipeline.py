"""The whole way of an activity on the embedded AWS: table, stream, pipe, queue, processor, rebuilder, API."""

from __future__ import annotations

import time

from tests.end_to_end.deployed import wait_until
from tests.end_to_end.game import Game, activity, get


def test_a_score_is_on_the_api_by_itself(kills: Game) -> None:
    kills.put(activity("quick", "kill"))
    kills.wait_for("quick", 10, seconds=120)
    status, body = get(f"{kills.api_url}/v1/leaderboard?window=all_time")
    assert status == 200
    assert body["title"] == 'Kills ${so far} & "more"'
    # Other tests play on the same board: the player may be on a later page, and there in this snapshot only.
    found = get(f"{kills.api_url}/v1/players/quick?window=all_time")[1]
    page = f"limit=1&offset={found['entry']['rank'] - 1}&as_of={found['as_of']}"
    status, body = get(f"{kills.api_url}/v1/leaderboard?window=all_time&{page}")
    assert [entry["player_id"] for entry in body["entries"]] == ["quick"]


def test_the_same_activity_written_five_times_counts_once(kills: Game) -> None:
    item = activity("again", "kill")
    for _ in range(3):
        kills.put(item)
    kills.settle()
    # The same activity again, with other content, after the first was counted: it counts once, as first written.
    kills.put({**item, "type": {"S": "boss_kill"}, "mode": {"S": "duel"}, "damage": {"N": "1"}})
    dynamodb = kills.stack.aws.client("dynamodb")
    dynamodb.delete_item(
        TableName=kills.table, Key={"player_id": item["player_id"], "activity_id": item["activity_id"]}
    )
    kills.put(item)
    kills.settle()
    assert kills.score("again") == kills.score("again", "all_time") == 10


def test_ignored_and_rejected_activities_change_no_score_and_block_nothing(kills: Game) -> None:
    kills.put_all(
        [
            activity("mixed", "chat"),
            activity("mixed", "kill", damage={"S": "no number"}),
            activity("mixed", "boss_kill", mode={"S": "ranked"}, damage={"S": "100"}),
            activity("mixed", "boss_kill", mode={"S": "casual"}, damage={"N": "100"}),
            activity("mixed", "unheard-of"),
            {"player_id": {"S": "mixed"}, "activity_id": {"S": "no-uuid"}, "type": {"S": "kill"}},
            activity("mixed", "kill", moment=time.time() + 3600),
            activity("mixed", "boss_kill", mode={"S": "duel"}, damage={"N": "150"}),
        ]
    )
    kills.settle()
    assert kills.score("mixed") == 61.5
    assert kills.count_messages("dead_letter_queue_url") == 0


def test_a_score_changes_only_through_the_queue_and_the_processor(wins: Game) -> None:
    functions = wins.stack.aws.client("lambda")
    mapping = wins.stack.boards["wins"].deployment.mapping_id
    wins.put(activity("still", "win"))
    wins.settle()
    assert wins.score("still") == 1
    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        wins.put_all([activity("still", "win") for _ in range(5)])
        wait_until(lambda: wins.count_messages("queue_url") == 5)
        until = time.monotonic() + 4
        while time.monotonic() < until:
            assert wins.score("still") == 1
            time.sleep(0.5)
        assert wins.count_messages("queue_url") == 5
    finally:
        functions.update_event_source_mapping(UUID=mapping, Enabled=True)
    wins.settle()
    assert wins.score("still") == 6


def test_an_activity_for_an_ended_window_does_not_count(wins: Game) -> None:
    wins.put_all([activity("late", "win", moment=time.time() - 3 * 86_400), activity("late", "win")])
    wins.settle()
    assert wins.score("late") == 1

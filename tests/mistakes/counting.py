"""Mistakes by which an activity counts twice, or not at all."""

from __future__ import annotations

from tests.mistakes.making import Edit, Mistake

_AGGREGATES = "runtime.dynamodb.aggregates"
_PLANNING = "runtime.dynamodb.counting.planning"

MARK_BEFORE_COUNT = Mistake(
    "a mark is written before the count",
    (
        Edit(
            f"{_AGGREGATES}:Aggregates._transact",
            "client.transact_write_items(TransactItems=writes)",
            """
            marks = [each for each in writes if "outcome" in each["Put"]["Item"]]
            client.transact_write_items(TransactItems=marks)
            if others := [each for each in writes if each not in marks]:
                client.transact_write_items(TransactItems=others)
            """,
        ),
    ),
)

COUNT_BEFORE_MARK = Mistake(
    "the count is written before its mark",
    (
        Edit(
            f"{_AGGREGATES}:Aggregates._transact",
            "client.transact_write_items(TransactItems=writes)",
            """
            marks = [each for each in writes if "outcome" in each["Put"]["Item"]]
            if others := [each for each in writes if each not in marks]:
                client.transact_write_items(TransactItems=others)
            client.transact_write_items(TransactItems=marks)
            """,
        ),
    ),
)

MARK_ON_THE_ACTIVITY = Mistake(
    "the mark stands on the activity's own item, where a producer may write",
    (
        Edit(
            f"{_PLANNING}:Planner._plan",
            "marks.append(self._marks.put_new_request(items.mark_item(each.record, outcome, now)))",
            """
            marks.append({"Update": {
                "TableName": self._marks.name.replace("marks", "activities"),
                "Key": {"player_id": {"S": each.record.player_id}, "activity_id": {"S": each.record.activity_id}},
                "UpdateExpression": "SET #outcome = :outcome",
                "ConditionExpression": "attribute_not_exists(#outcome)",
                "ExpressionAttributeNames": {"#outcome": "outcome"},
                "ExpressionAttributeValues": {":outcome": {"S": outcome}},
            }})
            """,
        ),
    ),
)

VERSION_NOT_COMPARED = Mistake(
    "an aggregate is written whatever its version is by now",
    (
        Edit(
            f"{_PLANNING}:next_version",
            '{"condition": f"#version = :version{same_run}", "version": version, **run}',
            "{}",
        ),
    ),
)

RETRY_DROPPED = Mistake(
    "a transaction that DynamoDB cancels for a conflict is not tried again",
    (Edit(f"{_AGGREGATES}:Aggregates._find_left", "pause_before_retry(attempt)", "return []"),),
)

ACKNOWLEDGED_UNWRITTEN = Mistake(
    "a message is acknowledged though its activity was not written",
    (
        Edit(
            "runtime.processor:_write",
            "result.failed.update(players[player_id].message_ids)",
            "pass",
        ),
    ),
)

PROBE_COUNTED = Mistake(
    "a probe is taken for an activity",
    (
        Edit(
            "runtime.domain.judging:Judge._parse_own",
            "_parse_probe(record) if type_ == self._own_types[0] else",
            "None if type_ == self._own_types[0] else",
        ),
    ),
)

REDRIVE_UNGUARDED = Mistake(
    "a redrive deletes the mark first, whatever it says",
    (
        Edit(
            "generator.operations.redrives.putting_back:_redrive",
            'unmarked = board.marks.delete(key, "#outcome = :outcome", outcome="rejected")',
            "unmarked = board.marks.delete(key)",
        ),
    ),
)

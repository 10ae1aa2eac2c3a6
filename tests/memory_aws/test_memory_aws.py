"""What no emulator can show of the AWS in memory: reads that tear, lost answers, messages that come twice, limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.memory_aws import Call, MemoryAws, Recorder
from tests.support.memory_aws.errors import UnknownRequestError
from tests.support.memory_aws.sqs import Chooser, MemoryQueue, Message

NOW = 1_795_478_400_000
WEEK = {
    "TableName": "aggregates",
    "KeyConditionExpression": "#partition = :partition",
    "ExpressionAttributeNames": {"#partition": "partition"},
    "ExpressionAttributeValues": {":partition": {"S": "week"}},
    "ConsistentRead": True,
}


def row(player: str, **attributes: Any) -> dict[str, Any]:
    """An item of the aggregates table."""
    return {"partition": {"S": "week"}, "player_id": {"S": player}, **attributes}


def put(client: Any, player: str, **attributes: Any) -> None:
    client.put_item(TableName="aggregates", Item=row(player, **attributes))


def transaction(*players: str) -> list[dict[str, Any]]:
    """A transaction that puts new items."""
    condition = "attribute_not_exists(player_id)"
    return [
        {"Put": {"TableName": "aggregates", "Item": row(player), "ConditionExpression": condition}}
        for player in players
    ]


def twice(call: Call, carry_out: Callable[[], Any]) -> Any:
    """Repeat a request whose answer was lost, as an SDK does."""
    carry_out()
    return carry_out()


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_query_is_no_snapshot_and_each_page_is_a_call() -> None:
    recorder = Recorder()
    aws = MemoryAws()
    client = aws.client("dynamodb", recorder)
    for number in range(6):
        put(client, f"p{number}")
    pages = client.get_paginator("query").paginate(**WEEK)
    found = [item["player_id"]["S"] for item in next(pages)["Items"]]
    assert found == ["p0", "p1", "p2"]
    client.delete_item(TableName="aggregates", Key=row("p0"))
    put(client, "p7")
    found += [item["player_id"]["S"] for page in pages for item in page["Items"]]
    assert found == ["p0", "p1", "p2", "p3", "p4", "p5", "p7"], "p0 and p7 were never there at once"
    assert [call.operation for call in recorder.calls].count("query") == 3


def test_a_list_of_keys_tears_too() -> None:
    aws = MemoryAws()
    client = aws.client("s3")
    for number in range(5):
        client.put_object(Bucket="bucket", Key=f"k{number}", Body=b"")
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="bucket")
    found = [item["Key"] for item in next(pages)["Contents"]]
    client.put_object(Bucket="bucket", Key="k0a", Body=b"")
    client.put_object(Bucket="bucket", Key="k9", Body=b"")
    assert found + [item["Key"] for page in pages for item in page["Contents"]] == ["k0", "k1", "k2", "k3", "k4", "k9"]


def test_a_repeated_transaction_takes_effect_once_and_a_repeated_put_does_not() -> None:
    aws = MemoryAws()
    client = aws.client("dynamodb", twice)
    client.transact_write_items(TransactItems=transaction("ann", "bob"))
    assert len(aws.tables["aggregates"]) == 2
    with pytest.raises(ClientError) as refused:
        client.put_item(TableName="aggregates", Item=row("cid"), ConditionExpression="attribute_not_exists(player_id)")
    assert code(refused) == "ConditionalCheckFailedException"
    # Another call has another token.
    with pytest.raises(client.exceptions.TransactionCanceledException) as cancelled:
        client.transact_write_items(TransactItems=transaction("dan", "ann"))
    assert [reason["Code"] for reason in cancelled.value.response["CancellationReasons"]] == [
        "None",
        "ConditionalCheckFailed",
    ]
    assert len(aws.tables["aggregates"]) == 3


def test_a_token_is_known_for_ten_minutes_and_for_its_own_transaction() -> None:
    now = NOW
    client = MemoryAws(lambda: now).client("dynamodb")
    client.transact_write_items(TransactItems=transaction("ann"), ClientRequestToken="t")
    now += 599_999
    client.transact_write_items(TransactItems=transaction("ann"), ClientRequestToken="t")
    with pytest.raises(ClientError) as mismatch:
        client.transact_write_items(TransactItems=transaction("bob"), ClientRequestToken="t")
    assert code(mismatch) == "IdempotentParameterMismatchException"
    now += 1
    with pytest.raises(client.exceptions.TransactionCanceledException):
        client.transact_write_items(TransactItems=transaction("ann"), ClientRequestToken="t")


def test_nobody_changes_what_is_stored_through_what_they_gave_or_got() -> None:
    aws = MemoryAws()
    client = aws.client("dynamodb")
    given = row("ann", columns={"L": [{"N": "1"}]}, probes={"SS": ["a"]})
    client.put_item(TableName="aggregates", Item=given)
    read = client.get_item(TableName="aggregates", Key=row("ann"), ConsistentRead=True)["Item"]
    (queried,) = client.query(**WEEK)["Items"]
    for mine in (given, read, queried):
        mine["columns"]["L"].append({"N": "2"})
        mine["columns"]["L"][0]["N"] = "9"
        mine["probes"]["SS"].append("b")
        mine["name"] = {"S": "x"}
    assert aws.tables["aggregates"]["week", "ann"] == row("ann", columns={"L": [{"N": "1"}]}, probes={"SS": ["a"]})


def test_the_stream_tells_what_changed_and_what_expired() -> None:
    now = NOW + 999
    aws = MemoryAws(lambda: now)
    client = aws.client("dynamodb")
    key = {"player_id": {"S": "ann"}, "activity_id": {"S": "a"}}
    first = {**key, "expires_at": {"N": str(NOW // 1000)}, "bytes": {"B": b"\0"}}
    for item in (first, first, {**first, "type": {"S": "kill"}}):
        client.put_item(TableName="activities", Item=item)
    aws.expire()
    assert len(aws.tables["activities"]) == 1, "the second in which it expires is not past"
    now += 1
    aws.expire()
    client.put_item(TableName="activities", Item=first)
    stream = aws.tables["activities"].stream
    assert [record["eventName"] for record in stream] == ["INSERT", "MODIFY", "REMOVE", "INSERT"]
    assert stream[0]["dynamodb"] == {
        "ApproximateCreationDateTime": NOW // 1000,
        "Keys": key,
        "NewImage": {**first, "bytes": {"B": "AA=="}},
        "SequenceNumber": f"{1:021}",
        "StreamViewType": "NEW_IMAGE",
    }
    assert "NewImage" not in stream[2]["dynamodb"]
    assert ["userIdentity" in record for record in stream] == [False, False, True, False]


@pytest.mark.parametrize(
    ("made", "refusal"),
    [
        (transaction(*map(str, range(101))), "ValidationException"),
        (transaction("ann", "ann"), "ValidationException"),
        ([{"Put": {"TableName": "nowhere", "Item": row("ann")}}], "ResourceNotFoundException"),
        (
            [{"Put": {"TableName": "aggregates", "Item": row("a", x={"S": "x" * 409_600})}}],
            "TransactionCanceledException",
        ),
        (
            [{"Put": {"TableName": "aggregates", "Item": row(f"{n}", x={"S": "x" * 400_000})}} for n in range(11)],
            "ValidationException",
        ),
    ],
    ids=["101 items", "one twice", "no table", "400 KB", "4 MB"],
)
def test_a_transaction_over_a_limit_changes_nothing(made: list[Any], refusal: str) -> None:
    aws = MemoryAws()
    with pytest.raises(ClientError) as refused:
        aws.client("dynamodb").transact_write_items(TransactItems=made)
    assert code(refused) == refusal
    assert not aws.tables["aggregates"]


@pytest.mark.parametrize(
    "expression",
    ["#a <> :a", "NOT #a = :a", "size(#a) > :a", "#a IN (:a)", "state = :a", "#a = :a OR", "#a.#b = :a", "#a[0] = :a"],
)
def test_an_expression_that_the_project_does_not_write_fails_loudly(expression: str) -> None:
    aws = MemoryAws()
    with pytest.raises(UnknownRequestError):
        aws.client("dynamodb").delete_item(
            TableName="aggregates",
            Key=row("ann"),
            ConditionExpression=expression,
            ExpressionAttributeNames={f"#{name}": name for name in "ab" if f"#{name}" in expression},
            ExpressionAttributeValues={":a": {"S": "a"}},
        )
    assert aws.unknown, "whoever catches it is found out too"


class Careless(Chooser):
    """A queue that gives its newest message first, and every message twice."""

    def pick(self, visible: Sequence[Message], most: int) -> Sequence[Message]:
        """The newest."""
        return visible[::-1][:most]

    def stays_visible(self, message: Message) -> bool:
        """Whether it was received once."""
        return message.receives == 1


def receive(client: Any, queue: MemoryQueue, most: int = 1) -> list[tuple[str, str]]:
    """The bodies and the handles of the messages that a receive gives."""
    answer = client.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=most)
    return [(each["Body"], each["ReceiptHandle"]) for each in answer.get("Messages", [])]


def test_a_queue_may_give_messages_twice_and_out_of_order() -> None:
    aws = MemoryAws()
    queue, client = aws.queues["activities"], aws.client("sqs")
    for body in "ab":
        client.send_message(QueueUrl=queue.url, MessageBody=body)
    queue.chooser = Careless()
    got = [receive(client, queue) for _ in range(5)]
    assert [body for messages in got for body, _ in messages] == ["b", "b", "a", "a"]
    # The handle of the first receive is an old one by the second: it removes nothing.
    client.delete_message(QueueUrl=queue.url, ReceiptHandle=got[0][0][1])
    client.delete_message(QueueUrl=queue.url, ReceiptHandle=got[1][0][1])
    assert queue.bodies == ["a"]


def test_a_message_is_a_dead_letter_at_the_receive_that_is_once_too_often() -> None:
    now = NOW
    aws = MemoryAws(lambda: now)
    queue, dead, client = aws.queues["activities"], aws.queues["activities-dead-letters"], aws.client("sqs")
    client.send_message(QueueUrl=queue.url, MessageBody="a")
    for _ in range(queue.max_receives):
        assert len(receive(client, queue)) == 1
        assert receive(client, queue) == [], "it is hidden"
        now += queue.visibility_seconds * 1000
    assert (queue.bodies, dead.bodies) == (["a"], [])
    assert receive(client, queue) == []
    assert (queue.bodies, dead.bodies) == ([], ["a"])


def test_a_message_that_nobody_takes_is_lost_when_the_queue_has_kept_it_long_enough() -> None:
    now = NOW
    aws = MemoryAws(lambda: now)
    queue, client = aws.queues["activities"], aws.client("sqs")
    client.send_message(QueueUrl=queue.url, MessageBody="a")
    now += queue.retention_seconds * 1000
    assert receive(client, queue) == []
    assert [message.body for message in queue.expired] == ["a"]


def test_an_object_under_a_kms_key_has_another_etag_with_each_write() -> None:
    client = MemoryAws().client("s3")
    key: Any = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "k", "BucketKeyEnabled": True}
    plain = [client.put_object(Bucket="bucket", Key="a", Body=b"1")["ETag"] for _ in range(2)]
    secret = [client.put_object(Bucket="bucket", Key="a", Body=b"1", **key)["ETag"] for _ in range(2)]
    assert len(set(plain)) == 1
    assert len({*plain, *secret}) == 3
    with pytest.raises(ClientError) as refused:
        client.put_object(Bucket="bucket", Key="a", Body=b"2", IfMatch=secret[0])
    assert code(refused) == "PreconditionFailed"


def test_a_call_may_be_carried_out_and_fail_all_the_same() -> None:
    aws = MemoryAws()
    numbers = count()

    def lose_first_answer(call: Call, carry_out: Callable[[], Any]) -> Any:
        answer = carry_out()
        if next(numbers) == 0:
            raise TimeoutError
        return answer

    client = aws.client("dynamodb", lose_first_answer)
    with pytest.raises(TimeoutError):
        put(client, "ann")
    assert ("week", "ann") in aws.tables["aggregates"]

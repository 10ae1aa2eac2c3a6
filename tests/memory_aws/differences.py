"""Where the embedded AWS is known to differ from AWS: there the one in memory does as AWS says, and this table says so.

Each has the words of AWS by which it is decided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.memory_aws import Call
from tests.support.memory_aws.events import find_fault
from tests.support.memory_aws.values import normalize

CANCELLED, NOT_MET = "TransactionCanceledException", "ConditionalCheckFailedException"
INVALID = "ValidationException"
MISMATCH = "IdempotentParameterMismatchException"
DELETES = ("delete_message", "delete_message_batch")


@dataclass(frozen=True)
class Difference:
    """One difference between the error codes of the same call, None where it is carried out."""

    what: str
    source: str
    """The page that decides, and its words."""
    applies: Callable[[Call, str | None, str | None], bool]
    """Whether it is this difference: by the call, the error code in memory, and the one of the embedded AWS."""
    leaves_alike: bool
    """Whether both hold the same after it, so that the sequence can go on, also where only one refused the call."""


DIFFERENCES = (
    Difference(
        "A message that is deleted by an old receipt handle, or again, is refused",
        'Amazon SQS API reference, "DeleteMessage": "If you use an old ReceiptHandle, the request will succeed, but '
        'the message might not be deleted."',
        lambda call, mine, theirs: call.operation in DELETES and mine is None and theirs == "ReceiptHandleIsInvalid",
        leaves_alike=True,
    ),
    Difference(
        "Events without a source, a detail type or a detail are taken",
        'Amazon EventBridge API reference, "PutEventsRequestEntry": "If you include event entries in a request that do '
        "not include each of those properties, EventBridge fails that entry. If you submit a request in which none of "
        'the entries have each of these properties, EventBridge fails the entire request." Detail is "a valid JSON '
        'object".',
        lambda call, mine, theirs: call.operation == "put_events" and mine == INVALID and theirs is None,
        leaves_alike=True,
    ),
    Difference(
        "An execution that runs with the same input is not started again",
        'AWS Step Functions API reference, "StartExecution": "If StartExecution is called with the same name and input '
        'as a running execution, the call succeeds and return the same response as the original request."',
        lambda call, mine, theirs: mine is None and theirs == "ExecutionAlreadyExists",
        leaves_alike=True,
    ),
    Difference(
        "A transaction writes an item that lacks a key attribute",
        'Amazon DynamoDB API reference, "PutItem": "When you add an item, the primary key attributes are the only '
        'required attributes."',
        lambda call, mine, theirs: _lacks_key(call) and mine == CANCELLED and theirs in (None, CANCELLED),
        leaves_alike=False,
    ),
    Difference(
        "A transaction with a key that is too long is refused, not cancelled",
        'Amazon DynamoDB API reference, "TransactionCanceledException": the reason ValidationError, "One or more '
        'parameter values were invalid."',
        lambda call, mine, theirs: "TransactItems" in call.request and (mine, theirs) == (CANCELLED, INVALID),
        leaves_alike=True,
    ),
    Difference(
        "A transaction that is repeated with its token, and has a number in another form than it is stored in, is "
        "taken for another one",
        'Amazon DynamoDB API reference, "TransactWriteItems": "multiple identical calls have the same effect as one '
        'single call."',
        lambda call, mine, theirs: _has_odd_number(call.request) and (mine, theirs) == (None, MISMATCH),
        leaves_alike=True,
    ),
    Difference(
        "What has no order is compared, and is neither less nor more",
        'Amazon DynamoDB API reference, "Condition": LT, LE, GT and GE take "only one AttributeValue of type String, '
        'Number, or Binary (not a set type)".',
        lambda call, mine, theirs: _compares_order(call) and mine == INVALID and theirs in (None, NOT_MET, CANCELLED),
        leaves_alike=False,
    ),
    Difference(
        "A transaction with an empty set is cancelled where a condition does not hold, before it is refused",
        'Amazon DynamoDB developer guide, "Supported data types and naming rules in Amazon DynamoDB": "DynamoDB does '
        'not support empty sets".',
        lambda call, mine, theirs: _has_empty_set(call.request) and (mine, theirs) == (INVALID, CANCELLED),
        leaves_alike=True,
    ),
    Difference(
        "A query compares a key with a value of another type",
        'Amazon DynamoDB developer guide, "Key condition expressions for the Query operation in DynamoDB": a key is '
        "compared with a value of its own type; DynamoDB says: Condition parameter type does not match schema type.",
        lambda call, mine, theirs: call.operation == "query" and mine == INVALID and theirs is None,
        leaves_alike=True,
    ),
)


def find(call: Call, mine: str | None, theirs: str | None) -> Difference | None:
    """The difference of the table between two error codes; None for one that it does not have."""
    return next((each for each in DIFFERENCES if each.applies(call, mine, theirs)), None)


def _has_odd_number(value: Any) -> bool:
    if isinstance(value, dict):
        numbers = [*value.get("NS", ()), *([value["N"]] if isinstance(value.get("N"), str) else [])]
        return any(normalize(number) != number for number in numbers) or any(map(_has_odd_number, value.values()))
    return isinstance(value, list) and any(map(_has_odd_number, value))


def _has_empty_set(value: Any) -> bool:
    if isinstance(value, dict):
        return any(value.get(kind) == [] for kind in ("SS", "NS", "BS")) or any(map(_has_empty_set, value.values()))
    return isinstance(value, list) and any(map(_has_empty_set, value))


def _lacks_key(call: Call) -> bool:
    writes = [write for each in call.request.get("TransactItems", ()) for write in each.values()]
    keys = {"aggregates": "partition", "marks": "activity_id"}
    items = [(keys[write["TableName"]], write.get("Item", write.get("Key"))) for write in writes]
    return any({key, "player_id"} - item.keys() for key, item in items)


def _compares_order(call: Call) -> bool:
    requests = [call.request, *(write for each in call.request.get("TransactItems", ()) for write in each.values())]
    return any(sign in request.get("ConditionExpression", "") for request in requests for sign in "<>")


def settle(call: Call, answer: Any) -> Any:
    """An answer without what differs by the table."""
    if call.operation == "put_events":
        entries = zip(call.request["Entries"], answer["Entries"], strict=True)
        return [told.get("ErrorCode") for entry, told in entries if find_fault(entry) is None]
    if call.operation == "delete_message_batch":
        done = [*answer.get("Successful", ()), *answer.get("Failed", ())]
        return {
            "done": sorted(each["Id"] for each in done if find(call, None, each.get("Code")) or "Code" not in each),
            "failed": [each for each in done if "Code" in each and not find(call, None, each["Code"])],
        }
    return answer

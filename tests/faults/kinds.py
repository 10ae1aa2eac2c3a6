"""The kinds of fault: what may happen to one request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from tests.support.memory_aws import Call
from tests.support.memory_aws.errors import cancelled, error

Send = Callable[[], Any]

_THROTTLING = ("dynamodb", "dynamodbstreams", "events", "sqs")


@dataclass(frozen=True)
class Kind:
    """One kind of fault."""

    name: str
    strikes: Callable[[Call], bool]
    """Whether it can happen to a call."""
    happen: Callable[[Call, Send], Any]
    """Make it happen: `Send` carries the call out."""
    lasts: bool = False
    """Whether it happens to every later call of the process too."""


def _name(call: Call) -> str:
    """The operation as AWS names it."""
    return "".join(part.title() for part in call.operation.split("_"))


def _raise(make: Callable[[Call], Exception], *, after: bool = False) -> Callable[[Call, Send], Any]:
    def happen(call: Call, send: Send) -> Any:
        if after:
            send()
        raise make(call)

    return happen


def _broken(call: Call) -> Exception:
    """What a service answers when something in it broke, after the SDK's last attempt."""
    code = {"s3": "InternalError", "events": "InternalException"}.get(call.service, "InternalServerError")
    return error(code, _name(call))


def _throttled(code: str) -> Callable[[Call], Exception]:
    return lambda call: error(code, _name(call))


def _cancelled(code: str) -> Callable[[Call], Exception]:
    """A transaction of which one item was refused, the last: the marks come first."""

    def make(call: Call) -> Exception:
        transaction = call.request["TransactItems"]
        return cancelled(transaction, *["None"] * (len(transaction) - 1), code)

    return make


def _timed_out(call: Call) -> Exception:
    return ReadTimeoutError(endpoint_url=f"https://{call.service}")


def _not_connected(call: Call) -> Exception:
    return ConnectTimeoutError(endpoint_url=f"https://{call.service}")


def _repeat(call: Call, send: Send) -> Any:
    """The answer is lost and the SDK asks again: the caller gets the second answer.

    A transaction has a ClientRequestToken, by which the second request does nothing and is answered like the first
    (DynamoDB API reference, "TransactWriteItems").
    """
    send()
    return send()


def _leave_keys(call: Call, send: Send) -> Any:
    """DynamoDB gets to all keys but the first (DynamoDB API reference, "BatchGetItem")."""
    ((table, wanted),) = call.request["RequestItems"].items()
    answer = send()
    first = wanted["Keys"][0]
    found = [item for item in answer["Responses"].get(table, []) if not first.items() <= item.items()]
    return {"Responses": {table: found}, "UnprocessedKeys": {table: {**wanted, "Keys": [first]}}}


def _refuse_entries(every: bool) -> Callable[[Call, Send], Any]:
    """EventBridge answers 200 and refuses entries one by one (EventBridge API reference, "PutEvents")."""

    def happen(call: Call, send: Send) -> Any:
        entries = list(call.request["Entries"])
        taken = [] if every else entries[1:]
        if taken:
            _change(call, Entries=taken)
            send()
        return {
            "FailedEntryCount": len(entries) - len(taken),
            "Entries": [
                {"EventId": "1"} if entry in taken else {"ErrorCode": "ThrottlingException"} for entry in entries
            ],
        }

    return happen


def _keep_objects(call: Call, send: Send) -> Any:
    """S3 answers 200 and names what it did not delete (S3 API reference, "DeleteObjects")."""
    first, *others = call.request["Delete"]["Objects"]
    if others:
        _change(call, Delete={**call.request["Delete"], "Objects": others})
        send()
    return {"Errors": [{**first, "Code": "InternalError"}]}


def _change(call: Call, **parameters: Any) -> None:
    """Have AWS see another request than the caller made."""
    assert isinstance(call.request, dict)
    call.request.update(parameters)


def _is_write(call: Call) -> bool:
    return call.is_write


def _on(*operations: str) -> Callable[[Call], bool]:
    return lambda call: call.operation in operations


def _of(*services: str) -> Callable[[Call], bool]:
    return lambda call: call.service in services


def _is_transaction(call: Call) -> bool:
    return call.operation == "transact_write_items"


def _is_conditional(call: Call) -> bool:
    return call.operation == "put_object" and bool({"IfMatch", "IfNoneMatch"} & call.request.keys())


KINDS = (
    Kind("fails before", lambda call: True, _raise(_broken)),
    Kind("fails after", _is_write, _raise(_broken, after=True)),
    Kind("everything fails from here on", lambda call: True, _raise(_broken), lasts=True),
    Kind("everything fails from here on, after this", _is_write, _raise(_broken, after=True), lasts=True),
    Kind("is repeated", _is_write, _repeat),
    Kind("times out before", lambda call: True, _raise(_timed_out)),
    Kind("times out after", _is_write, _raise(_timed_out, after=True)),
    Kind("cannot connect", lambda call: True, _raise(_not_connected)),
    Kind("exceeds throughput", _of("dynamodb"), _raise(_throttled("ProvisionedThroughputExceededException"))),
    Kind(
        "is throttled", _of("dynamodb", "dynamodbstreams", "events", "sqs"), _raise(_throttled("ThrottlingException"))
    ),
    Kind("was trimmed", _of("dynamodbstreams"), _raise(_throttled("TrimmedDataAccessException"))),
    Kind("slows down", _of("s3"), _raise(_throttled("SlowDown"))),
    Kind("transaction throttled", _is_transaction, _raise(_cancelled("ThrottlingError"))),
    Kind("transaction over throughput", _is_transaction, _raise(_cancelled("ProvisionedThroughputExceeded"))),
    Kind("transaction conflicts", _is_transaction, _raise(_cancelled("TransactionConflict"))),
    Kind("transaction in progress", _is_transaction, _raise(_throttled("TransactionInProgressException"))),
    Kind(
        "conflicts with a transaction",
        _on("put_item", "update_item", "delete_item"),
        _raise(_throttled("TransactionConflictException")),
    ),
    Kind("conflicts with another write", _is_conditional, _raise(_throttled("ConditionalRequestConflict"))),
    Kind("leaves keys", _on("batch_get_item"), _leave_keys),
    Kind("refuses all events", _on("put_events"), _refuse_entries(every=True)),
    Kind("refuses an event", _on("put_events"), _refuse_entries(every=False)),
    Kind("keeps an object", _on("delete_objects"), _keep_objects),
)
"""Every kind of fault but death, which is in `forks`, and another process that comes in between.

Where their codes come from: Amazon DynamoDB API reference, "PutItem", "TransactWriteItems", "BatchGetItem" (the errors
and the cancellation reasons); Amazon S3 API reference, "Error responses"; Amazon S3 user guide, "Conditional writes";
Amazon EventBridge API reference, "PutEvents". Each is what is left when the SDK has tried as often as it does.
"""


class Struck:
    """Lets one kind of fault happen to one call of a process, and records all calls."""

    def __init__(self, number: int, kind: Kind) -> None:
        self.number = number
        self.kind = kind
        self.calls: list[Call] = []

    def __call__(self, call: Call, send: Send) -> Any:
        """Carry a call out, or let the fault happen."""
        number = len(self.calls)
        self.calls.append(call)
        if number == self.number:
            return self.kind.happen(call, send)
        if number > self.number and self.kind.lasts:
            raise _broken(call)
        return send()

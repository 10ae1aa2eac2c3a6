"""The errors of AWS as boto3 raises them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

_STATUS = {
    "ConditionalRequestConflict": 409,
    "InternalError": 500,
    "InternalFailure": 500,
    "InternalServerError": 500,
    "NoSuchKey": 404,
    "NoSuchBucket": 404,
    "PreconditionFailed": 412,
    "RequestTimeout": 400,
    "ServiceUnavailable": 503,
    "SlowDown": 503,
}
"""HTTP status codes by error code; the others have 400."""


class UnknownRequestError(AssertionError):
    """A request that the AWS in memory does not know, for AWS may well know it: teach it, and compare it."""


@cache
def error_class(code: str) -> type[ClientError]:
    """The class of the errors with a code, as `client.exceptions` has it."""
    return type(code, (ClientError,), {})


class Exceptions:
    """The errors that a client's services may answer, by their codes."""

    def __getattr__(self, code: str) -> type[ClientError]:
        if code.startswith("__"):
            raise AttributeError(code)
        return error_class(code)


def error(code: str, operation: str, message: str | None = None, **more: Any) -> ClientError:
    """An error with which AWS answers. `operation`: as boto3's method is named, or as AWS names it."""
    answer: Any = {
        "Error": {"Code": code, "Message": code if message is None else message},
        "ResponseMetadata": {"HTTPStatusCode": _STATUS.get(code, 400)},
        **more,
    }
    return error_class(code)(answer, operation)


def cancelled(transaction: Sequence[Any], *codes: str, items: Sequence[Any] = ()) -> ClientError:
    """The error with which DynamoDB cancels a transaction. `transaction`: its TransactItems.

    `codes`: the reasons in the order of the items; those that are left out are "None". `items`: the stored items that
    DynamoDB tells where the request asks for them.
    """
    padded = [*codes, *["None"] * (len(transaction) - len(codes))]
    reasons: list[dict[str, Any]] = [
        {"Code": code} if code == "None" else {"Code": code, "Message": REASONS.get(code, code)} for code in padded
    ]
    for reason, item in zip(reasons, items, strict=False):
        if item is not None:
            reason["Item"] = item
    told = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{', '.join(padded)}]"
    return error("TransactionCanceledException", "TransactWriteItems", told, CancellationReasons=reasons)


REASONS = {
    "ConditionalCheckFailed": "The conditional request failed",
    "TransactionConflict": "Transaction is ongoing for the item",
    "ProvisionedThroughputExceeded": "The level of configured provisioned throughput for the table was exceeded.",
    "ThrottlingError": "Throughput exceeds the current capacity of your table or index.",
    "ValidationError": "One or more parameter values were invalid.",
}
"""What DynamoDB says of each reason (Amazon DynamoDB API reference, "TransactWriteItems")."""


def read_timeout(service: str) -> ReadTimeoutError:
    """No answer came in time: the request may have been carried out or not."""
    return ReadTimeoutError(endpoint_url=f"https://{service}.invalid")


def connect_timeout(service: str) -> ConnectTimeoutError:
    """No connection came about, so the request was not carried out."""
    return ConnectTimeoutError(endpoint_url=f"https://{service}.invalid")

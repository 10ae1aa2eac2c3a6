"""Answers of S3 that break off: the SDK has given them by then, and repeats nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import IncompleteReadError, ReadTimeoutError, ResponseStreamingError

from runtime.s3.bucket import BROKEN, Bucket
from tests.support.memory_aws import Call, HookedAws

ERRORS = (
    IncompleteReadError(actual_bytes=1, expected_bytes=2),
    ReadTimeoutError(endpoint_url="s3"),
    ResponseStreamingError(error="connection broken"),
)


class BrokenBody:
    """What is left of an answer that breaks off."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def read(self) -> bytes:
        """Break off."""
        raise self._error


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_file_whose_answer_breaks_off_is_asked_for_again(error: Exception) -> None:
    aws = HookedAws(lambda: 0)
    bucket = Bucket(aws.client("s3"), aws.bucket.name)
    bucket.write("snapshots/a", b'{"a": 1}')
    left = BROKEN

    def answer(call: Call, carry_out: Callable[[], Any]) -> Any:
        nonlocal left
        found = carry_out()
        if call.operation == "get_object" and left:
            left -= 1
            return {**found, "Body": BrokenBody(error)}
        return found

    aws.intercept = answer
    assert bucket.read("snapshots/a", (1, 3)) == b'"a"'
    left = BROKEN
    assert bucket.get("snapshots/a")[0] == {"a": 1}
    left = BROKEN + 1
    with pytest.raises(type(error)):
        bucket.read("snapshots/a")

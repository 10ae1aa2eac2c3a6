"""Answers that are read as the JSON that they are have what botocore reads of them; so do errors, and repetitions."""

from __future__ import annotations

import json
from binascii import crc32
from typing import Any, cast

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from runtime.dynamodb.streaming.raw_json import read_raw

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
NUMBERS = st.integers(-(10**20), 10**20).map(str)
PLAIN = st.one_of(
    st.builds(lambda value: {"S": value}, TEXT),
    st.builds(lambda value: {"N": value}, NUMBERS),
    st.builds(lambda value: {"SS": value}, st.lists(TEXT, min_size=1, max_size=3)),
    st.builds(lambda value: {"NS": value}, st.lists(NUMBERS, min_size=1, max_size=3)),
    st.builds(lambda value: {"BOOL": value}, st.booleans()),
    st.just({"NULL": True}),
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.builds(lambda value: {"L": value}, st.lists(inner, max_size=3)),
        st.builds(lambda value: {"M": value}, st.dictionaries(TEXT, inner, max_size=3)),
    ),
    max_leaves=8,
)
ITEMS = st.dictionaries(TEXT, VALUES, max_size=5)
QUERIES = st.fixed_dictionaries(
    {"Items": st.lists(ITEMS, max_size=4), "Count": st.integers(0, 4), "ScannedCount": st.integers(0, 9)},
    optional={"LastEvaluatedKey": ITEMS, "ConsumedCapacity": st.just({"TableName": "t", "CapacityUnits": 1.5})},
)
CHANGES = st.fixed_dictionaries(
    {
        "Keys": ITEMS,
        "SequenceNumber": NUMBERS,
        "SizeBytes": st.integers(1, 999),
        "StreamViewType": st.just("NEW_IMAGE"),
    },
    optional={"NewImage": ITEMS, "OldImage": ITEMS},
)
RECORDS = st.fixed_dictionaries(
    {"eventID": TEXT, "eventName": st.sampled_from(("INSERT", "MODIFY", "REMOVE")), "dynamodb": CHANGES}
)
PAGES = st.fixed_dictionaries({"Records": st.lists(RECORDS, max_size=3)}, optional={"NextShardIterator": TEXT})
ERRORS = st.builds(
    lambda code, text: {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": text},
    st.sampled_from(("ResourceNotFoundException", "ValidationException", "TrimmedDataAccessException", "Odd")),
    TEXT,
)
REQUESTS: dict[str, tuple[str, dict[str, Any]]] = {
    "dynamodb": ("query", {"TableName": "t", "KeyConditionExpression": "p = :p"}),
    "dynamodbstreams": ("get_records", {"ShardIterator": "i"}),
}
"""The operation of each service that is asked for, by boto3's names, and its request."""


class Wire:
    """A client of a service, whose answers are given one after another instead of AWS's."""

    def __init__(self, service: str, *, raw: bool) -> None:
        config = Config(retries={"mode": "standard", "total_max_attempts": 3})
        given = {"region_name": "eu-central-1", "aws_access_key_id": "id", "aws_secret_access_key": "secret"}
        self.client: Any = boto3.client(service, config=config, **given)  # type: ignore[call-overload]
        self.client.meta.events.register("before-send", self._answer)
        if raw:
            for _ in range(2):
                read_raw(self.client, "Query", "GetRecords")
        self.is_query = service == "dynamodb"
        self.operation = "Query" if self.is_query else "GetRecords"
        self._call, self._request = REQUESTS[service]
        self._answers: list[tuple[int, bytes, str]] = []

    def ask(self, *answers: tuple[int, bytes, str]) -> Any:
        """What the client makes of some answers of AWS's, each a status, a body and a CRC32: the answer or the error.

        All of them must be used: the client repeats its request for each but the last.
        """
        self._answers = list(answers)
        try:
            found = getattr(self.client, self._call)(**self._request)
        except ClientError as error:
            found = error.response
        assert not self._answers
        return found

    def _answer(self, request: Any, **more: Any) -> AWSResponse:
        status, body, checksum = self._answers.pop(0)
        headers, raw = HTTPHeaders.from_dict({"x-amz-crc32": checksum, "x-amzn-RequestId": "r"}), cast("Any", None)
        answer = AWSResponse(request.url, status, headers, raw)
        answer._content = body  # type: ignore[attr-defined]
        return answer


@pytest.fixture(scope="module", params=REQUESTS)
def wires(request: pytest.FixtureRequest) -> tuple[Wire, Wire]:
    """A client as botocore makes it, and one that reads raw JSON."""
    return Wire(request.param, raw=False), Wire(request.param, raw=True)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeat requests at once."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def sealed(content: Any, status: int = 200) -> tuple[int, bytes, str]:
    """An answer with the CRC32 of its body."""
    body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    return status, body, str(crc32(body))


@given(st.one_of(QUERIES, PAGES))
def test_an_answer_is_what_botocore_reads(wires: tuple[Wire, Wire], content: dict[str, Any]) -> None:
    plain, raw = wires
    members = plain.client.meta.service_model.operation_model(plain.operation).output_shape.members
    known = {name: value for name, value in content.items() if name in members}
    assert raw.ask(sealed(known)) == plain.ask(sealed(known))


@given(ERRORS, st.sampled_from((400, 403, 413)))
def test_an_error_is_what_botocore_reads(wires: tuple[Wire, Wire], content: dict[str, Any], status: int) -> None:
    plain, raw = wires
    assert raw.ask(sealed(content, status)) == plain.ask(sealed(content, status))


def test_requests_are_repeated_as_botocore_repeats_them(wires: tuple[Wire, Wire]) -> None:
    is_query = wires[0].is_query
    good = sealed({"Count": 1} if is_query else {"Records": [], "NextShardIterator": "j"})
    throttled = sealed({"__type": "x#ProvisionedThroughputExceededException", "message": "slow"}, 400)
    spoilt = [(200, good[1], str(int(good[2]) + 1)), (200, good[1][:-1], good[2]), (200, b"", good[2])]
    failed = [sealed({"__type": "x#InternalServerError"}, 500), (503, b"<html>Service Unavailable</html>", "0")]
    # botocore checks the CRC32 of DynamoDB's answers only, not of its streams'.
    for first in (throttled, *failed, *(spoilt if is_query else ())):
        plain, raw = (wire.ask(first, good) for wire in wires)
        assert plain == raw
        assert raw["ResponseMetadata"]["RetryAttempts"] == 1
    plain, raw = (wire.ask(throttled, throttled, throttled) for wire in wires)
    assert plain == raw
    assert raw["Error"]["Code"] == "ProvisionedThroughputExceededException"


@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b"\xff", b"{", b"{}"])
def test_what_is_no_answer_is_left_to_botocore(wires: tuple[Wire, Wire], body: bytes) -> None:
    def ask(wire: Wire) -> Any:
        try:
            return wire.ask(sealed(body))
        except Exception as error:
            return type(error), str(error)

    plain, raw = map(ask, wires)
    assert plain == raw


def test_it_reads_what_botocore_would_turn_into_other_types() -> None:
    record = {"dynamodb": {"ApproximateCreationDateTime": 1_795_478_400, "NewImage": {"b": {"B": "AA=="}}}}
    (found,) = Wire("dynamodbstreams", raw=True).ask(sealed({"Records": [record]}))["Records"]
    assert found == record

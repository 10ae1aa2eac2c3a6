"""A signature is good for one request, one key and some minutes; whatever else is changed, it is refused."""

from __future__ import annotations

import time
from functools import partial

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from generator.local.doors.signature import SKEW_SECONDS, Key, RefusedCallError
from tests.support.effort import examples
from tests.support.signing import sign as sign_at

PAIR = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
REGION = "eu-central-1"
KEY = Key(*PAIR, REGION)
BODY = b'{"TableName": "t", "Item": {}}'
NOW = 1_795_802_400.0
sign = partial(sign_at, at=NOW)


def check(headers: dict[str, str], body: bytes = BODY, now: float = NOW) -> str | None:
    """Check a request. Returns the code of what is wrong; None where it is fine."""
    try:
        signature = KEY.check_head(headers, now)
        KEY.check_body(signature, body, headers.get("x-amz-content-sha256"))
    except RefusedCallError as refused:
        return refused.code
    return None


def test_what_botocore_signs_is_good() -> None:
    request = AWSRequest("POST", "http://leaderboards:8080/", data=BODY, headers={"X-Amz-Target": "any"})
    SigV4Auth(Credentials(*PAIR), "dynamodb", REGION).add_auth(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert check({**headers, "host": "leaderboards:8080"}, now=time.time()) is None


@pytest.mark.parametrize(
    "more",
    [
        {"content-type": "application/x-amz-json-1.0"},
        # The SDKs for Java, Go and JavaScript cover more headers, each its own.
        {"content-length": "30", "amz-sdk-request": "attempt=1; max=3", "amz-sdk-invocation-id": "6a3c"},
        {"user-agent": "a b/1", "x-amz-user-agent": "aws-sdk-js/3.0", "accept-encoding": "identity"},
    ],
)
def test_whatever_headers_an_sdk_covers(more: dict[str, str]) -> None:
    assert check(sign(BODY, PAIR, REGION, more=more)) is None


def test_spaces_in_a_header_and_between_the_parts_do_not_matter() -> None:
    headers = sign(BODY, PAIR, REGION, more={"user-agent": "a b"})
    headers |= {"user-agent": " a   b ", "authorization": headers["authorization"].replace(", ", ",")}
    assert check(headers) is None


def test_the_hash_that_a_client_says_is_compared() -> None:
    assert check(sign(BODY, PAIR, REGION) | {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}) == "InvalidSignatureException"
    for said in ("UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "0" * 64):
        headers = sign(BODY, PAIR, REGION, said_hash=said, more={"x-amz-content-sha256": said})
        assert check(headers) == "InvalidSignatureException"


def test_it_is_good_for_some_minutes() -> None:
    headers = sign(BODY, PAIR, REGION)
    for late, code in ((0, None), (SKEW_SECONDS, None), (SKEW_SECONDS + 1, "InvalidSignatureException")):
        assert check(headers, now=NOW + late) == check(headers, now=NOW - late) == code


@pytest.mark.parametrize("day", ["20991127", "20261332", "x", ""])
def test_a_time_is_one_and_of_the_day_of_the_key(day: str) -> None:
    headers = sign(BODY, PAIR, REGION)
    assert check(headers | {"x-amz-date": f"{day}T180000Z"}) == "InvalidSignatureException"
    assert check(headers | {"x-amz-date": day}) == "InvalidSignatureException"


@pytest.mark.parametrize("name", ["host", "x-amz-date", "x-amz-target"])
def test_what_has_to_be_covered_is(name: str) -> None:
    assert check(sign(BODY, PAIR, REGION, unsigned=(name,))) == "InvalidSignatureException"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "MissingAuthenticationTokenException"),
        ({"authorization": "Bearer x"}, "IncompleteSignatureException"),
        ({"authorization": "AWS4-HMAC-SHA256 " + "A" * 9000}, "IncompleteSignatureException"),
        (sign(BODY, ("AKIAIOSFODNN7EXAMPLF", PAIR[1]), REGION), "UnrecognizedClientException"),
        (sign(BODY, (PAIR[0], "wrong"), REGION), "InvalidSignatureException"),
        (sign(BODY, PAIR, "us-east-1"), "InvalidSignatureException"),
        (sign(BODY, PAIR, REGION, service="iam"), "InvalidSignatureException"),
        (sign(BODY, PAIR, REGION) | {"host": "other"}, "InvalidSignatureException"),
        (sign(BODY, PAIR, REGION) | {"x-amz-target": "DynamoDB_20120810.Scan"}, "InvalidSignatureException"),
    ],
)
def test_anything_else_is_refused(headers: dict[str, str], code: str) -> None:
    assert check(headers) == code


@examples(200)
@given(st.data())
def test_a_changed_byte_is_seen(data: st.DataObject) -> None:
    headers = sign(BODY, PAIR, REGION)
    name = data.draw(st.sampled_from(["body", *sorted(headers)]))
    text = bytearray(BODY if name == "body" else headers[name].encode())
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.integers(33, 126).filter(lambda byte: byte != text[place]))
    text[place] = other
    changed = bytes(text) if name == "body" else BODY
    assert check(headers if name == "body" else {**headers, name: text.decode()}, changed) is not None

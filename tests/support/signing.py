"""Signs requests as AWS's Signature Version 4 says, by hand: so that a test can get any part of it wrong."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from functools import reduce
from types import MappingProxyType

TARGET = "DynamoDB_20120810.PutItem"


def sign(
    body: bytes,
    key: tuple[str, str],
    region: str,
    *,
    target: str = TARGET,
    host: str = "leaderboards:8080",
    at: float | None = None,
    service: str = "dynamodb",
    unsigned: tuple[str, ...] = (),
    said_hash: str | None = None,
    more: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """The headers of a signed POST to `/`. `key`: id and secret; `at`: seconds since 1970, or now.

    `unsigned`: headers that the signature leaves out; `said_hash`: what it takes for the hash of the body; `more`:
    further headers, all signed.
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() if at is None else at))
    headers = {"host": host, "x-amz-date": stamp, "x-amz-target": target, **more}
    signed = sorted(headers.keys() - set(unsigned))
    body_hash = said_hash or hashlib.sha256(body).hexdigest()
    lines = ["POST", "/", "", *(f"{name}:{headers[name]}" for name in signed), "", ";".join(signed), body_hash]
    scope = (stamp[:8], region, service, "aws4_request")
    request_hash = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{'/'.join(scope)}\n{request_hash}"
    secret = reduce(lambda made, part: hmac.digest(made, part.encode(), "sha256"), scope, f"AWS4{key[1]}".encode())
    signature = hmac.digest(secret, text.encode(), "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={key[0]}/{'/'.join(scope)}, SignedHeaders={';'.join(signed)}, "
        f"Signature={signature}"
    )
    return headers

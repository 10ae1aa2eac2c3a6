"""Checks the signatures of requests that game servers sign with their key: AWS's Signature Version 4.

A request that somebody recorded on its way can be sent again for some minutes, as on AWS. It is the same activity then,
with the same id, and an activity counts once.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SKEW_SECONDS = 300
"""Seconds from the time of a signature, before and after, for which it is good (IAM user guide, "AWS Signature Version
4 for API requests": a request must reach AWS within five minutes of its time stamp)."""

SERVICE = "dynamodb"

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(\w{1,128})/([0-9]{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request, *"
    r"SignedHeaders=([!-~]+), *Signature=([0-9a-f]{64})",
    re.ASCII,
)
_TIME = re.compile(r"([0-9]{8})T[0-9]{6}Z", re.ASCII)
_SIGNED = frozenset(("host", "x-amz-date", "x-amz-target"))
"""Headers that a signature has to cover (IAM user guide, "Elements of an AWS API request signature": the host and every
X-Amz header). Of the X-Amz headers no other is looked at here, but the hash, which is computed anew."""


class RefusedCallError(Exception):
    """A call that is refused. `code`: the name that DynamoDB has for such an error."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Key:
    """A key that requests are signed with, and the region that they are for."""

    identifier: str
    secret: str
    region: str

    def sign(self, request: AWSRequest) -> None:
        """Add a signature to a request, with the time of this machine."""
        self._signer.add_auth(request)

    def check_head(self, headers: Mapping[str, str], now: float) -> Signature:
        """Check all of a signature for which the body is not needed. Raises RefusedCallError.

        `headers`: of the request, names in lower case. `now`: this machine's time, in seconds since 1970.
        """
        if "authorization" not in headers:
            raise RefusedCallError("MissingAuthenticationTokenException", "the request is not signed")
        found = _AUTHORIZATION.fullmatch(headers["authorization"])
        if found is None:
            raise RefusedCallError("IncompleteSignatureException", "this is no signature of version 4 in a header")
        identifier, day, region, service, names, value = found.groups()
        if not hmac.compare_digest(identifier, self.identifier):
            raise RefusedCallError(
                "UnrecognizedClientException", "the access key is not the game server's; each run has keys of its own"
            )
        if (region, service) != (self.region, SERVICE):
            raise _refuse(f"it is signed for {service} in {region}, and this is {SERVICE} in {self.region}")
        signed = names.split(";")
        if signed != sorted(set(signed)) or not _SIGNED <= set(signed) <= headers.keys():
            raise _refuse(f"the signature covers headers that are there, and these: {', '.join(sorted(_SIGNED))}")
        time = headers["x-amz-date"]
        _check_time(time, day, now)
        return Signature(value, time, {name: " ".join(headers[name].split()) for name in signed}, names)

    def check_body(self, signature: Signature, body: bytes, said_hash: str | None) -> None:
        """Check that a signature is of this key, for this body of a POST to `/`. Raises RefusedCallError.

        `said_hash`: what the client says of the body, if it does.
        """
        body_hash = hashlib.sha256(body).hexdigest()
        if said_hash not in (None, body_hash):
            raise _refuse("the header x-amz-content-sha256 is not the hash of the body")
        lines = [f"{name}:{value}" for name, value in signature.headers.items()]
        canonical = "\n".join(["POST", "/", "", *lines, "", signature.names, body_hash])
        request = AWSRequest("POST", "http://any/")
        request.context["timestamp"] = signature.time
        signer = self._signer
        wanted: str = signer.signature(signer.string_to_sign(request, canonical), request)
        if not hmac.compare_digest(wanted, signature.value):
            raise _refuse("the signature is not that of the game server's secret key for this request")

    @property
    def _signer(self) -> SigV4Auth:
        return SigV4Auth(Credentials(self.identifier, self.secret), SERVICE, self.region)


@dataclass(frozen=True)
class Signature:
    """A signature, with what it covers but for the body. `names`: of the headers, as the request lists them."""

    value: str
    time: str
    headers: Mapping[str, str]
    names: str


def _check_time(time: str, day: str, now: float) -> None:
    found = _TIME.fullmatch(time)
    try:
        at = datetime.strptime(time, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if found else None
    except ValueError:
        at = None
    if found is None or at is None or found[1] != day:
        raise _refuse("the header x-amz-date has a time such as 20261127T180000Z, of the day that the key is for")
    # The words of AWS: some SDKs look for them, correct their clock by the Date header, and try again.
    if at.timestamp() < now - SKEW_SECONDS:
        raise _refuse(f"Signature expired: {time} is more than {SKEW_SECONDS // 60} minutes ago by the clock here")
    if at.timestamp() > now + SKEW_SECONDS:
        raise _refuse(f"Signature not yet current: {time} is more than {SKEW_SECONDS // 60} minutes from now here")


def _refuse(text: str) -> RefusedCallError:
    return RefusedCallError("InvalidSignatureException", text)

"""Reads how much a Terraform state in S3 holds: whether anything would have to be destroyed by it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from generator.aws.sessions import AwsPlace, AwsSession
from generator.diagnostics.wording import escape_invisible, quote

CONNECT_SECONDS = 2
"""Seconds to wait for a connection to each address of S3: who is offline need not wait long to be told so."""
READ_SECONDS = 5
"""Seconds to wait for each part of an answer."""

_FORMAT = 4
"""The version of the state files of Terraform since 0.12. What is of another one may hold resources elsewhere."""
_MISSING_TOO = (
    "without s3:ListBucket on the bucket, S3 says that of an object that is not there too (Amazon S3 API reference, "
    '"GetObject")'
)


@dataclass(frozen=True)
class State:
    """What a Terraform state holds."""

    resources: int | None
    """How many resources; 0 also where there is no state. None for a state that can't be read."""
    unread: str = ""
    """Why it can't be read."""


class StateReader:
    """Reads states in S3 with the user's own credentials, once each: a bucket that can't be reached is not asked again.

    Imports boto3 when the first state is read.
    """

    def __init__(self) -> None:
        self._unreachable: dict[str, State] = {}

    def read(self, address: str, region: str) -> State:
        """Read the state at `s3://BUCKET/KEY`. `region`: the bucket's; where it is another one, S3 says so itself."""
        from botocore.exceptions import BotoCoreError, ClientError

        bucket, _, key = address.removeprefix("s3://").partition("/")
        if not (address.startswith("s3://") and bucket and key):
            return State(None, "this is no place in S3")
        if bucket in self._unreachable:
            return self._unreachable[bucket]
        try:
            return _judge(_make_client(region).get_object(Bucket=bucket, Key=key)["Body"].read())
        except ClientError as error:
            return _explain(error.response, str(error), bucket)
        except (BotoCoreError, ValueError, OSError, EOFError) as error:
            # An address that is none, a file of settings that may not be read, a profile that asks for a code.
            self._unreachable[bucket] = State(None, escape_invisible(str(error)) or type(error).__name__)
            return self._unreachable[bucket]


def _make_client(region: str) -> Any:
    from botocore.config import Config

    once = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"total_max_attempts": 1})
    return AwsSession(AwsPlace(), region).client("s3", config=once)


def _explain(response: Any, message: str, bucket: str) -> State:
    """Say what an answer of S3 other than the object means."""
    code = response.get("Error", {}).get("Code")
    if code == "NoSuchKey":
        return State(0)
    if code == "NoSuchBucket":  # as likely the wrong account or address as a bucket that was deleted
        return State(None, f"there is no bucket {quote(bucket)}")
    refused = response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 403
    said = escape_invisible(message)
    return State(None, f"{said.rstrip('.')}; {_MISSING_TOO}" if refused else said)


def _judge(content: bytes) -> State:
    """Count the resources of a state. After `terraform destroy` the object stays, with none."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    known = isinstance(document, dict) and document.get("version") == _FORMAT
    if not known or not isinstance(document.get("resources"), list):
        return State(None, "what lies there is no state of Terraform, or an encrypted one")
    return State(sum(map(_count, document["resources"])))


def _count(resource: Any) -> int:
    """How many instances a resource has. What is only read, as a `data` block is, need not be destroyed."""
    if not isinstance(resource, dict):
        return 1
    instances = resource.get("instances")
    several = len(instances) if isinstance(instances, list) else 1
    return 0 if resource.get("mode") == "data" else max(several, 1)

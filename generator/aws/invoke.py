"""Runs a deployed function and waits for what it returns."""

from __future__ import annotations

import base64
import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from generator.errors import FunctionError

LOG_LINES = 12
"""The last lines of the log that the error of a failed function shows: the reason stands at the end."""


def invoke(functions: Any, name: str, event: Any) -> Any:
    """Run the function of this name or ARN, and return what it returns. `functions` is a boto3 client of Lambda.

    Raises FunctionError.
    """
    called, name = name, name.rsplit(":", 1)[-1]
    try:
        answer = functions.invoke(FunctionName=called, Payload=json.dumps(event).encode(), LogType="Tail")
        payload = answer["Payload"].read()
    except (ClientError, BotoCoreError) as error:
        raise FunctionError(f"the function {name} could not be run: {error}") from None
    if "FunctionError" in answer:
        log = base64.b64decode(answer.get("LogResult", "")).decode("utf-8", "replace").splitlines()
        lines = [line for line in log if not line.startswith(("START ", "END ", "REPORT "))] or [payload.decode()]
        raise FunctionError("\n  ".join([f"the function {name} failed:", *lines[-LOG_LINES:]]), *_read_error(payload))
    return json.loads(payload or b"null")


def _read_error(payload: bytes) -> tuple[str, str]:
    """The type and the text of the exception that ended a function (AWS Lambda developer guide, "Lambda function
    errors in Python"); empty where it does not say."""
    try:
        error = json.loads(payload)
    except ValueError:
        return "", ""
    found = error if isinstance(error, dict) else {}
    return str(found.get("errorType", "")), str(found.get("errorMessage", ""))

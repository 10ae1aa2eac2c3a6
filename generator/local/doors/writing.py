"""The door for game servers that run elsewhere, in other containers: it takes what they write, and nothing else.

The embedded AWS listens on loopback only, with all that the operator's keys may do. What comes in here has to be a
PutItem or BatchWriteItem on activities tables, signed with the game server's key. It is read, and goes on to the
embedded AWS as a call that is made here, without the caller's headers and without parameters that the call lacks.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping
from email.utils import formatdate
from http import HTTPStatus
from typing import Any

from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session

from generator.local.doors.game_server import GameServer
from generator.local.doors.signature import Key, RefusedCallError
from generator.local.emulator.process import Emulator
from generator.local.services.http_server import HttpResponse, Request

OPERATIONS = ("PutItem", "BatchWriteItem")
"""What a bundle's producer policy allows."""

BODY_BYTES = 16 * 1024**2
"""The longest body that is read: as much as BatchWriteItem takes (Amazon DynamoDB API reference, "BatchWriteItem")."""

_PREFIX = "DynamoDB_20120810."
_TYPE = "application/x-amz-json-1.0"
_TIMEOUT_SECONDS = 60
"""Seconds that the embedded AWS may take, as long as boto3 would wait for it."""


class WriteDoor:
    """Answers the calls of game servers that run elsewhere."""

    def __init__(self, aws: Emulator, server: GameServer, tables: Callable[[], Collection[str]]) -> None:
        """`server`: whose calls it takes; `tables`: gives the names of those that may be written."""
        self._endpoint = aws.endpoint
        model = aws.client("dynamodb").meta.service_model
        self._members = {name: frozenset(model.operation_model(name).input_shape.members) for name in OPERATIONS}
        self._key = Key(server.access_key_id, server.secret_access_key, aws.region)
        self._tables = tables
        self._arn = f"arn:aws:dynamodb:{aws.region}:{aws.account_id}:table/"
        self._http = URLLib3Session(timeout=_TIMEOUT_SECONDS, max_pool_connections=50)

    def answer(self, request: Request) -> HttpResponse:
        """The answer to a call of AWS. Its Date header is this machine's time: SDKs sign by it."""
        try:
            operation = self._check_head(request)
            status, content = self._send_on(operation, self._read(operation, request))
        except RefusedCallError as refused:
            status, content = HTTPStatus.BAD_REQUEST, _word_error(refused.code, str(refused))
        except BotoCoreError as error:
            status, content = HTTPStatus.INTERNAL_SERVER_ERROR, _word_error("InternalServerError", str(error))
        return HttpResponse(status, {"content-type": _TYPE, "date": formatdate(usegmt=True)}, content)

    def _check_head(self, request: Request) -> str:
        """Check all for which the body is not needed. Returns the operation; raises RefusedCallError."""
        headers = request.headers
        if not {"origin", "sec-fetch-site"}.isdisjoint(headers):
            raise RefusedCallError("AccessDeniedException", "scripts of web pages may not write")
        operation = headers["x-amz-target"].removeprefix(_PREFIX)
        if (request.method, request.path, request.query) != ("POST", "/", "") or operation not in OPERATIONS:
            raise RefusedCallError(
                "AccessDeniedException", f"here game servers may {' and '.join(OPERATIONS)}, and nothing else is taken"
            )
        return operation

    def _read(self, operation: str, request: Request) -> bytes:
        """Read and check a body. Returns what of it is for this operation; raises RefusedCallError."""
        signature = self._key.check_head(request.headers, time.time())
        if request.body.length is None or request.body.length > BODY_BYTES:
            raise RefusedCallError("ValidationException", f"a body says its length, and has at most {BODY_BYTES} bytes")
        body = request.body.read()
        self._key.check_body(signature, body, request.headers.get("x-amz-content-sha256"))
        try:
            parameters = json.loads(body)
        except (ValueError, RecursionError):
            parameters = None
        if not isinstance(parameters, dict):
            raise RefusedCallError("SerializationException", "the body is no object of JSON")
        # The embedded AWS judges by `TableName` alone, where it stands, also those calls that do not have it.
        parameters = {name: value for name, value in parameters.items() if name in self._members[operation]}
        self._check_tables(parameters)
        return json.dumps(parameters).encode()

    def _check_tables(self, parameters: Mapping[str, Any]) -> None:
        """Raise RefusedCallError if a call names a table that is not for activities. What is missing, DynamoDB says."""
        items = parameters.get("RequestItems")
        named = [parameters.get("TableName"), *(items if isinstance(items, dict) else ())]
        allowed = self._tables()
        for name in named:
            if isinstance(name, str) and name.removeprefix(self._arn) not in allowed:
                raise RefusedCallError("AccessDeniedException", "here game servers write into activities tables")

    def _send_on(self, operation: str, body: bytes) -> tuple[int, bytes]:
        """Call the embedded AWS with the game server's key. Returns its status and content."""
        headers = {"X-Amz-Target": _PREFIX + operation, "Content-Type": _TYPE}
        request = AWSRequest("POST", f"{self._endpoint}/", headers=headers, data=body)
        self._key.sign(request)
        response = self._http.send(request.prepare())
        return response.status_code, response.content


def _word_error(code: str, text: str) -> bytes:
    """An error as DynamoDB words it."""
    return json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": text}).encode()

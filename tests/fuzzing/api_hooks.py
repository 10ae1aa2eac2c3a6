"""What schemathesis is told of this API beyond its openapi.yaml. It loads this module by its name.

The names of the hooks are schemathesis' own.
"""

from __future__ import annotations

import json
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response

from tests.rendering.openapi import Schemas

PLAYERS = "x-players"
"""Where the document that is given to schemathesis lists players who are on the board: random ids are nobody's."""
SEGMENTS = ("country:BR", "country:a:b,c%41 +", "country:\u202e<b>")
"""What `segment` may name on the board that has a segment."""


@schemathesis.hook
def map_case(context: HookContext, case: Case[Any]) -> Case[Any]:
    """Let half of the valid requests ask for windows and players that there are, by ids or by name."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return case
    document = _document(case)
    windows = [each["value"] for each in document["components"]["parameters"]["WindowQuery"]["examples"].values()]
    for values, name, known in (
        (case.query, "window", windows),
        (case.path_parameters, "player_id", document[PLAYERS]),
        (case.query, "segment", SEGMENTS),
    ):
        given = values.get(name) if isinstance(values, dict) else None
        if isinstance(given, str) and sum(given.encode()) % 2:
            values[name] = known[sum(given.encode()) // 2 % len(known)]
    _choose_ids_or_name(case)
    return case


def _choose_ids_or_name(case: Case[Any]) -> None:
    """Leave out one of the two ways to name players, which OpenAPI 3.0 can not say exclude each other."""
    query = case.query
    if case.operation.path != "/v1/players" or not isinstance(query, dict):
        return
    if "name" in query and ("ids" not in query or len(str(query)) % 2):
        left_out: tuple[str, ...] = ("ids", "span")
    else:
        left_out = ("name", "limit")
        query.setdefault("ids", ["ann"])
    for name in left_out:
        query.pop(name, None)


@schemathesis.check
def is_described_strictly(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """Every property of an answer is in its schema, and a problem document tells the answer's own status."""
    if case.method != "GET":
        assert response.status_code in (403, 405), response.status_code
        return
    if response.status_code == 304:
        assert not response.content
        return
    schemas = Schemas(_document(case))
    described = schemas.resolve(schemas.document["paths"][case.operation.path]["get"]["responses"])
    if str(response.status_code) not in described:
        return  # Another check says so.
    ((_, content),) = schemas.resolve(described[str(response.status_code)])["content"].items()
    body = json.loads(response.content)
    faults = list(schemas.find_faults(body, content["schema"]))
    if body.get("status", response.status_code) != response.status_code:
        faults.append(f"the document says {body['status']}")
    # A cache that was told that nothing has changed gives the old body with a newer As-Of.
    if (as_of := body.get("as_of")) and as_of > response.headers.get("as-of", [""])[0]:
        faults.append(f"the header As-Of says {response.headers.get('as-of')}")
    assert not faults, faults


def _document(case: Case[Any]) -> dict[str, Any]:
    document: dict[str, Any] = case.operation.schema.raw_schema
    return document

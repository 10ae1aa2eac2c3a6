"""The API's Lambda handler: JSON over GET. `answers` has the content of each path, `queries` the parameters.

To add a path, add its route here, its content in `answers`, its parameters in `queries.PARAMETERS`, and its description
in the blueprint's openapi.yaml.j2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext

from runtime import aws, clock, config, logs, queries
from runtime.answers import ApiAnswer, BoardApi
from runtime.config import BoardConfig
from runtime.domain import instants
from runtime.dynamodb.table import Table
from runtime.queries import ProblemError
from runtime.s3.bucket import Bucket, GoneError
from runtime.s3.cache import CACHED_BYTES, CACHED_PART
from runtime.s3.rank_files import RankFiles
from runtime.s3.snapshots import SnapshotStore

METHODS = ["GET", "HEAD"]
"""The HTTP methods that are answered; any other gets 405."""

app = LambdaFunctionUrlResolver()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer a request to the function's URL. Lambda calls this."""
    logs.begin(context)
    return app.resolve(event, context)


@app.route("/v1/leaderboard", method=METHODS)
def _leaderboard() -> Response[str]:
    query = _query("/v1/leaderboard")
    return _respond(lambda board_api: board_api.leaderboard(query, clock.now()))


@app.route("/v1/players/<player_id>", method=METHODS)
def _player(player_id: str) -> Response[str]:
    query = _query("/v1/players/{player_id}")
    return _respond(lambda board_api: board_api.player(unquote(player_id), query, clock.now()))


@app.route("/v1/players/<player_id>/neighbours", method=METHODS)
def _neighbours(player_id: str) -> Response[str]:
    query = _query("/v1/players/{player_id}/neighbours")
    return _respond(lambda board_api: board_api.neighbours(unquote(player_id), query, clock.now()))


@app.route("/v1/players", method=METHODS)
def _friends() -> Response[str]:
    query = _query("/v1/players")
    return _respond(lambda board_api: board_api.friends(query, clock.now()))


@app.route("/v1/segments", method=METHODS)
def _segments() -> Response[str]:
    query = _query("/v1/segments")
    return _respond(lambda board_api: board_api.segments(query, clock.now()))


@app.route("/v1/windows", method=METHODS)
def _windows() -> Response[str]:
    _query("/v1/windows")
    return _respond(lambda board_api: board_api.windows(clock.now()))


@app.route("/v1/health", method=METHODS)
def _health() -> Response[str]:
    _query("/v1/health")
    return _respond(lambda board_api: board_api.health(clock.now()))


def respond(answer: ApiAnswer, board: BoardConfig, if_none_match: str | None) -> Response[str]:
    """Turn an answer into an HTTP response: 304 where the client has the same content already."""
    headers: dict[str, str | list[str]] = {
        "Cache-Control": f"public, max-age={board.max_age_seconds}" if answer.cached else "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    if answer.as_of is not None:
        headers["As-Of"] = instants.rfc3339(answer.as_of)
    if answer.content_hash is not None:
        headers["ETag"] = f'W/"{answer.content_hash}"'
        if _matches(if_none_match, answer.content_hash):
            return Response(HTTPStatus.NOT_MODIFIED, headers=headers)
    body = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
    return Response(answer.status, "application/json", body, headers)


def respond_problem(problem: ProblemError) -> Response[str]:
    """Turn a problem into an HTTP response, as RFC 9457 describes.

    A client's mistake is cached for a second, so that a client that repeats it does not reach the function each time.
    """
    body = {
        "type": "about:blank",
        "title": problem.status.phrase,
        "status": problem.status.value,
        "detail": problem.detail,
    }
    caching = "public, max-age=1" if problem.cached else "no-store"
    headers: dict[str, str | list[str]] = {"Cache-Control": caching, "X-Content-Type-Options": "nosniff"}
    if problem.as_of is not None:
        headers["As-Of"] = instants.rfc3339(problem.as_of)
    if problem.status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(METHODS)
    return Response(problem.status, "application/problem+json", json.dumps(body, ensure_ascii=False), headers)


@app.not_found
def _not_found(_: NotFoundError) -> Response[str]:
    if app.current_event.http_method not in METHODS:
        return respond_problem(ProblemError(HTTPStatus.METHOD_NOT_ALLOWED, "only GET and HEAD are answered"))
    return respond_problem(ProblemError(HTTPStatus.NOT_FOUND, "no such path; openapi.yaml in the bundle has all paths"))


def _respond_failure(error: Exception) -> Response[str]:
    # The reason goes into the log only: a stranger must not learn how the board works inside.
    logs.fail("the API could not answer", error, route=app.context.get("route"))
    return respond_problem(ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, "the board could not be read; try again"))


def _respond_problem(problem: ProblemError) -> Response[str]:
    problem.cached = problem.cached and _may_be_cached()
    return respond_problem(problem)


app.exception_handler(ProblemError)(_respond_problem)
app.exception_handler(Exception)(_respond_failure)


def _respond(ask: Callable[[BoardApi], ApiAnswer]) -> Response[str]:
    try:
        answer = ask(_api())
    except GoneError:
        # An erasure deletes at once what the newest snapshot does not have any more. Whoever has read a moment before
        # that which one is the newest, reads it anew.
        answer = ask(_api())
    answer = replace(answer, cached=answer.cached and _may_be_cached())
    return respond(answer, config.load_board(), app.current_event.headers.get("if-none-match"))


def _may_be_cached() -> bool:
    return not queries.repeats_ids(app.current_event.raw_query_string)


def _matches(if_none_match: str | None, content_hash: str) -> bool:
    # Weak comparison (RFC 9110, section 13.1.2): W/ makes no difference.
    return if_none_match is not None and (
        if_none_match.strip() == "*" or f'"{content_hash}"' in re.findall(r'"[^"]*"', if_none_match)
    )


def _query(path: str) -> Mapping[str, str]:
    app.context["route"] = path
    return queries.parse_query(app.current_event.raw_query_string, path)


@cache
def _api() -> BoardApi:
    board = config.load_board()
    cached = max(CACHED_BYTES, aws.count_megabytes() * 2**20 // CACHED_PART)
    bucket = Bucket(aws.s3(), aws.setting("BUCKET"), cached=cached)
    table = Table(aws.dynamodb(), aws.setting("AGGREGATES_TABLE"), ("partition", "player_id"))
    return BoardApi(board, RankFiles(bucket, board.columns), SnapshotStore(bucket), table)

"""The API: JSON over GET, every rank from one snapshot.

The pointer is read on each request, because a cached one could show an older `as_of` than the answer before; what it
points to never changes and is cached.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext

from runtime import aws, clock, config, queries
from runtime.config import BoardConfig
from runtime.domain import instants, scoring, windows
from runtime.domain.order_keys import percentile
from runtime.domain.ranking import RankedEntry
from runtime.dynamodb import items
from runtime.dynamodb.table import Table
from runtime.queries import Problem, View, digest, timestamp, view
from runtime.s3.bucket import Bucket
from runtime.s3.rank_files import Ranks
from runtime.s3.snapshots import Snapshots

METHODS = ["GET", "HEAD"]

logger = Logger()
app = LambdaFunctionUrlResolver()


@dataclass(frozen=True)
class Answer:
    """What a request gets, whatever carries it: a status, a JSON body, and the hash of the content it shows."""

    status: int
    body: dict[str, Any]
    content: str | None = None
    as_of: int | None = None
    cached: bool = True


@dataclass(frozen=True)
class Api:
    """One board's answers. Each takes the request's query and the time now, and raises Problem."""

    board: BoardConfig
    ranks: Ranks
    snapshots: Snapshots
    aggregates: Table

    def leaderboard(self, query: Mapping[str, str], now: int) -> Answer:
        """A page of the board: `offset` and `limit` count entries in its order."""
        offset = queries.whole(query, "offset", default=0, least=0, most=10**9)
        limit = queries.whole(query, "limit", default=50, least=1, most=queries.MAX_LIMIT)
        shown = view(self.board, self.snapshots, query, now)
        current = windows.current(shown.kind, now)
        next_reset_at = timestamp(current.ends_at) if current else None
        body = {
            **shown.head(),
            "title": self.board.title,
            "next_reset_at": next_reset_at,
            "entries": self._entries(shown, offset, limit),
        }
        return self._answer(shown, body, digest([shown.content, next_reset_at]))

    def player(self, player_id: str, query: Mapping[str, str], now: int) -> Answer:
        """One player's entry, with `pending` beside it where the score has changed since the snapshot."""
        shown, entry = self._find(player_id, query, now)
        assert shown.ranked is not None
        found = shown.entry(entry)
        found["percentile"] = percentile(self.ranks.worse(shown.ranked, entry), shown.players)
        pending = None if shown.ranked.sealed else self._pending(shown, entry, now)
        if pending is not None:
            found["pending"] = pending
        # What is pending is no part of the snapshot: such an answer has content of its own.
        content = digest([shown.content, pending]) if pending else shown.content
        return self._answer(shown, {**shown.head(), "entry": found}, content)

    def neighbours(self, player_id: str, query: Mapping[str, str], now: int) -> Answer:
        """The entries around a player, `span` on each side, cut at the ends."""
        span = queries.whole(query, "span", default=5, least=1, most=queries.MAX_SPAN)
        shown, entry = self._find(player_id, query, now)
        first = max(0, entry.position - span)
        entries = self._entries(shown, first, entry.position + span + 1 - first)
        return self._answer(shown, {**shown.head(), "entries": entries})

    def friends(self, query: Mapping[str, str], now: int) -> Answer:
        """The entries of some players in the board's order. Those without one are left out."""
        ids = queries.player_ids(query)
        shown = view(self.board, self.snapshots, query, now)
        entries = self.ranks.find_all(shown.ranked, ids) if shown.ranked else []
        return self._answer(shown, {**shown.head(), "entries": [shown.entry(entry) for entry in entries]})

    def windows(self, now: int) -> Answer:
        """The current windows and those that are kept."""
        snapshot = queries.newest(self.board, self.snapshots)
        shown = []
        for kind in self.board.windows:
            current = windows.current(kind, now)
            ranked = [each for each in snapshot.windows if each.span.every == kind.every] if snapshot else []
            spans = {each.span.id: View(self.board, kind, each.span, snapshot, each) for each in ranked}
            if current is not None:
                stored = snapshot.window(current.id) if snapshot else None
                spans[current.id] = View(self.board, kind, stored.span if stored else current, snapshot, stored)
            by_time = sorted(spans.values(), key=lambda each: each.span.ends_at or 0, reverse=True)
            shown += [
                {**each.window(), "current": current is not None and each.span.id == current.id}
                for each in by_time
                if (each.span.starts_at or 0) <= now
            ]
        as_of = snapshot.as_of if snapshot else None
        return Answer(HTTPStatus.OK, {"board": self.board.board, "windows": shown}, digest(shown), as_of)

    def health(self, now: int) -> Answer:
        """200 while the newest snapshot is fresh, 503 when none is."""
        try:
            snapshot = queries.newest(self.board, self.snapshots)
        except Problem:  # its numbers mean something else: it is none of this board's
            snapshot = None
        fresh = snapshot is not None and now - snapshot.as_of < self.board.stale_seconds * 1000
        as_of = snapshot.as_of if snapshot else None
        body = {"board": self.board.board, "healthy": fresh, "as_of": timestamp(as_of)}
        return Answer(HTTPStatus.OK if fresh else HTTPStatus.SERVICE_UNAVAILABLE, body, as_of=as_of, cached=False)

    def _entries(self, shown: View, offset: int, limit: int) -> list[dict[str, Any]]:
        entries = self.ranks.page(shown.ranked, offset, limit) if shown.ranked else []
        return [shown.entry(entry) for entry in entries]

    def _find(self, player_id: str, query: Mapping[str, str], now: int) -> tuple[View, RankedEntry]:
        queries.player_id(player_id)
        shown = view(self.board, self.snapshots, query, now)
        entry = self.ranks.find(shown.ranked, player_id) if shown.ranked else None
        if entry is None:
            detail = f"no entry for the player {player_id} in the window {shown.span.id}"
            raise Problem(HTTPStatus.NOT_FOUND, detail)
        return shown, entry

    def _pending(self, shown: View, entry: RankedEntry, now: int) -> dict[str, Any] | None:
        """The player's score as it is now, where it is another than the entry's."""
        spans = windows.parts(shown.kind, now) if shown.kind.every == "rolling" else [shown.span]
        opened = self.aggregates.get_all([("#windows", span.id) for span in spans])
        shards = {key[1]: items.read_opened(item).shards for key, item in opened.items()}
        keys = [items.place(span.id, shards[span.id], entry.player_id) for span in spans if span.id in shards]
        stored = [items.read_aggregate(item) for item in self.aggregates.get_all(keys).values()] if keys else []
        if not stored:
            return None
        columns = scoring.ranked(self.board, scoring.merge(self.board, stored))
        return None if columns == entry.columns else shown.score(columns)

    def _answer(self, shown: View, body: dict[str, Any], content: str | None = None) -> Answer:
        return Answer(HTTPStatus.OK, body, content or shown.content, shown.as_of)


def respond(answer: Answer, board: BoardConfig, if_none_match: str | None) -> Response[str]:
    """The HTTP answer: 304 where the client has the same content already."""
    headers: dict[str, str | list[str]] = {
        "Cache-Control": f"public, max-age={board.max_age_seconds}" if answer.cached else "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    if answer.as_of is not None:
        headers["As-Of"] = instants.rfc3339(answer.as_of)
    if answer.content is not None:
        headers["ETag"] = f'W/"{answer.content}"'
        if _matches(if_none_match, answer.content):
            return Response(HTTPStatus.NOT_MODIFIED, headers=headers)
    body = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
    return Response(answer.status, "application/json", body, headers)


def respond_problem(problem: Problem) -> Response[str]:
    """An error as RFC 9457 writes it. A client's mistake is cached for a moment, so that one in a loop does not reach
    the function; the board's own trouble is not."""
    body = {
        "type": "about:blank",
        "title": problem.status.phrase,
        "status": problem.status.value,
        "detail": problem.detail,
    }
    caching = "no-store" if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR else "public, max-age=1"
    headers: dict[str, str | list[str]] = {"Cache-Control": caching, "X-Content-Type-Options": "nosniff"}
    if problem.status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(METHODS)
    return Response(problem.status, "application/problem+json", json.dumps(body, ensure_ascii=False), headers)


@app.route("/v1/leaderboard", method=METHODS)
def _leaderboard() -> Response[str]:
    return _respond(_api().leaderboard(_query(), clock.now()))


@app.route("/v1/players/<player_id>", method=METHODS)
def _player(player_id: str) -> Response[str]:
    return _respond(_api().player(player_id, _query(), clock.now()))


@app.route("/v1/players/<player_id>/neighbours", method=METHODS)
def _neighbours(player_id: str) -> Response[str]:
    return _respond(_api().neighbours(player_id, _query(), clock.now()))


@app.route("/v1/players", method=METHODS)
def _friends() -> Response[str]:
    return _respond(_api().friends(_query(), clock.now()))


@app.route("/v1/windows", method=METHODS)
def _windows() -> Response[str]:
    return _respond(_api().windows(clock.now()))


@app.route("/v1/health", method=METHODS)
def _health() -> Response[str]:
    return _respond(_api().health(clock.now()))


@app.not_found
def _not_found(_: NotFoundError) -> Response[str]:
    if app.current_event.http_method not in METHODS:
        return respond_problem(Problem(HTTPStatus.METHOD_NOT_ALLOWED, "only GET and HEAD are answered"))
    return respond_problem(Problem(HTTPStatus.NOT_FOUND, "no such path; openapi.yaml in the bundle has them all"))


def _failed(error: Exception) -> Response[str]:
    # The log has the reason; a stranger does not need it.
    logger.error("the API could not answer", exc_info=error, path=app.current_event.raw_path)
    return respond_problem(Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the board could not be read; try again"))


app.exception_handler(Problem)(respond_problem)
app.exception_handler(Exception)(_failed)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry: a request to the function's URL."""
    return app.resolve(event, context)


def _respond(answer: Answer) -> Response[str]:
    return respond(answer, config.load(), app.current_event.headers.get("if-none-match"))


def _matches(if_none_match: str | None, content: str) -> bool:
    # Weak comparison (RFC 9110, section 13.1.2): W/ does not matter.
    return if_none_match is not None and (
        if_none_match.strip() == "*" or f'"{content}"' in re.findall(r'"[^"]*"', if_none_match)
    )


def _query() -> Mapping[str, str]:
    return app.current_event.query_string_parameters or {}


@cache
def _api() -> Api:
    board = config.load()
    bucket = Bucket(aws.s3(), aws.setting("BUCKET"))
    table = Table(aws.dynamodb(), aws.setting("AGGREGATES_TABLE"), ("partition", "player_id"))
    return Api(board, Ranks(bucket, board.columns), Snapshots(bucket), table)

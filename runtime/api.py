"""The API: JSON over GET, every rank from one snapshot.

The pointer is read on each request, because a cached one could show an older `as_of` than the answer before; what it
points to never changes and is cached.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext

from runtime import aws, config, items, windows
from runtime.activity import PLAYER_ID
from runtime.config import BoardConfig, Window
from runtime.ranking import percentile
from runtime.scoring import number
from runtime.snapshots import Entry, Ranked, Snapshot, Store
from runtime.windows import Span

WINDOW = re.compile(r"[a-z0-9][A-Za-z0-9_-]{0,63}")
MAX_LIMIT = 100
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


class Problem(Exception):  # noqa: N818 (the word of RFC 9457)
    """An answer that is not what was asked for, as `application/problem+json` tells it."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


@dataclass(frozen=True)
class View:
    """One window of one snapshot, as a request sees it."""

    board: BoardConfig
    span: Span
    kind: Window
    snapshot: Snapshot | None
    ranked: Ranked | None
    """None where the snapshot has no ranks for the window: nobody is in it yet."""

    @property
    def content(self) -> str:
        """Equal for two views that show the same, apart from `as_of`."""
        shown = [self.board.title, self.board.decimals, self.span.id, self.ranked.content if self.ranked else ""]
        return _hash(shown)

    @property
    def as_of(self) -> int | None:
        """Time of the snapshot, in milliseconds; None before the first."""
        return self.snapshot.as_of if self.snapshot else None

    @property
    def players(self) -> int:
        """How many have an entry."""
        return self.ranked.players if self.ranked else 0

    def window(self) -> dict[str, Any]:
        """The window as JSON shows it."""
        return {
            "id": self.span.id,
            "every": self.span.every,
            "starts_at": timestamp(self.span.starts_at),
            "ends_at": timestamp(self.span.ends_at),
            "sealed": False,
        }

    def entry(self, entry: Entry) -> dict[str, Any]:
        """An entry as JSON shows it."""
        columns = {
            column.name: number(value, self.board.decimals)
            for column, value in zip(self.board.columns, entry.columns, strict=True)
        }
        return {
            "rank": entry.position + 1,
            "player_id": entry.player_id,
            "name": entry.name,
            "score": columns[self.board.columns[0].name],
            "columns": columns,
            "at": timestamp(entry.at),
        }


def leaderboard(board: BoardConfig, store: Store, query: Mapping[str, str], now: int) -> Answer:
    """A page of the board: `offset` and `limit` count entries in its order."""
    offset = _whole(query, "offset", default=0, least=0, most=10**9)
    limit = _whole(query, "limit", default=50, least=1, most=MAX_LIMIT)
    view = _view(board, store, query, now)
    entries = store.page(view.ranked, offset, limit) if view.ranked else []
    next_reset_at = timestamp(windows.span(view.kind, now).ends_at)
    body = {
        "board": board.board,
        "title": board.title,
        "window": view.window(),
        "next_reset_at": next_reset_at,
        "as_of": timestamp(view.as_of),
        "players": view.players,
        "entries": [view.entry(entry) for entry in entries],
    }
    return Answer(HTTPStatus.OK, body, _hash([view.content, next_reset_at]), view.as_of)


def player(board: BoardConfig, store: Store, player_id: str, query: Mapping[str, str], now: int) -> Answer:
    """One player's entry. Raises Problem (404) where there is none."""
    if not PLAYER_ID.fullmatch(player_id):
        raise Problem(HTTPStatus.BAD_REQUEST, "a player id matches ^[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}$")
    view = _view(board, store, query, now)
    entry = store.find(view.ranked, player_id) if view.ranked else None
    if entry is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"no entry for the player {player_id} in the window {view.span.id}")
    shown = view.entry(entry)
    shown["percentile"] = percentile(entry.position, view.players)
    body = {
        "board": board.board,
        "window": view.window(),
        "as_of": timestamp(view.as_of),
        "players": view.players,
        "entry": shown,
    }
    return Answer(HTTPStatus.OK, body, view.content, view.as_of)


def health(board: BoardConfig, store: Store, now: int) -> Answer:
    """200 while the newest snapshot is fresh, 503 when none is."""
    snapshot = _current(board, store)
    fresh = snapshot is not None and now - snapshot.as_of < board.stale_seconds * 1000
    as_of = snapshot.as_of if snapshot else None
    body = {"board": board.board, "healthy": fresh, "as_of": timestamp(as_of)}
    status = HTTPStatus.OK if fresh else HTTPStatus.SERVICE_UNAVAILABLE
    return Answer(status, body, as_of=as_of, cached=False)


def timestamp(instant: int | None) -> str | None:
    """RFC 3339 in UTC with milliseconds; None for None."""
    if instant is None:
        return None
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def respond(answer: Answer, board: BoardConfig, if_none_match: str | None) -> Response[str]:
    """The HTTP answer: 304 where the client has the same content already."""
    headers: dict[str, str | list[str]] = {
        "Cache-Control": f"public, max-age={board.max_age_seconds}" if answer.cached else "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    if answer.as_of is not None:
        headers["As-Of"] = timestamp(answer.as_of) or ""
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
    board = config.load()
    return respond(leaderboard(board, _store(), _query(), _now()), board, _if_none_match())


@app.route("/v1/players/<player_id>", method=METHODS)
def _player(player_id: str) -> Response[str]:
    board = config.load()
    return respond(player(board, _store(), player_id, _query(), _now()), board, _if_none_match())


@app.route("/v1/health", method=METHODS)
def _health() -> Response[str]:
    board = config.load()
    return respond(health(board, _store(), _now()), board, None)


@app.not_found
def _not_found(_: NotFoundError) -> Response[str]:
    if app.current_event.http_method not in METHODS:
        return respond_problem(Problem(HTTPStatus.METHOD_NOT_ALLOWED, "only GET and HEAD are answered"))
    detail = "the paths are /v1/leaderboard, /v1/players/{player_id} and /v1/health"
    return respond_problem(Problem(HTTPStatus.NOT_FOUND, detail))


def _failed(error: Exception) -> Response[str]:
    # The log has the reason; a stranger does not need it.
    logger.error("the API could not answer", exc_info=error, path=app.current_event.raw_path)
    return respond_problem(Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the board could not be read; try again"))


app.exception_handler(Problem)(respond_problem)
app.exception_handler(Exception)(_failed)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry: a request to the function's URL."""
    return app.resolve(event, context)


def _view(board: BoardConfig, store: Store, query: Mapping[str, str], now: int) -> View:
    wanted = query.get("window")
    if wanted is not None and not WINDOW.fullmatch(wanted):
        raise Problem(HTTPStatus.BAD_REQUEST, "window is a kind of window of this board, or the id of a window")
    snapshot = _current(board, store)
    for kind in board.windows:
        current = windows.span(kind, now)
        if wanted in (None, kind.every, current.id):
            return View(board, current, kind, snapshot, snapshot.window(current.id) if snapshot else None)
    ranked = snapshot.window(str(wanted)) if snapshot else None
    kinds = {kind.every: kind for kind in board.windows}
    if ranked is None or ranked.span.every not in kinds:
        raise Problem(HTTPStatus.NOT_FOUND, f"no window {wanted}; this board has {', '.join(kinds)}")
    return View(board, ranked.span, kinds[ranked.span.every], snapshot, ranked)


def _current(board: BoardConfig, store: Store) -> Snapshot | None:
    """The newest snapshot. Raises Problem (503) for one whose numbers mean something else than this board's."""
    snapshot, _ = store.current()
    if snapshot is not None and any(
        snapshot.identity.get(name, mine) != mine for name, mine in items.identity(board).items()
    ):
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "the board's rules were changed; its data is of the old ones")
    return snapshot


def _hash(content: Any) -> str:
    return sha256(json.dumps(content).encode()).hexdigest()[:16]


def _whole(query: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,10}", text) or not least <= int(text) <= most:
        raise Problem(HTTPStatus.BAD_REQUEST, f"{name} is a whole number from {least} to {most}")
    return int(text)


def _matches(if_none_match: str | None, content: str) -> bool:
    # Weak comparison (RFC 9110, section 13.1.2): W/ does not matter.
    return if_none_match is not None and (
        if_none_match.strip() == "*" or f'"{content}"' in re.findall(r'"[^"]*"', if_none_match)
    )


def _query() -> Mapping[str, str]:
    return app.current_event.query_string_parameters or {}


def _if_none_match() -> str | None:
    return app.current_event.headers.get("if-none-match")


def _now() -> int:
    return time.time_ns() // 1_000_000


@cache
def _store() -> Store:
    return Store(aws.s3(), aws.setting("BUCKET"), config.load().columns)

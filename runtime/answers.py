"""Answers: the content of each path of the API. All ranks in one answer come from one snapshot.

The pointer to the snapshots is read for each request: a cached one could give an older `as_of` than the answer before.
What it points to never changes and is cached.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from runtime import queries
from runtime.config import BoardConfig, WindowKind
from runtime.domain import scoring, windows
from runtime.domain.instants import rfc3339_or_none
from runtime.domain.ranking import RankedEntry, percentile
from runtime.domain.windows import Window
from runtime.dynamodb.aggregates import read_player
from runtime.dynamodb.table import Table
from runtime.queries import ProblemError, WindowView, find_view, hash_content
from runtime.s3.description import ShownSnapshot
from runtime.s3.rank_files import RankFiles
from runtime.s3.snapshots import SnapshotStore, find_timeline
from runtime.views.segment_view import ListView, SegmentReader


@dataclass(frozen=True)
class ApiAnswer:
    """The answer to one request, before it becomes an HTTP response."""

    status: int
    body: dict[str, Any]
    """The content of the JSON body."""
    content_hash: str | None = None
    """A hash of what the answer shows, for its ETag; None for an answer without an ETag."""
    as_of: int | None = None
    """The time of the snapshot, in milliseconds; None before the first."""
    cached: bool = True
    """Whether it may be cached."""


@dataclass(frozen=True)
class BoardApi:
    """One board's API, with a method for each path. Each takes the query and the time, and may raise ProblemError."""

    board: BoardConfig
    rank_files: RankFiles
    snapshots: SnapshotStore
    aggregates: Table

    def leaderboard(self, query: Mapping[str, str], now: int) -> ApiAnswer:
        """A page of the board: `limit` entries in its order, from the position `offset` on.

        A reader who follows a `player` gets the entries around that player with it, so that one request has all.
        """
        offset = queries.parse_whole_number(query, "offset", default=0, least=0, most=10**9)
        limit = queries.parse_whole_number(query, "limit", default=50, least=1, most=queries.MAX_LIMIT)
        player_id = queries.check_player_id(query["player"]) if "player" in query else None
        listed = self._find_list(query, now)
        view = listed.view
        timeline = find_timeline(view.kind, view.shown.snapshot)
        current, upcoming = timeline.current(now), timeline.next(now)
        edges = {
            "next_reset_at": rfc3339_or_none(current.ends_at) if current else None,
            "next_starts_at": rfc3339_or_none(upcoming.starts_at) if upcoming else None,
        }
        body = {
            **listed.head_json(),
            "title": view.board.title,
            **edges,
            "entries": self._entries(listed, offset, limit),
        }
        content_hash = view.content_hash
        if player_id is not None:
            body["around"], entry = [], self._find_entry(listed, player_id)
            if entry is not None:
                body["around"], content_hash = self._describe_around(listed, entry, 1, now)
        return self._answer(view, body, hash_content([content_hash, edges]))

    def player(self, player_id: str, query: Mapping[str, str], now: int) -> ApiAnswer:
        """One player's entry, and as `pending` the current score if it has changed since the snapshot."""
        listed, entry = self._find(player_id, query, now)
        body, content_hash = self._describe_player(listed, entry, now)
        return self._answer(listed.view, {**listed.head_json(), "entry": body}, content_hash)

    def neighbours(self, player_id: str, query: Mapping[str, str], now: int) -> ApiAnswer:
        """The entries around a player: `span` on each side, fewer at the ends of the board."""
        span = queries.parse_span(query)
        listed, entry = self._find(player_id, query, now)
        return self._answer(listed.view, {**listed.head_json(), "entries": self._around(listed, entry, span)})

    def friends(self, query: Mapping[str, str], now: int) -> ApiAnswer:
        """The entries of some players, in the board's order. Players without one are left out.

        A single id gets what its own paths give, for readers on whose way an id cannot stand in a path: percentile and
        pending score, and with `span` the entries around the player. With several ids `span` changes nothing.
        With `name` in place of ids, the players are those whose display name begins with it. Where a parameter of one
        stands beside the other it changes nothing, as some clients send a default for each.
        """
        if "name" in query:
            return self._search(query, now)
        if "ids" not in query and self.board.search_names:
            raise ProblemError(HTTPStatus.BAD_REQUEST, "ids or name is required")
        player_ids, span = queries.parse_player_ids(query), queries.parse_span(query)
        listed = self._find_list(query, now)
        view = listed.view
        in_window = self._files(view).find_all(view.ranks, player_ids) if view.ranks else []
        found = self._segments(view).find_entries(listed, in_window)
        entries, content_hash = [view.entry_json(entry) for entry in found], view.content_hash
        if found and len(player_ids) == 1 and "span" in query:
            entries, content_hash = self._describe_around(listed, in_window[0], span, now)
        elif found and len(player_ids) == 1:
            entries[0], content_hash = self._describe_player(listed, in_window[0], now)
        return self._answer(view, {**listed.head_json(), "entries": entries}, content_hash)

    def segments(self, query: Mapping[str, str], now: int) -> ApiAnswer:
        """The board's segments, each with the values that somebody is in."""
        view = find_view(self.board, self.snapshots, query, now)
        content = {"segments": self._segments(view).list_values(view)}
        titles = [[segment.name, segment.title] for segment in view.board.segments]
        return self._answer(view, {**view.head_json(), **content}, hash_content([view.content_hash, titles]))

    def windows(self, now: int) -> ApiAnswer:
        """The current windows, those that are kept and those to come: by kind, the newest of a kind first."""
        shown = queries.read_newest_snapshot(self.board, self.snapshots)
        listed: list[dict[str, Any]] = []
        timelines = [find_timeline(kind, shown.snapshot) for kind in shown.board.windows]
        upcoming = [window for timeline in timelines if (window := timeline.next(now))]
        for timeline in timelines:
            current = timeline.current(now)
            views = self._views(timeline.kind, current, shown)
            listed += [
                {**view.window_json(), "current": current is not None and view.window.id == current.id}
                for view in sorted(views, key=lambda view: view.window.ends_at or 0, reverse=True)
                if (view.window.starts_at or 0) <= now
            ]
        content = {"windows": listed, "upcoming": [windows.describe(window) for window in upcoming]}
        body = {**shown.head_json(), "board": self.board.name, **content}
        return ApiAnswer(
            HTTPStatus.OK, body, hash_content([content, shown.notice] if shown.notice else content), shown.as_of
        )

    def health(self, now: int) -> ApiAnswer:
        """200 while the newest snapshot is fresh, otherwise 503: also where the next one is refused, at any age."""
        try:
            shown = queries.read_newest_snapshot(self.board, self.snapshots)
        except ProblemError as problem:
            # The snapshot's numbers mean something else, so this board has none.
            shown = ShownSnapshot(self.board, None, problem.detail)
        as_of = shown.as_of
        healthy = not shown.notice and as_of is not None and now - as_of < self.board.stale_seconds * 1000
        notice = {"notice": shown.notice} if shown.notice else {}
        body = {**notice, "board": self.board.name, "healthy": healthy, "as_of": rfc3339_or_none(as_of)}
        status = HTTPStatus.OK if healthy else HTTPStatus.SERVICE_UNAVAILABLE
        return ApiAnswer(status, body, as_of=as_of, cached=False)

    def _search(self, query: Mapping[str, str], now: int) -> ApiAnswer:
        """The entries of players whose display name begins with a text: those of the name itself first, then by name.

        Case, accents and width make no difference, see `folding`. `more` says whether there are others.
        """
        if "ids" in query:
            raise ProblemError(HTTPStatus.BAD_REQUEST, "ids can not stand beside name")
        name = queries.parse_name(query)
        limit = queries.parse_whole_number(query, "limit", default=10, least=1, most=queries.MAX_FOUND)
        if not self.board.search_names:
            detail = "this board finds players by id, not by name; api.search_names in its YAML changes that"
            raise ProblemError(HTTPStatus.NOT_FOUND, detail)
        listed = self._find_list(query, now)
        view = listed.view
        if view.ranks and not view.ranks.names:
            since = "final" if view.ranks.sealed else "made"
            detail = f"the window {view.window.id} is not searched by name: its ranks were {since} before that began"
            raise ProblemError(HTTPStatus.NOT_FOUND, detail, as_of=view.as_of)
        if view.ranks is None:
            return self._answer(view, {**listed.head_json(), "entries": [], "more": False})
        in_window, more = self._files(view).search_names(view.ranks, name, limit, listed.segment)
        entries = [view.entry_json(entry) for entry in self._segments(view).find_entries(listed, in_window)]
        return self._answer(view, {**listed.head_json(), "entries": entries, "more": more})

    def _describe_player(self, listed: ListView, in_window: RankedEntry, now: int) -> tuple[dict[str, Any], str]:
        """What a player's own answer shows, by the player's entry in the window, and a hash of it."""
        view, ranks = listed.view, listed.ranks
        assert view.ranks is not None
        assert ranks is not None
        (entry,) = self._segments(view).find_entries(listed, [in_window])
        body = view.entry_json(entry)
        body["percentile"] = percentile(self._files(view).count_worse(ranks, entry), listed.players)
        body |= self._segments(view).describe_player(listed, in_window)
        pending = None if view.ranks.sealed else self._pending(view, entry, now)
        # Neither a pending score nor which segments the board has is in the snapshot, so its hash does not change with
        # them.
        more: list[Any] = [pending] if pending else []
        more += [list(body["segments"])] if view.board.segments else []
        body |= {"pending": pending} if pending else {}
        return body, hash_content([view.content_hash, *more]) if more else view.content_hash

    def _describe_around(
        self, listed: ListView, in_window: RankedEntry, span: int, now: int
    ) -> tuple[list[dict[str, Any]], str]:
        """The entries around a player, whose own has percentile and pending score, and the hash of such an answer."""
        own, content_hash = self._describe_player(listed, in_window, now)
        around = self._around(listed, in_window, span)
        return [own if each["player_id"] == in_window.player_id else each for each in around], content_hash

    def _around(self, listed: ListView, in_window: RankedEntry, span: int) -> list[dict[str, Any]]:
        """The entries of a list around a player, by the player's entry in the window."""
        (entry,) = self._segments(listed.view).find_entries(listed, [in_window])
        first = max(0, entry.position - span)
        return self._entries(listed, first, entry.position + span + 1 - first)

    def _entries(self, listed: ListView, offset: int, limit: int) -> list[dict[str, Any]]:
        entries = self._files(listed.view).read_page(listed.ranks, offset, limit) if listed.ranks else []
        return [listed.view.entry_json(entry) for entry in entries]

    def _find_list(self, query: Mapping[str, str], now: int) -> ListView:
        """The list that is asked for: a window, or what of it is in one value of a segment."""
        view = find_view(self.board, self.snapshots, query, now)
        return self._segments(view).find_list(view, query)

    def _find(self, player_id: str, query: Mapping[str, str], now: int) -> tuple[ListView, RankedEntry]:
        """The list that is asked for, and the entry in the window of a player who is in it.

        Raises ProblemError (404) where the player is not.
        """
        queries.check_player_id(player_id)
        listed = self._find_list(query, now)
        entry = self._find_entry(listed, player_id)
        if entry is None:
            within = ' in {} "{}"'.format(*listed.segment) if listed.segment else ""
            detail = f"no entry for the player {player_id}{within} in the window {listed.view.window.id}"
            raise ProblemError(HTTPStatus.NOT_FOUND, detail, as_of=listed.view.as_of)
        return listed, entry

    def _find_entry(self, listed: ListView, player_id: str) -> RankedEntry | None:
        """The entry in the window of a player who is in a list of it; None for any other."""
        ranks = listed.view.ranks
        entry = self._files(listed.view).find(ranks, player_id) if ranks else None
        return entry if entry and listed.has(entry) else None

    def _files(self, view: WindowView) -> RankFiles:
        """What reads the ranks of a view, by the columns that they were written with."""
        return self.rank_files if view.board is self.board else self.rank_files.reading(view.board.columns)

    def _segments(self, view: WindowView) -> SegmentReader:
        return SegmentReader(view.board, self._files(view))

    def _views(self, kind: WindowKind, current: Window | None, shown: ShownSnapshot) -> list[WindowView]:
        """The windows of a kind that have ranks in the snapshot, and the current one."""
        ranks = [each for each in shown.snapshot.ranks if each.window.every == kind.every] if shown.snapshot else []
        views = [WindowView(shown, kind, each.window, each) for each in ranks]
        if current is not None and current.id not in {view.window.id for view in views}:
            views.append(WindowView(shown, kind, current, None))
        return views

    def _pending(self, view: WindowView, entry: RankedEntry, now: int) -> dict[str, Any] | None:
        """The player's score as it is now; None where it is still the entry's."""
        parts = [view.window]
        if view.kind.every == "rolling":
            parts = find_timeline(view.kind, view.shown.snapshot).rolling_days(now)
        aggregates = read_player(self.aggregates, parts, entry.player_id)
        if not aggregates:
            return None
        columns = scoring.ranking_columns(view.board, scoring.merge_days(view.board, aggregates))
        return None if columns == entry.columns else view.score_json(columns)

    def _answer(self, view: WindowView, body: dict[str, Any], content_hash: str | None = None) -> ApiAnswer:
        return ApiAnswer(HTTPStatus.OK, body, content_hash or view.content_hash, view.as_of)

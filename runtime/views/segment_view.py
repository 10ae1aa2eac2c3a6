"""Segments in the API: which list of ranked entries `segment=` asks for, and what an answer says of a player's values.

A value that nobody is in, or can be in, gets 404, before the first snapshot too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from runtime.config import BoardConfig, Segment
from runtime.domain.ranking import RankedEntry, RankList, ValueRanks
from runtime.domain.texts.segments import MAX_CHARACTERS, SEGMENT
from runtime.queries import ProblemError, WindowView
from runtime.s3.rank_files import RankFiles


@dataclass(frozen=True)
class ListView:
    """The list that a request asks for: all entries of a window, or those in one value of a segment."""

    view: WindowView
    ranks: RankList | None
    """None where the window has no ranks."""
    segment: tuple[str, str] | None = None
    """The segment's name and the value."""

    @property
    def players(self) -> int:
        """How many players have an entry in the list."""
        return self.ranks.players if self.ranks else 0

    def has(self, entry: RankedEntry) -> bool:
        """Whether a player is in the list, by the player's entry in the window."""
        return self.segment is None or self.segment in entry.segments

    def head_json(self) -> dict[str, Any]:
        """The fields that every answer about the list begins with."""
        head = self.view.head_json()
        if self.segment is None:
            return head
        name, value = self.segment
        return {**head, "segment": {"name": name, "value": value}, "players": self.players}


@dataclass(frozen=True)
class SegmentReader:
    """Reads the lists of a board's segments."""

    board: BoardConfig
    rank_files: RankFiles

    def find_list(self, view: WindowView, query: Mapping[str, str]) -> ListView:
        """The list that `segment=` names, all of the window without it.

        Raises ProblemError: 400 for a malformed one, 404 for an unknown segment and for a value that nobody is in.
        """
        text = query.get("segment")
        if text is None:
            return ListView(view, view.ranks)
        name, value = _parse(self.board, text, view.as_of)
        found = self.rank_files.find_value(view.ranks, name, value) if view.ranks else None
        if found is None:
            # A stranger wrote the value: what could change how a line reads is percent-encoded.
            shown = value if value.isprintable() else quote(value, errors="replace")
            detail = f'nobody is in {name} "{shown}" in the window {view.window.id}'
            raise ProblemError(HTTPStatus.NOT_FOUND, detail, as_of=view.as_of)
        return ListView(view, found, (name, value))

    def find_entries(self, listed: ListView, entries: list[RankedEntry]) -> list[RankedEntry]:
        """The entries that players have in a list, by their entries in the window. Who is not in it is left out."""
        ranks = listed.ranks
        if not isinstance(ranks, ValueRanks):
            return entries
        return [self.rank_files.find_in(ranks, each) for each in entries if listed.has(each)]

    def describe_player(self, listed: ListView, entry: RankedEntry) -> dict[str, Any]:
        """What an answer says of a player's values, by the player's entry in the window: the rank within each.

        In an answer about a segment the rank among all stands beside it.
        """
        if not self.board.segments:
            return {}
        overall = {"overall": {"rank": entry.rank, "players": listed.view.players}} if listed.segment else {}
        values = dict(entry.segments)
        described = {
            segment.name: {"value": values[segment.name], "rank": place.rank, "players": place.players}
            for segment in self.board.segments
            if (place := entry.places.get(segment.name))
        }
        return {"segments": described, **overall}

    def list_values(self, view: WindowView) -> list[dict[str, Any]]:
        """Every segment of the board with the values that somebody is in: those with the most players first."""
        return [self._list_segment(view, segment) for segment in self.board.segments]

    def _list_segment(self, view: WindowView, segment: Segment) -> dict[str, Any]:
        found = self.rank_files.find_segment(view.ranks, segment.name) if view.ranks else None
        values = {value: ranks.players for value, ranks in found.values.items()} if found else {}
        ordered = sorted(values.items(), key=lambda each: (-each[1], each[0]))
        return {
            "name": segment.name,
            "title": segment.title,
            "values": [{"value": value, "players": players} for value, players in ordered],
            "others": found.others if found else 0,
        }


def _parse(board: BoardConfig, text: str, as_of: int | None) -> tuple[str, str]:
    """The name and the value of `segment=`. `as_of`: of the snapshot in which is looked.

    Raises ProblemError: 400 for a malformed one, 404 where the board has no such segment.
    """
    names = [segment.name for segment in board.segments]
    known = f"this board has {', '.join(names) or 'no segments'}"
    if not SEGMENT.fullmatch(text):
        form = f"a name is in small letters, a value has 1 to {MAX_CHARACTERS} characters"
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"segment is NAME:VALUE; {form}; {known}")
    name, _, value = text.partition(":")
    if name not in names:
        raise ProblemError(HTTPStatus.NOT_FOUND, f'no segment "{name}"; {known}', as_of=as_of)
    return name, value

"""Says for people, and for other programs, what is kept of a player. What players and producers wrote is quoted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from generator.cli.operations.players.correction_text import correction_json, describe_correction
from generator.diagnostics.wording import plural, quote
from generator.operations.audit.forgetting import hash_player
from generator.operations.audit.reading import RecordedDeed, list_deeds
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.players.showing import KeptActivity, KeptPlayer, KeptRank, KeptScore
from runtime.config import BoardConfig
from runtime.domain import scoring
from runtime.domain.activity import ACTIVITY_ID, MAX_NAME
from runtime.domain.instants import rfc3339, rfc3339_or_none
from runtime.domain.texts.numbers import json_columns


def describe_player(board: ManagedBoard, kept: KeptPlayer) -> Iterator[str]:
    """Lines for a person."""
    yield f"{kept.player_id} on {board.name}"
    yield from _describe_state(kept)
    ranks = {rank.window.id: rank for rank in kept.ranks}
    yield f"\n{plural(len(kept.scores), 'score')}" if kept.scores else "\nno score in any window"
    for score in kept.scores:
        yield f"  {_describe_score(board.config, score, ranks.pop(score.window.id, None))}"
    for rank in ranks.values():
        yield f"  {rank.window.id}: {_describe_rank(rank)}"
    yield f"\n{len(kept.activities):,} of its activities" if kept.activities else "\nno activity is kept"
    for activity in kept.activities:
        yield f"  {_describe_activity(activity)}"
    if kept.corrections:
        yield f"\n{plural(len(kept.corrections), 'correction')}"
    for correction in kept.corrections:
        yield f"  {describe_correction(board.config, correction)}"
    deeds = list(_find_deeds(board, kept.player_id))
    yield f"\n{plural(len(deeds), 'deed')} in the audit" if deeds else "\nnothing in the audit"
    for deed in deeds:
        why = f": {quote(deed.reason, 300)}" if deed.reason else ""
        yield f"  {deed.began} {quote(deed.command)[1:-1]} by {quote(deed.who, 200)[1:-1]}, {deed.state}{why}"


def describe_player_as_json(board: ManagedBoard, kept: KeptPlayer) -> dict[str, Any]:
    """A document for other programs."""
    ranks = {rank.window.id: rank for rank in kept.ranks}
    return {
        "board": board.name,
        "player_id": kept.player_id,
        "hidden_since": rfc3339_or_none(kept.hidden_since),
        "shown_name": kept.shown_name,
        "erasing_since": rfc3339_or_none(kept.erasing_since),
        "erased_until": rfc3339_or_none(kept.erased_until),
        "names": list(kept.names),
        "scores": [_score_json(board.config, score, ranks.get(score.window.id)) for score in kept.scores],
        "ranks": [_rank_json(rank) for rank in kept.ranks],
        "activities": [_activity_json(activity) for activity in kept.activities],
        "more_activities": kept.more,
        "corrections": [correction_json(board.config, correction) for correction in kept.corrections],
        "minute_counters": kept.minutes,
        "audit": [
            {"began": deed.began, "who": deed.who, "command": deed.command, "why": deed.reason, "state": deed.state}
            for deed in _find_deeds(board, kept.player_id)
        ],
    }


def _describe_state(kept: KeptPlayer) -> Iterator[str]:
    if kept.names:
        yield f"  names: {', '.join(quote(name, MAX_NAME) for name in kept.names)}"
    if kept.shown_name is not None:
        yield f"  shown as {quote(kept.shown_name, MAX_NAME)}"
    if kept.hidden_since is not None:
        yield f"  hidden since {rfc3339(kept.hidden_since)}"
    if kept.erasing_since is not None:
        yield f"  an erasure has begun at {rfc3339(kept.erasing_since)} and not ended: run it again"
    elif kept.erased_until is not None:
        yield f"  erased: nothing that was made until {rfc3339(kept.erased_until)} counts"
    if kept.minutes:
        yield f"  {plural(kept.minutes, 'counter')} of minutes"


def _describe_score(config: BoardConfig, score: KeptScore, rank: KeptRank | None) -> str:
    columns = json_columns(config.columns, scoring.ranking_columns(config, score.aggregate))
    numbers = " ".join(f"{name} {value}" for name, value in columns.items())
    state = "being cleared" if score.is_clearing else _describe_rank(rank) if rank else "in no rank"
    return f"{score.window.id}: {numbers}, at {rfc3339(score.aggregate.at)}, {state}"


def _describe_rank(rank: KeptRank) -> str:
    text = f"rank {rank.rank} of {rank.players:,}" if rank.rank is not None else "in no rank"
    if rank.is_sealed:
        text += ", final"
    if rank.former:
        before = ", ".join("none" if each is None else str(each) for each in rank.former)
        text += f" by revision {rank.revision}; rank before: {before}"
    return text


def _describe_activity(activity: KeptActivity) -> str:
    name = activity.id if ACTIVITY_ID.fullmatch(activity.id) else quote(activity.id, 130)
    at = _time(activity.at) or "no time"
    kind = "" if activity.type is None else f" {quote(activity.type)}"
    where = "" if activity.in_table else ", its item is gone"
    if activity.outcome == "rejected":
        reason = activity.reason or "the reason is gone"
        detail = f": {quote(activity.detail, 300)[1:-1]}" if activity.detail else ""
        return f"{at} {name}{kind} rejected, {reason}{detail}{where}"
    outcome = "no mark says what became of it"
    if activity.outcome:
        outcome = f"{activity.outcome} in {', '.join(activity.windows) or 'windows that are gone'}"
    return f"{at} {name}{kind} {outcome}{where}"


def _time(at: int | None) -> str | None:
    """An instant that a producer wrote; None for one after the year 9999."""
    try:
        return rfc3339_or_none(at)
    except OverflowError:
        return None


def _score_json(config: BoardConfig, score: KeptScore, rank: KeptRank | None) -> dict[str, Any]:
    aggregate = score.aggregate
    return {
        "window": score.window.id,
        "columns": json_columns(config.columns, scoring.ranking_columns(config, aggregate)),
        "at": rfc3339(aggregate.at),
        "name": aggregate.name,
        "counted": aggregate.counted,
        "attached": dict(aggregate.attached),
        "segments": {name: value for name, value, _ in aggregate.segments},
        "sealed": score.is_sealed,
        "clearing": score.is_clearing,
        "rank": rank.rank if rank else None,
    }


def _rank_json(rank: KeptRank) -> dict[str, Any]:
    return {
        "window": rank.window.id,
        "rank": rank.rank,
        "players": rank.players,
        "final": rank.is_sealed,
        "revision": rank.revision,
        "former_ranks": list(rank.former),
    }


def _activity_json(activity: KeptActivity) -> dict[str, Any]:
    return {
        "activity_id": activity.id,
        "at": _time(activity.at),
        "type": activity.type,
        "in_table": activity.in_table,
        "outcome": activity.outcome or None,
        "reason": activity.reason or None,
        "detail": activity.detail or None,
        "windows": list(activity.windows),
    }


def _find_deeds(board: ManagedBoard, player_id: str) -> Iterable[RecordedDeed]:
    return list_deeds(board.running.marks, players=(player_id, hash_player(player_id)))

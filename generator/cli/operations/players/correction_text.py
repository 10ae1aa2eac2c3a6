"""Says for people, and for other programs, what a correction changes. What a person wrote is quoted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.diagnostics.wording import plural
from generator.operations.corrections.correction import CountedCorrection, Values
from generator.operations.corrections.ranks import Rank
from runtime.config import BoardConfig
from runtime.domain.instants import rfc3339
from runtime.domain.texts.numbers import json_number

Ranks = Mapping[str, Rank]
"""A player's ranks by window id."""


def describe_correction(config: BoardConfig, counted: CountedCorrection) -> str:
    """A correction that was counted, in a line."""
    values = ", ".join(f"{name} {number}" for name, number in _numbers(config, counted.values).items())
    windows = "; ".join(f"{window}, {_describe_change(config, counted, window)}" for window in counted.after)
    return f"{rfc3339(counted.at)} {counted.activity_id} {counted.action} {values} in {windows}"


def describe_outcome(
    config: BoardConfig, counted: CountedCorrection, before: Ranks, after: Ranks, *, is_done: bool
) -> Iterator[str]:
    """What a correction has changed, or would change: a line for each window, and one for all."""
    for window in counted.after:
        rank = _describe_rank(before.get(window), after[window], is_done)
        yield f"{window}: {_describe_change(config, counted, window)}{rank}"
    said = f"{counted.player_id} {'is' if is_done else 'would be'} corrected in {plural(len(counted.after), 'window')}"
    yield said + ("" if is_done else " (nothing is done: --dry-run)")


def correction_json(config: BoardConfig, counted: CountedCorrection) -> dict[str, Any]:
    """A correction that was counted, for other programs."""
    return {
        "activity_id": counted.activity_id,
        "at": rfc3339(counted.at),
        "action": counted.action,
        "values": _numbers(config, counted.values),
        "windows": [_change_json(config, counted, window) for window in counted.after],
    }


def outcome_json(
    config: BoardConfig, counted: CountedCorrection, before: Ranks, after: Ranks, *, is_done: bool
) -> list[dict[str, Any]]:
    """What a correction has changed, or would change, in each window."""
    return [
        {
            **_change_json(config, counted, window),
            "rank_before": before[window].rank if window in before else None,
            "rank_after": after[window].expected,
            "players": after[window].players,
            "revision": after[window].revision,
        }
        for window in counted.after
    ]


def _change_json(config: BoardConfig, counted: CountedCorrection, window: str) -> dict[str, Any]:
    before = counted.before[window]
    return {
        "window": window,
        "before": None if before is None else _numbers(config, before),
        "after": _numbers(config, counted.after[window]),
    }


def _describe_change(config: BoardConfig, counted: CountedCorrection, window: str) -> str:
    """Each column that changes, and a player's only one in any case."""
    before, after = counted.before[window] or {}, counted.after[window]
    told = [name for name in after if after[name] != before.get(name)] or list(counted.values)
    old, new = _numbers(config, before), _numbers(config, after)
    return ", ".join(f"{name} {old.get(name, 'none')} -> {new[name]}" for name in told)


def _describe_rank(before: Rank | None, after: Rank, is_done: bool) -> str:
    new = after.expected
    if new is None and (before is None or before.rank is None):
        return ""
    # Of a correction that was counted earlier nobody knows any more which rank was before it.
    old = "" if before is None else f"{_word_rank(before.rank)} -> "
    revision = f", final by revision {after.revision}" if is_done and after.revision else ""
    return f", rank {old}{_word_rank(new)} of {after.players:,}{revision}"


def _word_rank(rank: int | None) -> str:
    return "none" if rank is None else f"{rank:,}"


def _numbers(config: BoardConfig, values: Values) -> dict[str, int | float]:
    decimals = {column.name: column.decimals for column in config.columns}
    return {name: json_number(value, decimals[name]) for name, value in values.items() if name in decimals}

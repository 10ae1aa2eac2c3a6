"""Says for people, and for other programs, what a replay changes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile
from typing import Any

from generator.cli.documents import print_json_text
from generator.diagnostics.wording import plural
from generator.operations.replays.comparing import Change, Comparison
from runtime.config import BoardConfig
from runtime.domain.scoring import Columns
from runtime.domain.texts.numbers import json_columns, write_number


class Changes:
    """All changes of a replay, in a file without a name: there may be as many as players."""

    def __init__(self, config: BoardConfig) -> None:
        self._config = config
        self._file = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def begin(self) -> None:
        """Forget those that were written down."""
        self._file.seek(0)
        self._file.truncate()

    def note(self, change: Change) -> None:
        """Write one down."""
        row = {
            "window": change.window_id,
            "player_id": change.player_id,
            "before": _as_json(self._config, change.before),
            "after": _as_json(self._config, change.after),
        }
        self._file.write(json.dumps(row) + "\n")

    def print_after(self, document: dict[str, Any]) -> None:
        """Print a document of JSON that has the changes besides, one a line."""
        print_json_text(json.dumps(document, indent=2, ensure_ascii=False)[: -len("\n}")] + ',\n  "changes": [')
        self._file.seek(0)
        for number, line in enumerate(self._file):
            print_json_text(("," if number else "") + "\n    " + line.rstrip("\n"))
        print_json_text("\n  ]\n}\n")


def describe_comparison(board: BoardConfig, comparison: Comparison) -> Iterator[str]:
    """Lines for a person: what is missing comes first."""
    if comparison.missing:
        players = plural(comparison.missing_players, "player")
        yield f"missing in the activities table: {_activities(comparison.missing)} of {players}"
    who = plural(comparison.players, "player")
    if comparison.days:
        who = f"{plural(comparison.players, 'score')} of {plural(comparison.days, 'day')}"
    yield f"{who}, {plural(comparison.changed, 'score')} of them another" + _tell(
        ("new", comparison.appear), ("gone", comparison.vanish)
    )
    if comparison.dropped:
        reasons = ", ".join(f"{number:,} {reason}" for reason, number in sorted(comparison.dropped.items()))
        yield f"{_activities(comparison.dropped.total())} that counted, and by the rules of now do not: {reasons}"
    if comparison.added:
        verb = "counts" if comparison.added == 1 else "count"
        yield f"{_activities(comparison.added)} that nobody had decided on {verb}"
    if comparison.largest:
        yield "the largest changes:"
    for _, _, _, change in comparison.largest:
        before, after = (_as_text(board, each) for each in (change.before, change.after))
        yield f"  {change.window_id} {change.player_id}: {before} -> {after}"
    if comparison.changed and not comparison.days:
        yield "the top, before and after:"
        yield from _describe_tops(board, comparison)


def comparison_as_json(board: BoardConfig, comparison: Comparison) -> dict[str, Any]:
    """The same for other programs, without all changes."""
    tops = {"top_before": comparison.top_before, "top_after": comparison.top_after}
    if comparison.days:
        tops = {}
    return {
        **({"days": comparison.days} if comparison.days else {}),
        **({"repeated": True} if comparison.is_repeated else {}),
        "players": comparison.players,
        "changed": comparison.changed,
        "new": comparison.appear,
        "gone": comparison.vanish,
        "missing": {"activities": comparison.missing, "players": comparison.missing_players},
        "dropped": dict(comparison.dropped),
        "added": comparison.added,
        **{
            name: [{"player_id": each[1], **json_columns(board.columns, each[2])} for each in top]
            for name, top in tops.items()
        },
    }


def _describe_tops(board: BoardConfig, comparison: Comparison) -> Iterator[str]:
    rows = max(len(comparison.top_before), len(comparison.top_after))
    sides = [_list_top(board, top, rows) for top in (comparison.top_before, comparison.top_after)]
    width = max(map(len, sides[0]))
    for number, (before, after) in enumerate(zip(*sides, strict=True), 1):
        yield f"  {number:>2}  {before:<{width}}  {after}".rstrip()


def _list_top(board: BoardConfig, top: Sequence[tuple[str, str, Columns]], rows: int) -> list[str]:
    listed = [f"{player_id} {_as_text(board, columns)}" for _, player_id, columns in top]
    return listed + [""] * (rows - len(listed))


def _tell(*counts: tuple[str, int]) -> str:
    return "".join(f", {number:,} {word}" for word, number in counts if number)


def _activities(number: int) -> str:
    return f"{number:,} {'activity' if number == 1 else 'activities'}"


def _as_text(board: BoardConfig, columns: Columns | None) -> str:
    if columns is None:
        return "none"
    return ", ".join(write_number(column, value) for column, value in zip(board.columns, columns, strict=True))


def _as_json(board: BoardConfig, columns: Columns | None) -> dict[str, Any] | None:
    return None if columns is None else json_columns(board.columns, columns)

"""What a snapshot says of itself: how the board that made it counts and shows, so that it can be read without it.

A board may change in a way that its data does not allow. Then nothing more is written, and readers get the last
snapshot as it describes itself, with a notice, instead of nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any, get_args

from runtime.config import BoardConfig, Column, Every, Season, Segment, WindowKind
from runtime.domain.identity import describe_identity
from runtime.domain.instants import rfc3339
from runtime.domain.ranking import FORMAT
from runtime.domain.texts.numbers import read_as
from runtime.s3.snapshots import Snapshot


class UnreadableError(Exception):
    """A snapshot's numbers mean something else than the board's, and it does not say how to read them; or its
    files are in another format."""


@dataclass(frozen=True)
class ShownSnapshot:
    """A snapshot, and the board by which it is shown."""

    board: BoardConfig
    """The reader's own board; where the snapshot's numbers mean something else, the board that the snapshot describes.
    """
    snapshot: Snapshot | None
    """None before the first."""
    notice: str | None = None
    """Why the ranks stand still, in words for everybody; None where they do not."""

    @property
    def as_of(self) -> int | None:
        """The time of the snapshot, in milliseconds; None before the first."""
        return self.snapshot.as_of if self.snapshot else None

    def head_json(self) -> dict[str, Any]:
        """What an answer begins with where the ranks stand still: the notice, and the columns that scores then have."""
        if self.notice is None:
            return {}
        return {"notice": self.notice, "described_columns": [_column_json(column) for column in self.board.columns]}


def show_snapshot(board: BoardConfig, snapshot: Snapshot | None) -> ShownSnapshot:
    """Decide how a board's reader shows a snapshot. Raises UnreadableError where nothing says how.

    The snapshot may lack a kind of window that is new to the board.
    """
    if snapshot is not None and any(ranks.format != FORMAT for ranks in snapshot.ranks):
        raise UnreadableError("the ranks are those of another release, and the next rebuild makes them anew")
    own = describe_identity(board)
    stored = snapshot.identity if snapshot else {}
    refused = [(stored[name], own[name]) for name in own if stored.get(name, own[name]) != own[name]]
    if snapshot is None or not refused:
        return ShownSnapshot(board, snapshot)
    if snapshot.board is None:
        raise UnreadableError("the board's rules were changed, and its data was made with the old ones")
    changes = "; ".join(f'its scores are "{before}", its rules say "{after}"' for before, after in refused)
    # The page has room for what stands before the parenthesis.
    notice = f"Ranks stand still since {rfc3339(snapshot.as_of)}, as the board's rules were changed ({changes})."
    return ShownSnapshot(restore_board(board, snapshot.board), snapshot, notice)


def describe_board(board: BoardConfig) -> dict[str, Any]:
    """Describe all of a board that its snapshots cannot be read without, as JSON stores it."""
    segments = [{"name": each.name, "field": each.field, "title": each.title} for each in board.segments]
    optional = {"attach": list(board.attach), "segments": segments}
    return {
        "aggregate": board.aggregate,
        "ties": board.ties,
        "columns": [asdict(column) for column in board.columns],
        "windows": [_describe_kind(kind) for kind in board.windows],
        **{name: listed for name, listed in optional.items() if listed},
    }


def restore_board(board: BoardConfig, described: dict[str, Any]) -> BoardConfig:
    """The board that a description is of; what the description leaves out is as in `board`.

    Fields and kinds of window that this release does not know are those of a later one, and are left out.
    """
    windows = [_restore_kind(raw) for raw in described["windows"] if raw["every"] in get_args(Every)]
    return replace(
        board,
        aggregate=described["aggregate"],
        ties=described["ties"],
        columns=tuple(Column(**_known(Column, raw)) for raw in described["columns"]),
        windows=tuple(windows) or board.windows,
        attach=tuple(described.get("attach", ())),
        segments=tuple(Segment(**_known(Segment, raw)) for raw in described.get("segments", ())),
    )


def _column_json(column: Column) -> dict[str, Any]:
    """A column as an answer describes it: `reading` is how people read its numbers."""
    described = {"name": column.name, "title": column.title or column.name, "order": column.order}
    return {**described, "decimals": column.decimals, "reading": asdict(read_as(column))}


def _describe_kind(kind: WindowKind) -> dict[str, Any]:
    """A kind of window without what is as it is by default."""
    seasons = [[each.name, each.starts.isoformat(), each.ends.isoformat()] for each in kind.seasons]
    plain = asdict(WindowKind(kind.every))
    described = {**asdict(kind), "seasons": seasons or ()}
    return {name: value for name, value in described.items() if name == "every" or value != plain[name]}


def _restore_kind(raw: dict[str, Any]) -> WindowKind:
    seasons = tuple(
        Season(name, date.fromisoformat(starts), date.fromisoformat(ends))
        for name, starts, ends in raw.get("seasons", ())
    )
    return WindowKind(**{**_known(WindowKind, raw), "seasons": seasons})


def _known(kind: type[Any], raw: dict[str, Any]) -> dict[str, Any]:
    """The values of a description that this release has fields for."""
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in raw.items() if name in names}

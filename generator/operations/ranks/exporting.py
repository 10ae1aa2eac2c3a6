"""Reads all ranks of a window out of one snapshot, as documents."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from generator.errors import InputError, OperationError
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.ranks.formats import Document, Field
from generator.operations.running_board import aws_errors_as_operation_errors
from runtime.domain.instants import rfc3339
from runtime.domain.ranking import RankedEntry
from runtime.domain.texts import attached
from runtime.queries import ProblemError, WindowView, find_view
from runtime.s3.rank_files import RankFiles
from runtime.s3.ranks.sizes import BLOCK
from runtime.s3.snapshots import SnapshotStore

PAGE = 8 * BLOCK
"""Entries that are read together: neighbouring blocks are one request."""
PAGES = 4
"""Pages that are read at the same time, and lie in memory: some 20 MB."""


@dataclass(frozen=True)
class ExportedRanks:
    """The ranks of one window in one snapshot."""

    view: WindowView
    board: ManagedBoard

    @property
    def fields(self) -> list[Field]:
        """The columns of a table of them. Players who are hidden are in no snapshot."""
        config = self.view.board
        return [
            Field(("rank",), 0),
            Field(("player_id",)),
            Field(("name",)),
            Field(("at",)),
            *(Field(("columns", column.name), column.decimals) for column in config.columns),
            *(Field(("segments", segment.name)) for segment in config.segments),
            *(Field(("attached", name)) for name in config.attach),
        ]

    def read(self) -> Iterator[list[Document]]:
        """Read the entries in the board's order, some thousands at a time.

        Raises OperationError, also where the snapshot was replaced so long ago that its files are gone.
        """
        ranks = self.view.ranks
        if ranks is None:
            return
        files = RankFiles(self.board.bucket, self.view.board.columns)
        with ThreadPoolExecutor(PAGES) as pool:
            for start in range(0, ranks.players, PAGES * PAGE):
                offsets = range(start, min(start + PAGES * PAGE, ranks.players), PAGE)
                try:
                    with aws_errors_as_operation_errors():
                        pages = list(pool.map(lambda offset: files.read_page(ranks, offset, PAGE), offsets))
                except LookupError:
                    raise OperationError("the snapshot was replaced while it was read: run this again") from None
                yield [self._describe(entry) for page in pages for entry in page]

    def _describe(self, entry: RankedEntry) -> Document:
        config, segments = self.view.board, dict(entry.segments)
        columns = {
            column.name: Decimal(value).scaleb(-column.decimals) if column.decimals else value
            for column, value in zip(config.columns, entry.columns, strict=True)
        }
        more: dict[str, Any] = {}
        if config.segments:
            more["segments"] = {each.name: segments.get(each.name) for each in config.segments}
        if config.attach:
            more["attached"] = attached.select(config.attach, entry.attached)
        return {
            "rank": entry.rank,
            "player_id": entry.player_id,
            "name": entry.name,
            "at": rfc3339(entry.at),
            "columns": columns,
            **more,
        }


def find_window(board: ManagedBoard, wanted: str) -> WindowView:
    """Find a window in the newest snapshot as the API does: by its id, as KIND, or as KIND:previous.

    Raises InputError for one that the board does not have, OperationError.
    """
    try:
        with aws_errors_as_operation_errors():
            return find_view(board.config, SnapshotStore(board.bucket), {"window": wanted}, board.running.now())
    except ProblemError as problem:
        raise InputError(f"--window: {problem.detail}") from None


def export_ranks(board: ManagedBoard, wanted: str) -> ExportedRanks:
    """Find the ranks of a window in the newest snapshot. Raises InputError, OperationError."""
    return ExportedRanks(find_window(board, wanted), board)

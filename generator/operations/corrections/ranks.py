"""Finds the rank that a player has in the newest snapshot, and the one that another score would have there."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from generator.operations.players.managed_board import ManagedBoard
from runtime.config import BoardConfig
from runtime.domain.order_keys import order_key
from runtime.domain.ranking import RankedEntry, WindowRanks
from runtime.domain.scoring import Aggregate, ranking_columns
from runtime.domain.windows import Window
from runtime.s3.rank_files import RankFiles
from runtime.s3.snapshots import Snapshot, SnapshotStore


@dataclass(frozen=True)
class Rank:
    """A player's rank in a window, as the newest snapshot has it."""

    rank: int | None
    """None for a player who is in none of its ranks, and for a day of a rolling window, which has none."""
    players: int
    """How many there are, with the player, where one who is in none of its ranks would be."""
    revision: int
    foreseen: int | None
    """The rank that another score would have among the same players; None where none was asked for."""

    @property
    def expected(self) -> int | None:
        """The rank of the other score, where one was asked for; otherwise the player's."""
        return self.foreseen or self.rank


def read_ranks(
    board: ManagedBoard, player_id: str, windows: list[str], scores: Mapping[Window, Aggregate] | None = None
) -> dict[str, Rank]:
    """The player's ranks in some windows, by their ids. `scores`: those to foresee ranks for."""
    newest, files = SnapshotStore(board.bucket).read_newest(), RankFiles(board.bucket, board.config.columns)
    wanted = {window.id: aggregate for window, aggregate in (scores or {}).items()}
    found = {}
    for window_id in windows:
        ranks = _find(newest, window_id)
        entry: RankedEntry | None = None
        foreseen: int | None = None
        # A rebuild may have replaced the snapshot meanwhile.
        with suppress(LookupError):
            entry = files.find(ranks, player_id) if ranks else None
            if ranks and window_id in wanted:
                foreseen = _foresee(board.config, files, ranks, entry, player_id, wanted[window_id])
        players = (ranks.players if ranks else 0) + (foreseen is not None and entry is None)
        found[window_id] = Rank(entry.rank if entry else None, players, ranks.revision if ranks else 0, foreseen)
    return found


def _find(newest: Snapshot | None, window_id: str) -> WindowRanks | None:
    return newest.find_ranks(window_id) if newest else None


def _foresee(
    config: BoardConfig,
    files: RankFiles,
    ranks: WindowRanks,
    entry: RankedEntry | None,
    player_id: str,
    aggregate: Aggregate,
) -> int:
    """The rank of a score among the other players of a window."""
    columns = ranking_columns(config, aggregate)
    if not ranks.players:
        return 1
    is_first = ranks.ties == "first"
    key = order_key(config.columns, columns, is_first * aggregate.at, is_first * player_id)
    ahead = files.count_before(ranks, key)
    own = order_key(config.columns, entry.columns, is_first * entry.at, is_first * player_id) if entry else None
    is_ahead = own is not None and own < key
    if ranks.ties != "dense" or not ahead:
        return ahead - is_ahead + 1
    # Of those ahead the last has the worst score: its rank is how many different scores there are.
    [last] = files.read_page(ranks, ahead - 1, 1)
    is_alone = entry is not None and files.count_equal(ranks, entry) == 1
    return last.rank - (is_ahead and is_alone) + 1

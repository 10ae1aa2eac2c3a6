"""Writes a delta: what players have become since a base, found by the pieces of the base that say where they were.

PREFIX/delta    see `domain.deltas.delta_text`
PREFIX/top      the first lines of the merged ranks, as a base has its own

A delta that grows too large is compacted: the merged lines become a base, out of what lies in the bucket alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256

from runtime.domain.deltas.added_names import list_names
from runtime.domain.deltas.changing import BaseLine, Difference, change, compare, places_wanted
from runtime.domain.deltas.delta_text import write_delta
from runtime.domain.deltas.merging import leave_out, merge_blocks
from runtime.domain.deltas.places import BaseBlocks, find_in_base
from runtime.domain.deltas.window_delta import WindowDelta
from runtime.domain.lines import hash_line, id_start, read_total, write_total
from runtime.domain.ranking import WindowRanks
from runtime.s3.bucket import Bucket
from runtime.s3.ranks import sizes
from runtime.s3.ranks.base_writer import ROOT, TOP, BaseWriter, describe_content, write_top
from runtime.s3.ranks.buckets import BucketHash, find_players
from runtime.s3.ranks.bulk import read_pieces
from runtime.s3.ranks.merged_reader import DELTA, MergedReader, base_of


class FullError(Exception):
    """A delta would have more lines than readers have memory for."""


@dataclass(frozen=True)
class DeltaWriter:
    """Brings the ranks of a board's windows up to date."""

    reader: MergedReader
    writer: BaseWriter

    @property
    def _bucket(self) -> Bucket:
        return self.writer.bucket

    def update(
        self,
        previous: WindowRanks,
        changes: Mapping[str, bytes | None],
        top: int,
        as_of: int,
        *,
        compacts: bool = True,
    ) -> WindowRanks:
        """Write what players have become: their line now by their id, or None for those who have none.

        Where no line differs, nothing is written and `previous` are returned. Ranks with segments have no delta: they
        are compacted, whatever differs. Marks of operators stay. Where it may not compact, it raises FullError.
        """
        if not changes:
            return previous
        changed = {player_id.encode(): line for player_id, line in changes.items()}
        most = sizes.most_changes(previous.base_players, previous.lists) if compacts else sizes.HELD_CHANGES
        if len(changed) * previous.lists > most:
            # To find out where so very many players were, nearly all would be read, and kept in memory.
            return self._compact(previous, changed, top, as_of, compacts)
        delta = self.reader.read_delta(previous)
        difference = compare(delta.everybody, self._find_base_lines(previous, changed), changed)
        if difference is None:
            return previous
        # Each added line may have a name.
        named = len(difference.kept) + len(difference.new) if self.writer.names else 0
        is_alike = previous.content == self._describe(previous, previous.total)
        if not is_alike or previous.segments or difference.changes + named > most:
            return self._compact(previous, changed, top, as_of, compacts)
        everybody = delta.everybody
        width = everybody.columns_width if everybody.ties == "dense" else None
        places = find_in_base(self._read_blocks(previous), places_wanted(everybody, difference), width)
        everybody = change(everybody, difference, places)
        names = list_names(everybody.added) if self.writer.names else ()
        return self._write(previous, WindowDelta(everybody, names=names), difference, top, as_of)

    def total_without(self, ranks: WindowRanks, players: Iterable[str]) -> str:
        """The sum of the hashes of all lines but those of some players, as ranks store it."""
        gone: dict[bytes, bytes | None] = {player_id.encode(): None for player_id in players}
        difference = compare(self.reader.read_delta(ranks).everybody, self._find_base_lines(ranks, gone), gone)
        return write_total(read_total(ranks.total) - sum(map(hash_line, difference.left if difference else ())))

    def _compact(
        self,
        previous: WindowRanks,
        changed: Mapping[bytes, bytes | None],
        top: int,
        as_of: int,
        compacts: bool,
    ) -> WindowRanks:
        """Write what players have become as a base, with everybody else's lines as they were, if that may be done."""
        if not compacts:
            raise FullError
        stay = leave_out(self.reader.read_blocks(previous), changed, id_start(self.writer.columns))
        came = sorted(line for line in changed.values() if line is not None)
        lines = (line for block in merge_blocks(stay, (), came) for line in block)
        written = self.writer.write(previous.window, lines, previous.ties, top, as_of, previous, previous.segments)
        if written.content == previous.content:
            return previous
        return replace(written, decided=previous.decided, recount=previous.recount)

    def _write(
        self, previous: WindowRanks, delta: WindowDelta, difference: Difference, top: int, as_of: int
    ) -> WindowRanks:
        """Write a delta, also one that comes to nothing: its first lines are at hand, whatever the base has."""
        players = previous.players + len(difference.came) - len(difference.left)
        total = read_total(previous.total) + sum(map(hash_line, difference.came)) - sum(map(hash_line, difference.left))
        content = self._describe(previous, write_total(total))
        # The same content may be written at the same millisecond as a base, or relative to another one.
        relative = sha256(f"{content} {previous.prefix}".encode()).hexdigest()[:32]
        following = replace(
            previous,
            players=players,
            content=content,
            total=write_total(total),
            delta=f"{ROOT}{previous.window.id}/{relative}-{as_of}/",
            changes=delta.changes,
            top=min(top, players),
        )
        first = self.reader.merge_page(base_of(previous), delta.everybody, 0, following.top)
        self._bucket.write(f"{following.delta}{TOP}", write_top(first))
        self._bucket.write(f"{following.delta}{DELTA}", write_delta(delta))
        return following

    def _describe(self, previous: WindowRanks, total: str) -> str:
        """The content of ranks with a delta, by their total. Of a base with another content, some list is not at hand:
        names are searched since, or folded in another way, or players have a value without ranks."""
        others = dict.fromkeys(previous.segments, 0) if previous.segments else None
        return describe_content(previous.ties, total, self.writer.names, others)

    def _find_base_lines(self, ranks: WindowRanks, players: Iterable[bytes]) -> dict[bytes, BaseLine]:
        """The lines that some players have in the base. Each bucket that holds one of them is read once."""
        found = {}
        hashed = BucketHash(ranks.prefix, ranks.buckets.count)
        buckets: dict[int, list[bytes]] = {}
        for player in players if ranks.buckets.count else ():
            buckets.setdefault(hashed.find(player), []).append(player)
        for number, piece in read_pieces(self.reader.base.read_buckets(ranks), sorted(buckets)):
            for player, text in find_players(piece, buckets[number]).items():
                position, _, _, line = text.split(b"\t", 3)
                found[player] = BaseLine(int(position), line)
        return found

    def _read_blocks(self, ranks: WindowRanks) -> BaseBlocks:
        """The blocks of the base."""
        base = self.reader.base
        firsts = base.read_firsts(ranks) if ranks.base_players else []
        return BaseBlocks(sizes.BLOCK, firsts, partial(base.stream_blocks, ranks))

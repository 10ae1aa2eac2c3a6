"""Writes a delta: what players have become since a base, found by the pieces of the base that say where they were.

PREFIX/delta    see `domain.deltas.delta_text`
PREFIX/top      the first lines of the merged ranks, as a base has its own

A delta that grows too large is compacted: the merged lines become a base, out of what lies in the bucket alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256

from runtime.domain.deltas.added_names import list_names
from runtime.domain.deltas.changing import BaseLine, Difference, change, places_wanted
from runtime.domain.deltas.delta import RankDelta
from runtime.domain.deltas.delta_text import write_delta
from runtime.domain.deltas.merging import leave_out, merge_blocks
from runtime.domain.deltas.places import BaseBlocks, Wanted, find_in_base
from runtime.domain.deltas.window_changing import BasePlayer, WindowDifference, compare_window
from runtime.domain.deltas.window_delta import WindowDelta
from runtime.domain.lines import hash_line, id_start, read_total, write_total
from runtime.domain.ranking import RankList, WindowRanks
from runtime.s3.bucket import Bucket
from runtime.s3.ranks import sizes
from runtime.s3.ranks.base_writer import ROOT, TOP, BaseWriter, describe_content, write_top
from runtime.s3.ranks.buckets import BucketHash, find_players, find_positions
from runtime.s3.ranks.bulk import read_pieces
from runtime.s3.ranks.merged_reader import DELTA, MergedReader, base_of
from runtime.s3.ranks.segments import find_value, has_room, read_segment


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

        Where no line differs, nothing is written and `previous` are returned. A delta that is too large, or has not all
        that it needs of its base, becomes a base. Marks of operators stay. Where it may not compact, it raises
        FullError.
        """
        if not changes:
            return previous
        changed = {player_id.encode(): line for player_id, line in changes.items()}
        most = sizes.most_changes(previous.base_players, previous.lists) if compacts else sizes.HELD_CHANGES
        if len(changed) * previous.lists > most:
            # To find out where so very many players were, nearly all would be read, and kept in memory.
            return self._compact(previous, changed, top, as_of, compacts)
        delta = self.reader.read_delta(previous)
        difference = compare_window(delta, self._find_base_players(previous, changed), changed, previous.segments)
        if difference is None:
            return previous
        # Each added line may have a name.
        named = len(difference.everybody.kept) + len(difference.everybody.new) if self.writer.names else 0
        is_alike = previous.content == self._describe(previous, previous.total)
        if not is_alike or difference.changes + named > most or not self._have_room(previous, difference):
            return self._compact(previous, changed, top, as_of, compacts)
        return self._write(previous, self._change(previous, delta, difference), difference.everybody, top, as_of)

    def total_without(self, ranks: WindowRanks, players: Iterable[str]) -> str:
        """The sum of the hashes of all lines but those of some players, as ranks store it."""
        gone: dict[bytes, bytes | None] = {player_id.encode(): None for player_id in players}
        difference = compare_window(self.reader.read_delta(ranks), self._find_base_players(ranks, gone), gone, ())
        left = difference.everybody.left if difference else ()
        return write_total(read_total(ranks.total) - sum(map(hash_line, left)))

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
        players = previous.players + difference.growth
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

    def _have_room(self, previous: WindowRanks, difference: WindowDifference) -> bool:
        """Whether each value of each segment gets ranks, too, after what has changed."""
        growths: dict[str, dict[str, int]] = {name: {} for name in previous.segments}
        for (name, value), own in difference.values.items():
            growths[name][value] = own.growth
        segments = ((self.reader.find_segment(previous, name), more) for name, more in growths.items())
        return all(segment is not None and has_room(segment, more) for segment, more in segments)

    def _change(self, previous: WindowRanks, delta: WindowDelta, difference: WindowDifference) -> WindowDelta:
        """The next delta of a window."""
        base = base_of(previous)
        [everybody] = self._change_lists([(base, delta.everybody, difference.everybody)])
        values = dict(delta.values)
        for name in previous.segments:
            segment = read_segment(self._bucket, base, name)
            keys = [key for key in difference.values if key[0] == name]
            lists = [(find_value(segment, base, *key), delta.of_value(*key), difference.values[key]) for key in keys]
            values |= dict(zip(keys, self._change_lists(lists), strict=True))
        names = list_names(everybody.added) if self.writer.names else ()
        return WindowDelta(everybody, {key: own for key, own in sorted(values.items()) if own.changes}, names)

    def _change_lists(self, lists: Sequence[tuple[RankList, RankDelta, Difference]]) -> Sequence[RankDelta]:
        """The next deltas of lists that lie in the same blocks of the base: those are read once for all of them."""
        if not lists:
            return []
        # A list that nobody is in lies nowhere.
        base = max((ranks for ranks, _, _ in lists), key=lambda ranks: ranks.players)
        reader, empty = self.reader.base, lists[0][1].emptied
        firsts = reader.read_firsts(base) if base.players else []
        blocks = BaseBlocks(sizes.BLOCK, firsts, partial(reader.stream_blocks, base))
        wanted = [Wanted(ranks.start, ranks.players, places_wanted(delta, own)) for ranks, delta, own in lists]
        places = find_in_base(blocks, wanted, empty.columns_width if empty.ties == "dense" else None)
        return [change(delta, own, found) for (_, delta, own), found in zip(lists, places, strict=True)]

    def _find_base_players(self, ranks: WindowRanks, players: Iterable[bytes]) -> dict[bytes, BasePlayer]:
        """Some players as they stand in the base. Each bucket that holds one of them is read once."""
        found = {}
        hashed = BucketHash(ranks.prefix, ranks.buckets.count)
        buckets: dict[int, list[bytes]] = {}
        for player in players if ranks.buckets.count else ():
            buckets.setdefault(hashed.find(player), []).append(player)
        for number, piece in read_pieces(self.reader.base.read_buckets(ranks), sorted(buckets)):
            positions = find_positions(piece, set(buckets[number])) if ranks.segments else {}
            for player, text in find_players(piece, buckets[number]).items():
                position, _, _, line = text.split(b"\t", 3)
                found[player] = BasePlayer(BaseLine(int(position), line), positions.get(player, {}))
        return found

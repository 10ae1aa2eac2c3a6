"""The rank files of a window, read as a whole and checked, by nothing but what their documentation says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from runtime.domain.texts.folding import fold
from runtime.s3.ranks import sizes

DIGITS, AT_DIGITS = 16, 15
"""Digits of an order key for a column, and for the time."""


class DisagreeError(Exception):
    """Files of one window that do not say the same, or are not all there."""


def read_window(objects: Mapping[str, bytes], stored: Mapping[str, Any], columns: int) -> list[bytes]:
    """The lines of a window in order, from its base and its delta. `stored`: its ranks as the pointer has them.

    Raises DisagreeError.
    """
    if not stored["players"] and "delta" not in stored:
        return []
    prefix, width = stored["prefix"], columns * DIGITS
    base = list(_read_base(objects, stored, width)) if "blocks" in stored else []
    _check(len(base) == stored.get("base_players", 0), f"{prefix} has {len(base)} players")
    # A base without players has no files.
    firsts = _get(objects, f"{prefix}firsts").split(b"\n")[:-1] if base else []
    _check(firsts == [_key(line) for line in base[:: sizes.BLOCK]], prefix)
    _check_players(objects, stored, base, width)
    lines = base
    if "delta" in stored:
        delta = _Delta(_get(objects, f"{stored['delta']}delta"))
        lines = _merge(base, delta.everybody, width)
        _check(delta.changes == stored.get("changes", 0), f"{prefix} has a delta of {delta.changes} lines")
    _check(len(lines) == stored["players"], f"{prefix} and its delta have {len(lines)} players")
    top = [b"%d\t%b" % each for each in zip(rank_lines(stored["ties"], lines, width), lines, strict=True)]
    found = _get(objects, f"{stored.get('delta', prefix)}top").split(b"\n")[:-1]
    _check(found == top[: stored.get("top", 0)], f"{prefix} has the top {found}")
    return lines


def read_values(
    objects: Mapping[str, bytes], stored: Mapping[str, Any], columns: int
) -> dict[str, dict[str, list[bytes]]]:
    """The lines in each value of each segment of a window. Raises DisagreeError."""
    if not stored["players"] or not stored.get("segments"):
        return {}
    base = _read_base_values(objects, stored, columns * DIGITS)
    if "delta" not in stored:
        return base
    changed = _Delta(_get(objects, f"{stored['delta']}delta")).values
    _check(sorted(changed) == list(changed), f"{stored['delta']} has the values {list(changed)}")
    merged = {}
    for name in stored["segments"]:
        own = {value: part for (segment, value), part in changed.items() if segment == name}
        stood = base.get(name, {})
        lists = {
            value: _merge(stood.get(value, []), own.get(value, _NOTHING), columns * DIGITS)
            for value in sorted({*stood, *own})
        }
        merged[name] = {value: lines for value, lines in lists.items() if lines}
    return merged


def _read_base_values(
    objects: Mapping[str, bytes], stored: Mapping[str, Any], width: int
) -> dict[str, dict[str, list[bytes]]]:
    if "blocks" not in stored:
        return {}
    prefix, found, places = stored["prefix"], {}, set()
    index = json.loads(_get(objects, f"{prefix}segments/index"))
    _check(list(index) == stored["segments"], f"{prefix} has the segments {list(index)}")
    for name, described in index.items():
        blocks = [_split(piece) for piece in _pieces(objects, f"{prefix}segments/{name}/blocks/", described)]
        lines = [line for _, own in blocks for line in own]
        firsts = _get(objects, f"{prefix}segments/{name}/firsts").split(b"\n")[:-1]
        _check(firsts == [_key(own[0]) for _, own in blocks], f"{prefix} has other first keys of {name}")
        found[name] = {value: lines[start : start + players] for value, start, players in described["values"]}
        ranks = [rank for own in found[name].values() for rank in rank_lines(stored["ties"], own, width)]
        _check([rank for rank, _ in blocks] == ranks[:: sizes.BLOCK], f"{prefix} has other ranks of {name}")
        for own in found[name].values():
            placed = zip(own, rank_lines(stored["ties"], own, width), _ends(own, width), strict=True)
            for position, (line, rank, end) in enumerate(placed):
                texts = _key(line)[width + AT_DIGITS :], name.encode()
                places.add(b"#%b\t%b\t%d\t%d\t%d\t%d" % (*texts, position, rank, end, len(own)))
    pieces = _pieces(objects, f"{prefix}players/", stored["buckets"])
    said = {line for piece in pieces for line in piece.split(b"\n") if line.startswith(b"#")}
    _check(said == places, f"{prefix} has the places {said}")
    return found


def player_of(line: bytes, columns: int) -> str:
    """The player of a line."""
    return _key(line)[columns * DIGITS + AT_DIGITS :].decode()


def check_names(objects: Mapping[str, bytes], stored: Mapping[str, Any], columns: int) -> None:
    """Check that the names of a window are those of its base, and those of the lines that its delta adds.

    Raises DisagreeError.
    """
    prefix, width = stored["prefix"], columns * DIGITS
    if "blocks" in stored:
        base = list(_read_base(objects, stored, width))
        ranks, ends = rank_lines(stored["ties"], base, width), _ends(base, width)
        named = ((_fold(line), b"%012d\t%d\t%d\t%b" % (at, ranks[at], ends[at], line)) for at, line in enumerate(base))
        rows = sorted(b"%b\t%b" % (name, text) for name, text in named if name is not None)
        index = json.loads(_get(objects, f"{prefix}names/index"))
        pieces = list(_pieces(objects, f"{prefix}names/", index))
        _check([row for piece in pieces for row in piece.split(b"\n")] == rows, f"{prefix} has other names")
        firsts = [piece.split(b"\t")[0].decode() for piece in pieces]
        _check(index["firsts"] == firsts, f"{prefix} has pieces of names that begin with {index['firsts']}")
    if "delta" in stored:
        delta = _Delta(_get(objects, f"{stored['delta']}delta"))
        added = enumerate(map(_fold, delta.everybody.added))
        expected = [b"%b\t%d" % each for each in sorted((name, number) for number, name in added if name is not None)]
        _check(delta.names == expected, f"{stored['delta']} has the names {delta.names}")


def _fold(line: bytes) -> bytes | None:
    """The folded name of a line, as rows have it."""
    name = json.loads(line.split(b"\t")[1])[0]
    return None if name is None else json.dumps(fold(name), ensure_ascii=False)[1:-1].encode()


def rank_lines(ties: str, lines: Sequence[bytes], width: int) -> list[int]:
    """The ranks of sorted lines, by counting."""
    columns = [line[:width] for line in lines]
    if ties == "first":
        return list(range(1, len(lines) + 1))
    if ties == "shared":
        return [columns.index(each) + 1 for each in columns]
    distinct = list(dict.fromkeys(columns))
    return [distinct.index(each) + 1 for each in columns]


def _ends(lines: Sequence[bytes], width: int) -> list[int]:
    """How many lines are ranked better or equal than each, by counting."""
    columns = [line[:width] for line in lines]
    return [len(columns) - columns[::-1].index(each) for each in columns]


def _read_base(objects: Mapping[str, bytes], stored: Mapping[str, Any], width: int) -> Iterator[bytes]:
    before: list[bytes] = []
    for piece in _pieces(objects, f"{stored['prefix']}blocks/", stored["blocks"]):
        _check(len(before) % sizes.BLOCK == 0, "a block before the last is not full")
        rank, lines = _split(piece)
        before += lines
        _check(rank_lines(stored["ties"], before, width)[-len(lines)] == rank, f"a block begins with {rank}")
        yield from lines


def _check_players(objects: Mapping[str, bytes], stored: Mapping[str, Any], base: list[bytes], width: int) -> None:
    """Check that the buckets have each player of the base once, with the right place."""
    ends = _ends(base, width)
    ranks = rank_lines(stored["ties"], base, width)
    expected = {
        b"%b\t%d\t%d\t%d\t%b" % (_key(line)[width + AT_DIGITS :], position, ranks[position], ends[position], line)
        for position, line in enumerate(base)
    }
    pieces = _pieces(objects, f"{stored['prefix']}players/", stored["buckets"]) if "buckets" in stored else ()
    found = [line for piece in pieces for line in piece.split(b"\n") if line and not line.startswith(b"#")]
    _check(len(found) == len(expected) and set(found) == expected, f"{stored['prefix']} has the players {found}")


class _Part(NamedTuple):
    """What a delta has of one list."""

    removed: list[int]
    added: list[bytes]
    players: list[bytes]


_NOTHING = _Part([], [], [])


class _Delta:
    """What a delta has, as its text says it."""

    def __init__(self, text: bytes) -> None:
        header, *rest = text.split(b"\n")
        said, self._rest = json.loads(header), iter(rest)
        self.everybody = self._take(said)
        self.values = {(name, value): self._take(counts) for name, value, counts in said.get("values", [])}
        self.names = [next(self._rest) for _ in range(said.get("names", 0))]
        parts = [self.everybody, *self.values.values()]
        self.changes = sum(len(part.removed) + len(part.added) for part in parts) + len(self.names)
        _check(list(self._rest) == [b""], "a delta has lines behind its last")

    def _take(self, counts: Mapping[str, int]) -> _Part:
        names = ("removed", "added", "added", "appeared", "vanished")
        removed, added, players, *_ = ([next(self._rest) for _ in range(counts[name])] for name in names)
        return _Part(list(map(int, removed)), added, players)


def _merge(base: list[bytes], part: _Part, width: int) -> list[bytes]:
    """The lines of a list, from its base and from what a delta has of it."""
    added = [line.rsplit(b"\t", 3)[0] for line in part.added]
    players = sorted(b"%b\t%d" % (_key(line)[width + AT_DIGITS :], number) for number, line in enumerate(added))
    _check(part.players == players, f"a delta has the players {part.players}")
    return sorted([line for position, line in enumerate(base) if position not in part.removed] + added)


def _pieces(objects: Mapping[str, bytes], folder: str, pieces: Mapping[str, Any]) -> Iterator[bytes]:
    count = 0
    for pack, size in enumerate(pieces["sizes"]):
        body = _get(objects, f"{folder}{pack:06}")
        for start in range(0, len(body), size):
            count += 1
            yield body[start : start + size].rstrip(b"\n")
    _check(count == pieces["count"], f"{folder} has {count} pieces")


def _split(piece: bytes) -> tuple[int, list[bytes]]:
    rank, *lines = piece.split(b"\n")
    return int(rank), lines


def _key(line: bytes) -> bytes:
    return line.split(b"\t")[0]


def _get(objects: Mapping[str, bytes], key: str) -> bytes:
    _check(key in objects, f"{key} is not there")
    return objects[key]


def _check(is_right: bool, wrong: str) -> None:
    if not is_right:
        raise DisagreeError(wrong)

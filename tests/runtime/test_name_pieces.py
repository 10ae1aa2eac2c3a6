"""The pieces of the index of display names, as they are written."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from runtime.s3.ranks import sizes
from runtime.s3.ranks.blocks import RankedLines
from runtime.s3.ranks.names import NameWriter


def test_names_are_sorted_in_pieces_however_few_lie_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "HELD_LINES", 2)
    monkeypatch.setattr(sizes, "NAMES", 4)
    lines = [
        f"KEY{position}\t[{json.dumps(name)}]".encode() for position, name in enumerate(["b", "-", "A", "a", "c", "B"])
    ]
    lines[1] = b"KEY1\t[null]"
    opened: list[BytesIO] = []

    def scratch() -> BytesIO:
        opened.append(BytesIO())
        return opened[-1]

    files: dict[str, bytes] = {}
    writer = NameWriter(scratch)
    for first in range(0, len(lines), 3):
        some = range(first, first + 3)
        ranks, ends = [position + 1 for position in some], [position + 2 for position in some]
        writer.add_lines(RankedLines(first, ranks, lines[first : first + 3]), ends)
    writer.end(files.__setitem__)
    assert len(opened) == 3
    index = json.loads(files["names/index"])
    assert (index["count"], index["firsts"]) == (2, ["a", "c"])
    rows = files["names/000000"][: index["sizes"][0]].rstrip().split(b"\n")
    assert [row.split(b"\t") for row in rows] == [
        [name, b"%012d" % position, b"%d" % (position + 1), b"%d" % (position + 2), *lines[position].split(b"\t")]
        for name, position in ((b"a", 2), (b"a", 3), (b"b", 0), (b"b", 5))
    ]

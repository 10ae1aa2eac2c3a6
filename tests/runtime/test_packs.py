"""Packs of pieces: what is written is read, by how many requests, and what the cache keeps of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.s3.cache import ByteCache
from runtime.s3.ranks import sizes
from tests.runtime.stored_packs import gets, store
from tests.support.effort import examples

LINES = st.lists(st.binary(min_size=1, max_size=9).filter(lambda line: b"\n" not in line), max_size=3)


@pytest.fixture(autouse=True)
def _small_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "PER_PACK", 3)


@given(st.lists(LINES, min_size=1, max_size=10), st.data())
@examples(60)
def test_pieces_are_read_as_they_were_written(lines: list[list[bytes]], data: st.DataObject) -> None:
    pieces = [b"".join(line + b"\n" for line in piece) for piece in lines]
    expected = [b"\n".join(piece) for piece in lines]
    aws, _, reader = store(pieces)
    assert len(aws.bucket.objects) == -(-len(pieces) // 3)
    assert [piece for pack in range(len(aws.bucket.objects)) for piece in reader.read_pack(pack)] == expected
    for _ in range(3):
        first = data.draw(st.integers(0, len(pieces)))
        end = data.draw(st.integers(first, len(pieces)))
        assert reader.read_range(first, end) == expected[first:end]
    assert [reader.read(number) for number in range(len(pieces))] == expected


def test_neighbours_in_a_pack_are_one_request_and_what_was_read_is_none() -> None:
    aws, _, reader = store([b"%d\n" % number * (number + 1) for number in range(7)])
    assert reader.read(1) == b"1\n1"
    assert gets(aws) == [{"Bucket": "bucket", "Key": "base/blocks/000000", "Range": "bytes=6-11"}]
    assert reader.read_range(0, 5) == [b"\n".join([b"%d" % number] * (number + 1)) for number in range(5)]
    ranges = [(each["Key"][-6:], each["Range"]) for each in gets(aws)[1:]]
    assert ranges == [("000000", "bytes=0-5"), ("000000", "bytes=12-17"), ("000001", "bytes=0-23")]
    reader.read_range(0, 5)
    assert len(gets(aws)) == 4


def test_a_pack_that_is_gone_is_a_lookup_error() -> None:
    aws, _, reader = store([b"a\n"])
    aws.bucket.objects.clear()
    with pytest.raises(LookupError, match="base/blocks/000000 is gone"):
        reader.read(0)


def test_the_cache_is_bounded_by_bytes_and_forgets_what_was_not_used() -> None:
    cache = ByteCache(100)
    for number in range(10):
        cache.put(number, b"x", 30)
        cache.get(0, bytes)
        assert cache.bytes <= 100
    assert [number for number in range(10) if cache.get(number, bytes) is not None] == [0, 8, 9]
    cache.put(9, b"y", 40)
    assert (cache.get(9, bytes), cache.bytes) == (b"y", 100)
    cache.put(0, b"large", 101)
    assert (cache.get(0, bytes), cache.bytes) == (None, 70)
    assert cache.load(5, bytes, lambda: (b"made", 1)) == cache.load(5, bytes, lambda: (b"other", 1)) == b"made"

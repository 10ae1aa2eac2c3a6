"""Many pieces at once: each is read once, and by few requests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.s3.ranks import bulk, sizes
from runtime.s3.ranks.bulk import read_pieces
from tests.runtime.stored_packs import gets, store
from tests.support.effort import examples


@given(st.integers(1, 60), st.data())
@examples(60)
def test_wanted_pieces_come_in_order(count: int, data: st.DataObject) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sizes, "PER_PACK", 4)
        patch.setattr(bulk, "WHOLE", 3)
        wanted = sorted(data.draw(st.sets(st.integers(0, count - 1))))
        aws, _, reader = store([b"%d\n" % number for number in range(count)])
        assert list(read_pieces(reader, wanted)) == [(number, b"%d" % number) for number in wanted]
        packs = [sum(number // 4 == pack for number in wanted) for pack in range(15)]
        assert len(gets(aws)) == sum(1 if in_pack >= 3 else in_pack for in_pack in packs)

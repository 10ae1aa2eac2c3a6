"""Any assemblies, each compared byte for byte with what one function writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random

import pytest

from runtime.config import Ties
from runtime.lifecycle.assembling import counting, gathering, reading, writing
from runtime.s3.ranks import sizes
from runtime.sorting import runs
from tests.runtime.any_window import AnyWindow
from tests.runtime.assembling.assembled import begin, write_at_once
from tests.runtime.boards import board
from tests.runtime.updated_ranks import COLUMNS, TOP, UpdatedWindow, apply, make_lines
from tests.support.executors import use_one_thread

TIES: tuple[Ties, ...] = ("first", "shared", "dense")
PLAYERS = [f"p{number}" for number in range(60)]
BOARD = board(columns=COLUMNS, top=TOP, attach=(), segments=())
_SIZES = [
    *((reading, "SORTED_BYTES"), (reading, "PAGE")),
    *((runs, "BLOCK_BYTES"), (reading, "RUN_BYTES"), (counting, "RANGE_BYTES"), (writing, "RANGE_BYTES")),
    *((counting, "CHUNK"), (writing, "CHUNK"), (writing, "OBJECT_BYTES"), (gathering, "BATCH_BYTES")),
]


@contextmanager
def small_sizes(chance: Random | None = None) -> Iterator[None]:
    """Small pieces and packs; with a chance, which decides, also little that is read, merged and written at once."""
    with pytest.MonkeyPatch.context() as patching:
        use_one_thread(patching)
        for name, size in (("BLOCK", 3), ("PER_PACK", 2), ("HELD_LINES", 5)):
            patching.setattr(sizes, name, size)
        for module, name in _SIZES if chance else ():
            patching.setattr(module, name, chance.choice([1, 50, 300, 3000]) if chance else 1)
        yield


def assemble(seed: int) -> None:
    """Assemble any window of any board. It may have many more players than was thought, or fewer, or none.

    Once all is read, scores may be others: what is read again changes nothing.
    """
    chance, made = Random(seed), AnyWindow(seed)
    ties = chance.choice(TIES)
    made.board = replace(made.board, ties=ties, segments=(), top=chance.choice([1, 4, 20]))
    with small_sizes(chance):
        part, players = chance.choice([1, 3, 10, 40]), chance.choice([0, 1, 15, 25, 60])
        assembly = begin(made.board, made.aws, made.parts, ties, part, players, made.decisions)
        assembly.run_parts("read", chance)
        if chance.random() < 0.3:
            made.aws.tables["aggregates"].clear()
        ranks = assembly.run_all(chance)
        wanted, files = write_at_once(made.board, made.lines(), ties)
    assert ranks == replace(wanted, decided=made.decisions.fingerprint, recount="r1")
    assert assembly.files() == files


def compact(seed: int) -> None:
    """Assemble any base with its delta. Few scores are different: then groups of equal ones go over ranges."""
    chance = Random(seed)
    ties, scores = chance.choice(TIES), chance.choice([1, 2, 5, 1000])
    with small_sizes(chance):
        window = UpdatedWindow(ties)
        chosen = chance.sample(PLAYERS, chance.choice([0, 1, 7, 30, 60]))
        players = apply({}, {player: (chance.randrange(scores), chance.randrange(3), None) for player in chosen})
        some = chance.sample(PLAYERS, chance.choice([0, 9, 30]))
        changes = {player: chance.choice([None, (chance.randrange(scores), 1, "N")]) for player in some}
        ranks = replace(window.update(window.write(players), changes), decided="before", recount="r0")
        assembly = begin(BOARD, window.aws, (), ties, chance.choice([1, 2, 5, 20, 70]), ranks.players, source=ranks)
        assembled = assembly.run_all(chance)
        now = make_lines(apply(players, changes))
        wanted, files = write_at_once(BOARD, sorted(line for line in now.values() if line), ties)
    assert assembled == replace(wanted, decided="before", recount="r0")
    assert assembled.content == ranks.content
    assert assembly.files() == files

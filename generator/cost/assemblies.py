"""What the assemblies of a board ask of AWS, where windows have more players than one function ranks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from generator.aws.assembling import PART, Assembly
from generator.aws.limits import ceil_div
from generator.aws.rebuilding import LINES_OF_A_CHANGE
from generator.board.board import Board
from generator.cost import functions
from generator.cost.deployed import Deployed
from generator.cost.rebuilds import count_query_units, describe_ranked, is_assembled
from generator.cost.term import Term, Terms
from runtime.config import BoardConfig
from runtime.lifecycle.assembling.counting import RANGE_BYTES

TRANSITIONS = 2
"""State transitions of a part: its own execution begins, and calls the function (AWS Step Functions pricing, "Standard
Workflows")."""
OWN_TRANSITIONS = 6
"""Those of an assembly itself: it begins, and has five states."""
FILES_OF_A_PART, READS_OF_A_PART = 30, 50
"""Files that the four steps of a part pass on by the bucket; and requests by which it reads a base or what is told of
all parts, as counted with 5,000,000 players."""


@dataclass(frozen=True)
class Assembled:
    """What one assembly of a window asks of AWS."""

    calls: int = 0
    transitions: int = 0
    seconds: int = 0
    """Of all its calls together."""
    read_units: int = 0
    bucket_writes: int = 0
    bucket_reads: int = 0
    stored: int = 0
    """How many entries it writes into the bucket: each once for the next step, and once for good."""


def measure_assembly(config: BoardConfig, players: int, days: int) -> Assembled:
    """What an assembly asks for. `days`: of the window; 0 where it is made of a base and its delta."""
    assembly = Assembly(describe_ranked(config, players))
    reads, parts = max(1, assembly.reads if days else assembly.parts), assembly.parts
    calls = reads + 3 * parts + 1
    # A base is read ten times as fast as a table.
    reading = assembly.read_seconds if days else assembly.read_seconds // 10
    size, rounds = functions.aggregate_bytes(config), ceil_div(PART * assembly.ranked.line_bytes, RANGE_BYTES)
    return Assembled(
        calls=calls,
        transitions=OWN_TRANSITIONS + TRANSITIONS * (calls - 1),
        seconds=reads * reading + parts * assembly.part_seconds,
        read_units=days * config.shards * count_query_units(ceil_div(players, config.shards) * size),
        bucket_writes=FILES_OF_A_PART * parts + functions.count_files(players),
        # Each range is read from what each call has read, twice; each group of buckets from what each range has left.
        bucket_reads=READS_OF_A_PART * parts + rounds * parts * (2 * reads + parts),
        stored=2 * players,
    )


def list_assembly_terms(
    board: Board, deployed: Deployed, players: Sequence[int], changes: float, beside: Sequence[int] = ()
) -> Iterator[Term]:
    """What assemblies cost a month. `players`: how many each kind of window has. `changes`: of each window a month.
    `beside`: how many players it has whose daily assembly is counted elsewhere."""
    if board.assembler is None:
        return
    month = _measure_month(board.config, players, changes)
    for name, number in _measure_month(board.config, beside, 0).items():
        month[name] -= number
    terms, memory = Terms(board.region, "assemblies"), deployed.memory_mb["assembler"]
    asked = (month["bucket_writes"] + month["bucket_reads"]) * deployed.asking_share
    gigabytes = functions.entry_bytes(board.config) * month["stored"] / 2**30
    yield terms.make("state transitions", month["transitions"], "state_transition")
    yield terms.make("function, requests", month["calls"], "lambda_request")
    yield terms.make("function, duration", month["seconds"] * memory / 1024, "lambda_gb_second")
    yield terms.make("tables, read", month["read_units"], "read_unit")
    yield terms.make("bucket, parts and ranks written", month["bucket_writes"], "s3_write")
    yield terms.make("bucket, parts read", month["bucket_reads"], "s3_read")
    yield terms.make("bucket, kept for two days", gigabytes / 30 * functions.KEPT_DAYS, "s3_gb")
    yield terms.make("KMS for the bucket", asked, "kms_request")


def _measure_month(config: BoardConfig, players: Sequence[int], changes: float) -> dict[str, float]:
    """What all assemblies of a month ask for together."""
    month: dict[str, float] = dict.fromkeys((each.name for each in fields(Assembled)), 0.0)
    for kind, count in zip(config.windows, players, strict=bool(players)):
        if not is_assembled(config, count):
            continue
        days = kind.days if kind.every == "rolling" else 1
        for number, one in (
            (functions.FULL_READS_A_MONTH + functions.count_more_reads(kind), measure_assembly(config, count, days)),
            (_count_compactions(config, count, changes), measure_assembly(config, count, 0)),
        ):
            for name in month:
                month[name] += number * float(getattr(one, name))
    return month


def _count_compactions(config: BoardConfig, players: int, changes: float) -> float:
    """How often a month a window's base is assembled because of its delta: one assembly after the other at the most."""
    assert config.assembly is not None
    seconds = Assembly(describe_ranked(config, players)).seconds
    return min(LINES_OF_A_CHANGE * changes / config.assembly.delta, functions.MONTH_SECONDS / seconds)

"""Sorted reading: the lines of a window in their order, however many players it has, out of the aggregates table.

The lines come in runs on the temporary folder, and are merged by ranges of keys. So memory holds a run, some pages of
the table and a range of lines, and the temporary folder all lines of one window.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from math import ceil
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import Any, BinaryIO, cast

from runtime import aws
from runtime.config import BoardConfig, parse_board_json, to_board_json
from runtime.dynamodb.decisions import Decisions
from runtime.dynamodb.streaming.raw_json import read_raw
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_items import WindowState, read_state, window_item
from runtime.lifecycle.line_reading import count_units, read_lines
from runtime.sorting.processes import run_workers, serve
from runtime.sorting.runs import RUN_BYTES, LineFile, Run, merge_runs, write_runs

SPOOL_BYTES = 1024 * 1024
"""Up to this many bytes of lines never reach the disk."""
MANY_PLAYERS = 200_000
"""From this many players on, worker processes save more than the second of a processor that each takes to start. One
alone takes half as long as this process, in which Python looks for cycles among all that is parsed."""
COLLECT_EVERY = 200_000
"""Objects that are made before Python looks for cycles among them. By its own rule it looks through the objects of a
page again and again, which takes four times as long as to parse it, and a fifth of a rebuild that follows changes."""


class TooManyError(Exception):
    """A window has more players than one function ranks."""


def collect_seldom() -> None:
    """Let Python look for cycles seldom in this process: what is read and ranked has none."""
    gc.set_threshold(COLLECT_EVERY)


def count_workers(players: int) -> int:
    """How many processes should read a window of about so many players (0: nobody knows how many).

    One for each processor of the function; 0 means that this process reads, and none besides. Only a function that is
    sized for many players has a whole processor.
    """
    return 0 if 0 < players < MANY_PLAYERS else aws.count_processors()


@contextmanager
def read_sorted(
    board: BoardConfig,
    table: Table,
    parts: Sequence[WindowState],
    decisions: Decisions,
    workers: int = 0,
    run_bytes: int = RUN_BYTES,
    most: int | None = None,
) -> Iterator[Iterator[bytes]]:
    """Read the lines of a window's players as operators' decisions let them be shown, in the order of their keys.

    `parts`: the window itself, or the days of a rolling one. So many `workers` read, each some shards, processes with
    clients of their own; with 0 this process does. It sees all writes before the call. Raises WorkerError, and
    TooManyError where there are more than `most` players, or a worker's shards have more than their share of that:
    before they fill the temporary folder.
    """
    units = range(count_units(parts)) if parts else range(0)
    with ExitStack() as stack:
        if min(workers, len(units)) > 0:
            shares = [list(units[number::workers]) for number in range(min(workers, len(units)))]
            files = [cast(BinaryIO, stack.enter_context(TemporaryFile())) for _ in shares]
            requests = [
                _make_request(board, table, parts, decisions, share, run_bytes)
                | {"most": None if most is None else ceil(most * len(share) / len(units))}
                for share in shares
            ]
            answers = run_workers(__name__, requests, files)
            if None in answers:
                raise TooManyError
            answered = zip(map(LineFile, files), answers, strict=True)
            runs = [Run.from_json(source, each) for source, runs in answered for each in runs]
        else:
            files = [cast(BinaryIO, stack.enter_context(SpooledTemporaryFile(SPOOL_BYTES)))]
            pages = read_lines(board, table, parts, decisions, units) if units else iter(())
            runs = write_runs(files[0], _limit(pages, most), run_bytes)
        yield _merge(runs, files, run_bytes)


def _limit(pages: Iterable[list[bytes]], most: int | None) -> Iterator[list[bytes]]:
    """The pages, as long as they have no more than so many lines in all (None: any number). Raises TooManyError."""
    lines = 0
    for page in pages:
        lines += len(page)
        if most is not None and lines > most:
            raise TooManyError
        yield page


def _merge(runs: Sequence[Run], files: Sequence[BinaryIO], run_bytes: int) -> Iterator[bytes]:
    """The lines of runs in order. Their files go with the last line: whoever reads needs the room for its own."""
    yield from merge_runs(runs, run_bytes)
    for file in files:
        file.close()


def _make_request(
    board: BoardConfig,
    table: Table,
    parts: Sequence[WindowState],
    decisions: Decisions,
    units: Sequence[int],
    run_bytes: int,
) -> dict[str, Any]:
    """What a worker needs to know, as JSON."""
    return {
        "board": to_board_json(board),
        "table": [table.name, *table.key_names],
        "parts": [window_item(part) for part in parts],
        "hidden": sorted(decisions.hidden | decisions.erasing),
        "names": dict(decisions.names),
        "units": units,
        "run_bytes": run_bytes,
    }


def _work(request: dict[str, Any], file: BinaryIO) -> list[dict[str, Any]] | None:
    """What a worker process does: it writes runs into the file, and answers where they lie; None: there are too many
    lines."""
    collect_seldom()
    board = parse_board_json(request["board"])
    name, *keys = request["table"]
    client = aws.dynamodb()
    read_raw(client, "Query")
    table = Table(client, name, (keys[0], keys[1]))
    parts = [read_state(each) for each in request["parts"]]
    decisions = Decisions(frozenset(request["hidden"]), request["names"])
    pages = read_lines(board, table, parts, decisions, request["units"])
    try:
        return [run.to_json() for run in write_runs(file, _limit(pages, request["most"]), request["run_bytes"])]
    except TooManyError:
        return None


if __name__ == "__main__":
    serve(_work)

"""What must hold of the bucket at any time: every snapshot that can be read is whole."""

from __future__ import annotations

import json
from typing import Any

from runtime.domain.lines import hash_line, write_total
from runtime.s3.bucket import Bucket
from runtime.s3.ranks.base_writer import describe_content
from runtime.s3.snapshots import HISTORY, Snapshot, SnapshotStore
from tests.faults.stage import Stage
from tests.runtime.naive_files import check_names, read_values, read_window


def check_files(stage: Stage) -> None:
    """Every snapshot that can be read is whole."""
    store = SnapshotStore(Bucket(stage.aws.client("s3"), "bucket"))
    newest = store.read_newest()
    snapshots = [newest] if newest else []
    for key in stage.aws.bodies():
        if key.startswith(HISTORY):
            pinned = store.read_pinned(int(key[len(HISTORY) : -len(".json")]), stage.now)
            snapshots += [pinned] if pinned else []
    bodies = stage.aws.bodies()
    for snapshot in snapshots:
        _check_snapshot(stage, bodies, snapshot)


_WHOLE: set[Any] = set()
"""What was found to be whole already: the prefix and the files."""


def _check_snapshot(stage: Stage, bodies: dict[str, bytes], snapshot: Snapshot) -> None:
    for ranks in snapshot.ranks:
        own = tuple(prefix for prefix in (ranks.prefix, ranks.delta) if prefix)
        files = {key: data for key, data in bodies.items() if key.startswith(own)}
        seen = (*own, ranks.content, ranks.players, ranks.ties, frozenset(files.items()))
        if seen in _WHOLE:
            continue
        lines = read_window(files, ranks.to_json(), len(stage.config.columns))
        others = dict.fromkeys(ranks.segments, 0)
        total = write_total(sum(map(hash_line, lines)))
        content = describe_content(ranks.ties, total, named=ranks.names, others=others or None)
        values = read_values(files, ranks.to_json(), len(stage.config.columns))
        for name, lists in values.items():
            assert lists == _split(lines, name), f"{own} hold other ranks of {name}"
        if ranks.names:
            check_names(files, ranks.to_json(), len(stage.config.columns))
        assert content == ranks.content, f"{own} hold other ranks"
        assert ranks.top == min(stage.config.top, len(lines))
        _WHOLE.add(seen)


def _split(lines: list[bytes], name: str) -> dict[str, list[bytes]]:
    """Lines by their value of a segment."""
    stored = [(json.loads(line.split(b"\t")[1]), line) for line in lines]
    found = [(more[2][name], line) for more, line in stored if len(more) == 3 and name in more[2]]
    return {value: [line for own, line in found if own == value] for value in sorted({value for value, _ in found})}

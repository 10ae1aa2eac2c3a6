"""What must hold of the bucket at any time: every snapshot that can be read is whole."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from runtime.s3.bucket import Bucket
from runtime.s3.snapshots import HISTORY, Snapshot, SnapshotStore
from tests.faults.stage import Stage


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
        files = {key: data for key, data in bodies.items() if key.startswith(ranks.prefix)}
        seen = (ranks.prefix, ranks.content, ranks.players, ranks.ties, frozenset(files.items()))
        if seen in _WHOLE:
            continue
        read = {key[len(ranks.prefix) :]: json.loads(data) for key, data in files.items()}
        assert "index.json" in read, f"the snapshot {snapshot.as_of} refers to {ranks.prefix}, which is not whole"
        blocks = [read[f"blocks/{number:06}.json"] for number in range(len(read["index.json"]["firsts"]))]
        entries = [entry for block in blocks for entry in block]
        text = json.dumps([ranks.ties, entries], ensure_ascii=False, separators=(",", ":"))
        assert sha256(text.encode()).hexdigest()[:32] == ranks.content, f"{ranks.prefix} holds other ranks"
        assert len(entries) == ranks.players
        buckets = [read[f"players/{number:06}.json"] for number in range(read["index.json"]["buckets"])]
        assert sorted(stem + player for bucket in buckets for player, stem in bucket.items()) == [
            key for key, _ in entries
        ]
        assert read["top.json"] == entries[: stage.config.top]
        _WHOLE.add(seen)

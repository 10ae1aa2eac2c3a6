"""Mistakes by which ranks are wrong, or a reader sees a snapshot that is none."""

from __future__ import annotations

from tests.mistakes.making import Edit, Mistake

SORTED_BY_FLOAT = Mistake(
    "entries are sorted by a float",
    (
        Edit("runtime.sorting.runs:write_run", "lines.sort()", "lines.sort(key=lambda line: float(line[:16]))"),
        Edit("runtime.sorting.runs:merge_runs", "lines.sort()", "lines.sort(key=lambda line: float(line[:16]))"),
    ),
)

RANK_OFF_BY_ONE = Mistake(
    "a rank behind a shared one is too low by one",
    (Edit("runtime.domain.ranking:rank_keys", "rank = next_position", 'rank = next_position - (ties == "shared")'),),
)

MIDNIGHT_IN_UTC = Mistake(
    "a local time is taken for one in UTC",
    (
        Edit(
            "runtime.domain.edges.local_time:local_instant",
            "first = local.replace(tzinfo=zone).astimezone(UTC)",
            "return instants.from_datetime(local.replace(tzinfo=UTC))",
        ),
    ),
)

POINTER_BEFORE_FILES = Mistake(
    "the pointer moves before the files of its ranks are written",
    (
        Edit(
            "runtime.s3.bucket:Bucket.upload",
            'pool.submit(self.write, f"{prefix}{name}", body)',
            'pool.submit(vars(self).setdefault("late", []).append, (f"{prefix}{name}", body))',
        ),
        Edit(
            "runtime.s3.snapshots:SnapshotStore.publish",
            "if self.bucket.put_if_unchanged(POINTER, pointer.to_json(), etag):",
            """
            if self.bucket.put_if_unchanged(POINTER, pointer.to_json(), etag):
                for key, body in vars(self.bucket).pop("late", []):
                    self.bucket._client.put_object(Bucket=self.bucket._name, Key=key, Body=body)
            """,
        ),
    ),
)

POINTER_MOVED_BACK = Mistake(
    "the pointer moves to whatever snapshot comes last",
    (
        Edit(
            "runtime.s3.snapshots:SnapshotStore.publish",
            "newest is not None and newest.as_of >= snapshot.as_of",
            "False",
        ),
    ),
)

EVENT_WITH_TWO_IDS = Mistake(
    "an event gets another id each time it is sent",
    (
        Edit(
            "runtime.dynamodb.outbox:send",
            '"Detail": detail["S"]',
            # A process numbers what it sends, so that a seed does the same each time.
            """
            "Detail": detail["S"].replace(
                '"id": "', f'"id": "{next(vars(table).setdefault("sends", iter(range(10**9))))}-', 1
            )
            """,
        ),
    ),
)

CHANGE_NOT_ANNOUNCED = Mistake(
    "a processor that announced a batch long ago does not announce the next",
    (
        Edit(
            "runtime.dynamodb.changes:Changes.announce",
            "now - self._announced < REMEMBERED",
            "self._announced > 0",
        ),
    ),
)

SEAL_IGNORED = Mistake(
    "an activity counts in a window that is sealed",
    (
        Edit(
            "runtime.processor:_make_closed_check",
            "return lambda window:",
            "return lambda window: False and",
        ),
    ),
)

SWEPT_TOO_EARLY = Mistake(
    "a sweep takes snapshots that readers may still pin",
    (
        Edit(
            "runtime.s3.snapshots:SnapshotStore.sweep",
            "replaced_before = now - (kept + max_age_seconds) * 1000",
            "replaced_before = now",
        ),
    ),
)

NEWEST_BY_ARRIVAL = Mistake(
    "a column has the value of the activity that arrived last, not of the newest one",
    (
        Edit(
            "runtime.domain.scoring:_merge_column",
            "max(parts, key=lambda part: part.newest).columns[number]",
            "parts[-1].columns[number]",
        ),
    ),
)

BEST_IS_HIGHEST = Mistake(
    "the best value of a column is the highest one, also where the lowest is first",
    (
        Edit(
            "runtime.domain.scoring:_merge_column",
            'max(values) if column.order == "descending" else min(values)',
            "max(values)",
        ),
    ),
)

WORTHLESS_LOSES_TIES = Mistake(
    "an activity that is worth nothing moves the time of a sum",
    (Edit("runtime.domain.scoring:_add_up", "if not part.still", "if True"),),
)

CLEARED_BEFORE_DELETED = Mistake(
    "a window counts as cleared before its scores are gone",
    (
        Edit(
            "runtime.dynamodb.clearing:clear",
            "keys = list(islice(",
            """
            window_store.record_cleared(state.window.id)
            keys = list(islice(
            """,
        ),
    ),
)

FORGOTTEN_TOO_EARLY = Mistake(
    "a window is forgotten while an activity may still come for it",
    (Edit("runtime.dynamodb.clearing:clear", "if _is_over(state, now):", "if True:"),),
)

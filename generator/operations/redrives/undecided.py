"""Finds the activities that nobody has decided on, where the stream that had them is over.

What the pipe could not deliver still lies in the activities table, but nothing there says which items it was. An
activity that was counted or rejected has left a mark, which lives for longer than it can be redriven; so all that has
none is put back. Of those some were never lost: ignored ones, and all that a board counted that keeps one run of each
player. They change nothing when they come again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from generator.operations.following import read_all
from generator.operations.running_board import RunningBoard, aws_errors_as_operation_errors
from runtime.domain.activity import (
    ACTIVITY_ID,
    MAX_AHEAD,
    MAX_BACKFILLED,
    MAX_BEHIND,
    PLAYER_ID,
    StreamRecord,
    time_of,
)
from runtime.dynamodb import items
from runtime.dynamodb.table import Item


def find_undecided(
    board: RunningBoard, arrivals: Sequence[int], ignored: Collection[str] = ()
) -> Iterator[list[StreamRecord]]:
    """Find the activities without a mark that may have been written at one of these times, page by page.

    `arrivals`: when the last record of each lost batch was written, in seconds since 1970. Each activity is given the
    earliest of them at which it can have been written. `ignored`: types that the board ignores. Reads the whole table.
    Raises OperationError.
    """
    times = sorted(set(arrivals))
    table = board.activities
    pages = iter(table.client.get_paginator("scan").paginate(TableName=table.name, ConsistentRead=True))
    while True:
        with aws_errors_as_operation_errors():
            page = next(pages, None)
            if page is None:
                return
            found = [record for item in page["Items"] if (record := _date(item, times)) is not None]
            wanted = {items.mark_key(record): record for record in found if _type_of(record) not in ignored}
            # Where DynamoDB is too busy to tell, an activity is put back: that counts nothing twice.
            marks = read_all(board.marks, list(wanted))
        yield [record for key, record in wanted.items() if key not in marks]


def _date(item: Item, times: Sequence[int]) -> StreamRecord | None:
    """The stream record that an item had, written at the earliest of the times that it can have been written at.

    None where there is none, or where its ids break the rules: what would have been rejected is not looked for.
    """
    player_id, activity_id = item["player_id"]["S"], item["activity_id"]["S"]
    if not PLAYER_ID.fullmatch(player_id) or not ACTIVITY_ID.fullmatch(activity_id):
        return None
    at = time_of(activity_id)
    record = StreamRecord(player_id, activity_id, 0, json.loads(items.make_image_text(item)))
    # Whether a claim is good is for the processor to say.
    most = MAX_BEHIND if record.claim is None else MAX_BACKFILLED
    found = (seconds * 1000 + 999 for seconds in times)
    written = next((each for each in found if at - MAX_AHEAD <= each <= at + most), None)
    return None if written is None else record._replace(written=written)


def _type_of(record: StreamRecord) -> Any:
    return record.image.get("type", {}).get("S")

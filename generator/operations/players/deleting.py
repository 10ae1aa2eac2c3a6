"""Deletes what a board's tables and queues keep of a player."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from generator.operations.corrections.correction import list_corrections
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.players.showing import find_scores, read_states
from generator.operations.redrives.putting_back import read_record
from generator.operations.redrives.receiving import delete, receive_all
from generator.operations.rejections import list_rejections
from generator.operations.running_board import THREADS, RunningBoard, aws_errors_as_operation_errors
from runtime.dynamodb import items
from runtime.dynamodb.items import OUTBOX_SHARDS
from runtime.dynamodb.table import Item, Key, Table


def delete_kept(board: ManagedBoard, player_id: str, counts: Counter[str]) -> None:
    """Delete what a board keeps of a player but for activities and rank files, and add up what it was.

    Raises OperationError. Safe to repeat.
    """
    running = board.running
    with aws_errors_as_operation_errors():
        scores = [
            board.aggregates.key_of(item) for _, item in find_scores(board.aggregates, read_states(board), player_id)
        ]
        counts["scores"] += delete_all(board.aggregates, scores)
        for name, partition in (("marks", player_id), ("minutes", items.minutes_partition(player_id))):
            counts[name] += delete_all(running.marks, map(running.marks.key_of, running.marks.query(partition)))
        corrections = [each.key for each in list_corrections(running.marks, player_id)]
        counts["corrections"] += delete_all(running.marks, corrections)
        rejections = list_rejections(running.marks, running.now())
        counts["rejections"] += delete_all(running.marks, (r.key for r in rejections if r.player_id == player_id))
        counts["events"] += sum(_forget_event(board.aggregates, item, player_id) for item in _read_outbox(board))
        for url in filter(None, (running.dead_letter_queue_url, running.feed_dead_letter_queue_url)):
            counts["dead_letters"] += _delete_dead_letters(running, url, player_id)


def delete_all(table: Table, keys: Iterable[Key]) -> int:
    """Delete items, several at once. Returns how many."""
    wanted = list(keys)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(table.delete, wanted))
    return len(wanted)


def _read_outbox(board: ManagedBoard) -> Iterator[Item]:
    for shard in range(OUTBOX_SHARDS):
        yield from list(board.aggregates.query(f"#outbox#{shard}"))


def _forget_event(table: Table, item: Item, player_id: str) -> int:
    """Take the player out of events that wait. Returns how many named the player.

    The outbox removes an item only where it is what it has sent: one that it sends meanwhile is sent again, without
    the player.
    """
    before = [each["S"] for each in item["details"]["L"]]
    without = [_without(json.loads(text), text, player_id) for text in before]
    changed: int = sum(old != new for old, new in zip(before, without, strict=True))
    after = [text for text in without if text is not None]
    if changed and not after:
        table.delete(table.key_of(item), "#details = :details", details=item["details"])
    elif changed:
        details = {"L": [{"S": text} for text in after]}
        table.put({**item, "details": details}, "#details = :details", details=item["details"])
    return changed


def _without(detail: Mapping[str, Any], text: str, player_id: str) -> str | None:
    """The text of an event without the player; None for an event that is about the player alone."""
    if detail.get("player_id") == player_id:
        return None
    top = detail.get("top", [])
    others = [entry for entry in top if entry.get("player_id") != player_id]
    return text if len(others) == len(top) else json.dumps({**detail, "top": others}, ensure_ascii=False)


def _delete_dead_letters(running: RunningBoard, url: str, player_id: str) -> int:
    """Delete the player's dead letters in a queue. The others are seen again by whoever asks a little later."""
    deleted, seen = 0, set[str]()
    for letters in receive_all(running.sqs, url):
        # Where there are so many that the first ones are seen again, all were looked at.
        fresh = [each for each in letters if each.id not in seen]
        if not fresh:
            break
        seen |= {each.id for each in fresh}
        for letter in fresh:
            record = read_record(letter.body)
            if record is not None and record.player_id == player_id:
                delete(running.sqs, url, letter)
                deleted += 1
    return deleted

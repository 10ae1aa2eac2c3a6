"""The runbook of a bundle that is deployed: its entries with its own names and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from generator.board.board import Board
from generator.board.feed import Feed
from generator.board.runbook.entries import Entry, Words
from generator.board.runbook.of_boards import list_board_entries
from generator.board.runbook.of_feeds import list_feed_entries

UNHEALTHY = "unhealthy"
"""The composite alarm, which is on while one of the others is. The runbook has no entry of its own for it."""


def list_entries(bundle: Board | Feed) -> tuple[Entry, ...]:
    """List what the runbook says of each alarm of a bundle, in the order of its Terraform."""
    if isinstance(bundle, Feed):
        return list_feed_entries(_make_words(bundle, bundle.names.prefix, None, _read_feed(bundle)))
    feed = bundle.feed.feed if bundle.feed else None
    words = _make_words(bundle, bundle.source.prefix, feed, _read_board(bundle))
    return list_board_entries(replace(words, assembles=bundle.assembler is not None))


def list_general_entries(is_feed: bool, feed: str | None = None) -> tuple[Entry, ...]:
    """List the entries of any board or feed, with words instead of its own names and numbers, for the documentation.

    `feed`: the one that the board counts.
    """
    words = Words("PREFIX", "FEED" if feed else "PREFIX", "REGION", "BOARD", feed, _Undecided(), assembles=True)
    return list_feed_entries(words) if is_feed else list_board_entries(words)


class _Undecided(dict[str, str]):
    """Numbers of a bundle that is none in particular: each is said by its name in the YAML, or by a letter."""

    def __missing__(self, key: str) -> str:
        return {"receives": "N", "redrive_hours": "N", "overrun": "N"}.get(key, f"alarms.{key}")


def _make_words(bundle: Board | Feed, source: str, feed: str | None, numbers: Mapping[str, str]) -> Words:
    environment = f" --env {bundle.environment}" if bundle.environment else ""
    return Words(bundle.names.prefix, source, bundle.region, f"{bundle.name}{environment}", feed, numbers)


def _read_board(board: Board) -> dict[str, str]:
    numbers: dict[str, object] = {
        **board.alarms.model_dump(),
        "snapshot_age_seconds": board.snapshot_age_seconds,
        "receives": board.queue.max_receive_count,
        "overrun": board.sizing.overrun.value,
    }
    return _write_numbers(numbers | ({"redrive_hours": board.pipe.redrive_hours} if board.pipe else {}))


def _read_feed(feed: Feed) -> dict[str, str]:
    return _write_numbers({**feed.alarms.model_dump(), "redrive_hours": feed.pipe.redrive_hours})


def _write_numbers(numbers: Mapping[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in numbers.items()}

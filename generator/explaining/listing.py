"""Lists boards: what each ranks by, its windows, how fresh it is, and its address; and feeds: who counts each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.board.board import Board
from generator.board.feed import Feed
from generator.board.function_config import WEEKDAYS
from generator.source.regular import open_regular
from runtime.config import WindowKind

_MOST_STATE = 50_000_000
"""Bytes of a state that are read: one of a board has some 200,000."""
_ADDRESS = re.compile("https://[A-Za-z0-9.-]{1,253}/?")


@dataclass(frozen=True)
class Row:
    """One board in one environment. Its title is as a person wrote it, so it has to be escaped for where it goes."""

    board: Board
    kind: str
    """What the board ranks by, in a few words: `sum`, `best, lowest first`, `sum by 3 columns`."""
    windows: tuple[str, ...]
    """Each of its windows in a few words: `week from monday`, `all_time`."""
    address: str | None
    """Where the page or the API is; None if that is not known here."""
    deployed: bool
    """Whether a state on this machine says so. If not, the address is what the YAML says."""


@dataclass(frozen=True)
class FeedRow:
    """One feed in one environment."""

    feed: Feed
    boards: tuple[str, ...]
    """The names of the boards that count it, of every team."""


def list_feeds(feeds: Iterable[Feed], boards: Sequence[Board]) -> list[FeedRow]:
    """List feeds. `boards`: all of the project, those that count a feed among them."""
    return [FeedRow(feed, tuple(board.name for board in boards if board.feed is feed)) for feed in feeds]


def list_boards(boards: Iterable[Board], build: Path) -> list[Row]:
    """List boards. `build`: the folder of their bundles, in which Terraform keeps its state unless an environment has
    a `backend`; a state elsewhere is not asked."""
    rows = []
    for board in boards:
        found = _read_address(build / board.folder / "terraform" / "terraform.tfstate")
        given = f"https://{board.domain}/" if board.domain and board.public else None
        windows = tuple(map(_describe_window, board.config.windows))
        rows.append(Row(board, _describe_kind(board), windows, found or given, found is not None))
    return rows


def _read_address(state: Path) -> str | None:
    """The address in the outputs of a state: of the page, or of the API of a board without one. None if there is no
    such state, if it cannot be read, or if nothing is deployed."""
    try:
        with open_regular(state) as stream:
            outputs = json.loads(stream.read(_MOST_STATE))["outputs"]
        found = [outputs[name]["value"] for name in ("page_url", "api_url") if name in outputs]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return next((each for each in found if isinstance(each, str) and _ADDRESS.fullmatch(each)), None)


def _describe_kind(board: Board) -> str:
    columns = board.config.columns
    kinds = list(dict.fromkeys(column.aggregate for column in columns))
    words = [", ".join(kinds)]
    if columns[0].order == "ascending":
        words.append("lowest first")
    return ", ".join(words) + (f" ({len(columns)} columns)" if len(columns) > 1 else "")


def _describe_window(window: WindowKind) -> str:
    match window.every:
        case "rolling":
            return f"rolling {window.days}d"
        case "week" if window.starts:
            return f"week from {WEEKDAYS[window.starts]}"
    return window.every


def rows_as_json(rows: Sequence[Row], feeds: Sequence[FeedRow]) -> dict[str, Any]:
    """Write a list for a program."""
    return {
        "boards": [
            {
                "environment": row.board.environment,
                "team": row.board.team,
                "owner": row.board.owner,
                "name": row.board.name,
                "title": row.board.config.title,
                "kind": row.kind,
                "windows": [window.every for window in row.board.config.windows],
                "feed": row.board.feed.feed if row.board.feed else None,
                "rebuild": row.board.schedule,
                "access": "public" if row.board.public else "iam",
                "address": row.address,
                "deployed": row.deployed,
                "folder": f"build/{row.board.folder}",
            }
            for row in rows
        ],
        "feeds": [
            {
                "environment": row.feed.environment,
                "team": row.feed.team,
                "owner": row.feed.owner,
                "name": row.feed.feed,
                "types": list(row.feed.types),
                "boards": list(row.boards),
                "folder": f"build/{row.feed.folder}",
            }
            for row in feeds
        ],
    }

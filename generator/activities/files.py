"""Turns the rows of files into activities of boards, all checked before the first one is used.

An activity without an id gets one that follows from what stands in its row, so that the same file replayed writes the
same activities, which count once. Of two equal rows the second is another activity. A row without a time gets one when
it is written; all of its id but the time follows from its row, so that it can be told whether it was written before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from json import dumps
from pathlib import Path

from generator.activities.rows import MOST_CHARACTERS, TEXTS, Mistake, Row, read_rows
from generator.diagnostics.nearest import nearest
from generator.diagnostics.wording import escape_invisible, join_words, quote
from generator.errors import InputError
from generator.operations.activity_item import DraftActivity
from runtime.domain.activity import ACTIVITY_ID, MAX_NAME, MAX_WRITTEN, PLAYER_ID, make_id
from runtime.domain.instants import from_datetime

MOST_ROWS = 1_000_000
"""Rows of one file: some 150 bytes of memory each, for telling equal ones apart."""
MOST_MISTAKES = 100
"""Mistakes that are listed. A person reads no more."""
LATEST = MAX_WRITTEN * 1000 + 999
"""The last millisecond of the year 9999, in milliseconds since 1970."""
_OWN_BYTES = 1024
"""Bytes of an item that are not in its row: names of attributes, its id and when it expires."""


@dataclass(frozen=True)
class ActivityFile:
    """A file of activities for boards that run."""

    path: Path
    boards: tuple[str, ...]
    """The boards that its rows may be for: one where the command line or the run names it."""
    rows: int = 0
    timeless: int = 0
    """Rows without `at`: they are of the time at which they are written."""

    def read(self, now: int, written: Container[tuple[str, str]] = ()) -> Iterator[tuple[str, DraftActivity]]:
        """Read the activities, each with its board.

        `now`: the time of the last one without a time, in milliseconds since 1970; each of those before it is of one
        millisecond earlier, so that they keep their order. `written`: board and `timeless_part` of activities that were
        written before; rows without a time that are among them are left out. Raises InputError if the file has changed
        and is wrong since it was checked.
        """
        seen: Counter[bytes] = Counter()
        before = self.timeless
        for row in read_rows(self.path):
            if isinstance(row, Mistake) or any(check_row(row, self.boards)):
                raise InputError(f"{self.path} was changed while it was read, and line {row.line} is wrong")
            if timeless := _is_timeless(row):
                before = max(before - 1, 0)
            board, draft = _make(row, self.boards, now - before, seen)
            if not (timeless and (board, timeless_part(draft.activity_id)) in written):
                yield board, draft


def timeless_part(activity_id: str) -> str:
    """All of an activity's id but its time."""
    return activity_id[14:]


def open_data(words: Sequence[str], boards: Sequence[str]) -> list[ActivityFile]:
    """Check the files that `--data FILE` and `--data BOARD=FILE` name, for the boards that run.

    Raises InputError, with a line for each mistake of all files.
    """
    files, mistakes = [], []
    for word in words:
        board, equals, path = word.partition("=")
        named = bool(equals) and "/" not in board and "." not in board and not Path(word).exists()
        if named and board not in boards:
            near = nearest(board, tuple(boards))
            hint = f'Did you mean "{near}"?' if near else f"Write {join_words([f'{name}=FILE' for name in boards])}."
            mistakes.append(f"--data: no board {quote(board)} runs here. {hint}")
            continue
        file = ActivityFile(Path(path if named else word), (board,) if named else tuple(boards))
        counted = _count(file, mistakes)
        files.append(counted)
    if mistakes:
        more = [f"and {len(mistakes) - MOST_MISTAKES:,} more"] if len(mistakes) > MOST_MISTAKES else []
        raise InputError("\n".join([*mistakes[:MOST_MISTAKES], *more, "Nothing is written."]))
    return files


def _count(file: ActivityFile, mistakes: list[str]) -> ActivityFile:
    """Check every row, and count them."""
    rows = timeless = 0
    ids: dict[tuple[str | None, str], int] = {}
    try:
        for row in read_rows(file.path):
            rows += 1
            if rows > MOST_ROWS:
                mistakes.append(f"{file.path}: has more than {MOST_ROWS:,} rows; split it")
                break
            found = [row] if isinstance(row, Mistake) else [*check_row(row, file.boards), *_check_id(row, ids)]
            timeless += isinstance(row, Row) and _is_timeless(row)
            for mistake in found:
                mistakes.append(escape_invisible(f"{file.path}:{mistake.line}:{mistake.column}: {mistake.text}"))
    except InputError as error:
        mistakes.append(str(error))
    return ActivityFile(file.path, file.boards, rows, timeless)


def _is_timeless(row: Row) -> bool:
    return "at" not in row.values and "activity_id" not in row.values


def check_row(row: Row, boards: tuple[str, ...]) -> Iterator[Mistake]:
    """Say what is wrong with a row."""
    if row.size > MOST_CHARACTERS - _OWN_BYTES:
        yield Mistake(row.line, 1, f"has {row.size:,} bytes, and an item of DynamoDB has {MOST_CHARACTERS:,} at most")
    player, name = text_of(row, "player_id") or text_of(row, "player"), text_of(row, "name")
    if player is None:
        yield mistake_at(row, "player_id", "is missing")
    elif not PLAYER_ID.fullmatch(player):
        column = "player_id" if text_of(row, "player_id") else "player"
        yield mistake_at(row, column, f"must match ^{PLAYER_ID.pattern}$, not {quote(player)}")
    if not text_of(row, "type"):
        yield mistake_at(row, "type", "is missing")
    if name is not None and len(name) > MAX_NAME:
        yield mistake_at(row, "name", f"has {len(name):,} characters, at most {MAX_NAME} fit")
    if (at := text_of(row, "at")) is not None:
        try:
            parse_time(at)
        except (ValueError, OverflowError):
            yield mistake_at(row, "at", f"{quote(at)} is not a time with a zone, such as 2026-11-27T18:00:00-03:00")
    board = text_of(row, "board")
    if board is None and len(boards) > 1:
        yield mistake_at(row, "board", "is missing: several boards run. Write a column for it, or --data BOARD=FILE")
    elif board is not None and board not in boards:
        near = nearest(board, boards)
        hint = f'. Did you mean "{near}"?' if near else ""
        yield mistake_at(row, "board", f"no board {quote(board)} runs here{hint}")


def _check_id(row: Row, ids: dict[tuple[str | None, str], int]) -> Iterator[Mistake]:
    """Check an id that the file itself gives."""
    given = text_of(row, "activity_id")
    if given is None:
        return
    key = (text_of(row, "player_id") or text_of(row, "player"), given)
    if not ACTIVITY_ID.fullmatch(given):
        yield mistake_at(row, "activity_id", f"must be a lowercase UUID of version 7, not {quote(given)}")
    elif key in ids:
        yield mistake_at(row, "activity_id", f"is that of line {ids[key]} too")
    ids[key] = row.line


def mistake_at(row: Row, column: str, text: str) -> Mistake:
    """A mistake in a column of a row."""
    return Mistake(row.line, row.columns.get(column, 1), f"{column}: {text}")


def _make(row: Row, boards: tuple[str, ...], now: int, seen: Counter[bytes]) -> tuple[str, DraftActivity]:
    """Make the activity of a row that is right. `now`: its time where it has none, in milliseconds."""
    board = text_of(row, "board") or boards[0]
    player = text_of(row, "player_id") or text_of(row, "player") or ""
    fields = {name: value for name, value in row.values.items() if name not in TEXTS}
    at = None if (text := text_of(row, "at")) is None else parse_time(text)
    digest = sha256(dumps([board, at, row.values], sort_keys=True).encode()).digest()
    seen[digest] += 1
    bits = int.from_bytes(sha256(digest + seen[digest].to_bytes(4, "big")).digest()[:10], "big") >> 6
    activity_id = text_of(row, "activity_id") or make_id(now if at is None else at, bits)
    return board, DraftActivity(player, activity_id, text_of(row, "type") or "", text_of(row, "name"), fields)


def text_of(row: Row, name: str) -> str | None:
    """What stands in a column, as a text; None where nothing does."""
    value = row.values.get(name)
    return None if value is None else str(value.get("S", next(iter(value.values()))))


def parse_time(text: str) -> int:
    """A time in milliseconds since 1970: as RFC 3339 writes it, or in seconds or milliseconds since 1970.

    Raises ValueError or OverflowError for anything else, also for what RFC 3339 cannot write: a time after the year
    9999.
    """
    if text.replace(".", "", 1).isascii() and text.replace(".", "", 1).isdigit():
        number = float(text)
        milliseconds = int(number if number >= 1e11 else number * 1000)  # 1e11 seconds are beyond the year 5000
        return milliseconds if 0 <= milliseconds <= LATEST else _refuse(text)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        return _refuse(text)
    instant = from_datetime(moment)
    return instant if 0 <= instant <= LATEST else _refuse(text)


def _refuse(text: str) -> int:
    raise ValueError(text)

"""Turns a file into activities of the past of one board, which an operator loads by a grant.

A file is read twice: first every row is checked and judged as the processor will, then those that count are handed out.
An activity without an id gets one that follows from its content alone, so that the same row has the same id in every
file and in every order; of equal rows each has its own. Little is kept in memory, whatever the size of the file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from generator.activities.files import LATEST, MOST_MISTAKES, check_row, mistake_at, parse_time, text_of
from generator.activities.rows import TEXTS, Mistake, Row, read_rows
from generator.activities.seen import SeenRows
from generator.diagnostics.wording import escape_invisible, quote
from generator.errors import InputError
from generator.operations.activity_item import DraftActivity
from generator.operations.backfilling.past_board import PastBoard
from generator.operations.foreseeing import foresee, list_needed_fields
from runtime.domain.activity import ACTIVITY_ID, CLAIM, MARK_LIFE, make_id, time_of
from runtime.domain.instants import DAY, rfc3339
from runtime.domain.judging import Contribution, IgnoredActivity, judge
from runtime.domain.rejection import Rejection
from runtime.dynamodb.grants import spell_value

IGNORED, ERASED = "ignored", "erased"
"""Why rows are left out, beside the reasons of rejections: they are not for the board, or of an erased player."""
_MISTAKES = {"unknown_type": "type", "bad_field": "type", "in_future": "at"}
"""Reasons of rejections that tell of a mistake in the file, each with the column in which it is."""
_OWN = ("expires_at", CLAIM)
"""Columns that an export may have, and that each load writes anew."""
_SURE = MARK_LIFE - DAY
"""For how long after its time the board surely knows whether it has counted an activity, in milliseconds."""


@dataclass
class Survey:
    """What a file holds."""

    rows: int = 0
    counting: int = 0
    """Rows that count in a window at least."""
    windows: Counter[str] = field(default_factory=Counter)
    """In how many rows each window gets points, by the window's id."""
    left_out: Counter[str] = field(default_factory=Counter)
    """How many rows would count in no window, by reason: they are not written."""
    wrong: int = 0
    mistakes: list[str] = field(default_factory=list)
    """The first MOST_MISTAKES mistakes, each with its place."""
    oldest: int | None = None
    """The time of the oldest row that counts, in milliseconds; None where none does."""
    newest: int | None = None


@dataclass(frozen=True)
class PastFile:
    """A file of activities for one board."""

    path: Path
    board: PastBoard

    def survey(self) -> Iterator[Survey]:
        """Check and judge every row. Yields the same survey after each row, for whoever tells how far it is.

        Raises InputError if the file cannot be read, at the end also if anything is wrong in it.
        """
        survey = Survey()
        with closing(SeenRows()) as seen:
            for row in read_rows(self.path):
                survey.rows += 1
                found = [row] if isinstance(row, Mistake) else self._survey_row(row, seen, survey)
                survey.wrong += len(found)
                for mistake in found[: MOST_MISTAKES - len(survey.mistakes)]:
                    place = f"{self.path}:{mistake.line}:{mistake.column}"
                    survey.mistakes.append(escape_invisible(f"{place}: {mistake.text}"))
                yield survey
        if survey.wrong:
            more = survey.wrong - len(survey.mistakes)
            raise InputError("\n".join([*survey.mistakes, *[f"and {more:,} more"] * bool(more), "Nothing is written."]))

    def read(self) -> Iterator[DraftActivity]:
        """The activities that count. Raises InputError if the file was changed since, and is wrong now."""
        with closing(SeenRows()) as seen:
            for row in read_rows(self.path):
                if isinstance(row, Mistake) or [*check_row(row, (self.board.config.name,)), *self._check_time(row)]:
                    raise InputError(f"{self.path} was changed while it was read, and line {row.line} is wrong")
                draft = make_draft(row, seen)
                if isinstance(self._judge(draft), Contribution):
                    yield draft

    def _survey_row(self, row: Row, seen: SeenRows, survey: Survey) -> list[Mistake]:
        found = [*check_row(row, (self.board.config.name,)), *self._check_time(row), *_check_again(row, seen)]
        if found:
            return found
        draft = make_draft(row, seen)
        verdict = self._judge(draft)
        if isinstance(verdict, Contribution):
            at = verdict.activity.at
            survey.counting += 1
            # The days of a rolling window are told as one.
            survey.windows.update(window.id.partition(".")[0] for window in verdict.windows)
            survey.oldest = at if survey.oldest is None else min(survey.oldest, at)
            survey.newest = at if survey.newest is None else max(survey.newest, at)
        elif isinstance(verdict, str):
            if verdict in _MISTAKES:
                return [self._explain(row, draft, verdict)]
            survey.left_out[verdict] += 1
        return []

    def _judge(self, draft: DraftActivity) -> Contribution | str:
        """Judge an activity as the processor will; the reason where it counts nowhere."""
        board = self.board
        record = draft.make_record(board.now)._replace(is_granted=True)
        if board.forgets(record):
            return ERASED
        verdict = judge(board.config, record, board.now, board.timelines, board.is_closed)
        if isinstance(verdict, IgnoredActivity):
            return IGNORED
        if isinstance(verdict, Rejection):
            return verdict.reason
        # Who writes the type of the board's own items gets none of them in.
        return verdict if isinstance(verdict, Contribution) else "unknown_type"

    def _explain(self, row: Row, draft: DraftActivity, reason: str) -> Mistake:
        """A mistake in what a row says, with what to write instead."""
        config, now = self.board.config, self.board.now
        if reason == "in_future":
            at = rfc3339(time_of(draft.activity_id))
            return mistake_at(row, "at" if "at" in row.columns else "activity_id", f"{at} is yet to come")
        # Whatever its time is: only what else is wrong matters here.
        forecast = foresee(config, replace(draft, activity_id=make_id(now, 0)), now, self.board.timelines)
        wrong = [name for name in list_needed_fields(config, draft) if "N" not in draft.fields.get(name, {})]
        column = next((name for name in wrong if name in row.columns), _MISTAKES[reason])
        # All but one of the problems begin with their reason.
        text = forecast.problems[0].removeprefix(f"{reason}: ").replace(f"(write {column}=", "(write ")
        return Mistake(row.line, row.columns.get(column, 1), f"{column}: {text}")

    def _check_time(self, row: Row) -> Iterator[Mistake]:
        """Check that a row has a time, and an id that nobody else can have counted."""
        given, at = text_of(row, "activity_id"), text_of(row, "at")
        if given is None:
            if at is None:
                yield mistake_at(row, "at", "is missing: write when it happened, such as 2026-11-27T18:00:00Z")
            return
        if not ACTIVITY_ID.fullmatch(given):
            yield mistake_at(row, "activity_id", f"must be a lowercase UUID of version 7, not {quote(given)}")
        elif time_of(given) > LATEST:
            yield mistake_at(row, "activity_id", f"{quote(given)} has a time after the year 9999")
        elif at is not None and _differs(at, time_of(given)):
            time = rfc3339(time_of(given))
            yield mistake_at(row, "at", f"{quote(at)} is not the time of the activity_id, {time}: leave one out")
        elif time_of(given) < self.board.now - _SURE:
            text = "is older than what the board remembers, which may have counted it: leave it out, to count it anew"
            yield mistake_at(row, "activity_id", text)


def make_draft(row: Row, seen: SeenRows) -> DraftActivity:
    """Make the activity of a row that is right. `seen` counts equal rows."""
    player, given = text_of(row, "player_id") or text_of(row, "player") or "", text_of(row, "activity_id")
    fields = {name: value for name, value in row.values.items() if name not in TEXTS and name not in _OWN}
    draft = DraftActivity(player, given or "", text_of(row, "type") or "", text_of(row, "name"), fields)
    if given is not None:
        return draft
    at = parse_time(text_of(row, "at") or "")
    content = [player, at, draft.type, draft.name, {name: spell_value(value) for name, value in fields.items()}]
    digest = sha256(json.dumps(content, sort_keys=True).encode()).digest()[:16]
    number = seen.count(b"row" + digest)
    bits = int.from_bytes(sha256(digest + number.to_bytes(8, "big")).digest()[:10], "big") >> 6
    return replace(draft, activity_id=make_id(at, bits))


def _check_again(row: Row, seen: SeenRows) -> Iterator[Mistake]:
    """Check that no row before has the same player and id."""
    if (given := text_of(row, "activity_id")) is None:
        return
    player = text_of(row, "player_id") or text_of(row, "player")
    key = b"id" + sha256(json.dumps([player, given]).encode()).digest()[:16]
    if (line := seen.find(key)) is not None:
        yield mistake_at(row, "activity_id", f"is that of line {line} too")
    else:
        seen.note(key, row.line)


def _differs(at: str, time: int) -> bool:
    """Whether a time is another than that of an id. Some write times without milliseconds."""
    try:
        return abs(parse_time(at) - time) >= 1000
    except (ValueError, OverflowError):
        return False  # told already

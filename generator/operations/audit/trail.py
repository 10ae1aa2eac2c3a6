"""Writes down what people do to a board: who, when, what, why, and what came of it.

    trail = open_trail(board)
    with trail.deed("redrive", {"from": "rejected"}, reason) as deed:
        deed.outcome({"sent": 2})

A deed is written before its change begins, and completed when the change has ended. So one that was killed in between
has left a trace, and nothing is changed where the trail cannot be written. A deed lies in the marks table under the
partition "#audit", its sort key is the instant at which it began and a random text: the newest has the highest key.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from generator.errors import OperationError
from generator.operations.running_board import RunningBoard, aws_errors_as_operation_errors
from runtime import clock
from runtime.domain.instants import DAY, rfc3339
from runtime.dynamodb.table import Item, Key, Table

PARTITION = "#audit"
"""The partition of the marks table that holds deeds."""
KEPT_DAYS = 400
"""For how many days a deed is kept: more than a year, so that what was done a year ago can be compared."""
MOST_CHARACTERS = 2_000
"""How much is kept of a text that a person wrote, or of an error: an item may have 400 kB in all."""


class Deed:
    """A deed that is under way."""

    def __init__(self) -> None:
        self.counts: Mapping[str, Any] = {}

    def outcome(self, counts: Mapping[str, Any]) -> None:
        """Say what has come of it so far: counts, as an object of JSON, with nothing that a player wrote."""
        self.counts = counts


@dataclass(frozen=True)
class Trail:
    """Where the deeds of one board are written."""

    marks: Table
    """The board's marks table."""
    who: Callable[[], str]
    """Asks who is at work: the ARN that STS knows, or on a local run the user of this machine."""
    now: Callable[[], int] = clock.now
    """The present instant by the board's clock, in milliseconds since 1970."""

    @contextmanager
    def deed(
        self,
        command: str,
        arguments: Mapping[str, Any],
        reason: str | None = None,
        *,
        player: str | None = None,
        window: str | None = None,
    ) -> Iterator[Deed]:
        """Write down a deed, let its change be made inside the `with` block, and complete what is written.

        `arguments` is an object of JSON: the command's options by their names. Raises OperationError, before the
        change, if the deed cannot be written, and after it if it cannot be completed.
        """
        began = self.now()
        item: Item = {
            **self.marks.key_attributes((PARTITION, f"{rfc3339(began)}#{secrets.token_hex(4)}")),
            **as_texts(
                who="",
                command=command,
                arguments=json.dumps(arguments, sort_keys=True),
                why=(reason or "")[:MOST_CHARACTERS],
                player=player or "",
                window=window or "",
                state="begun",
            ),
            "expires_at": {"N": str((began + KEPT_DAYS * DAY) // 1000)},
        }
        with aws_errors_as_operation_errors():
            self.marks.put(item | as_texts(who=self.who()), "attribute_not_exists(#activity_id)")
        deed = Deed()
        try:
            yield deed
        except BaseException as error:
            # What went wrong is the answer, also where the trail cannot be completed any more.
            with suppress(OperationError):
                self._complete(self.marks.key_of(item), deed, "failed", _describe(error))
            raise
        self._complete(self.marks.key_of(item), deed, "done", "")

    def _complete(self, key: Key, deed: Deed, state: str, problem: str) -> None:
        """Say what came of a deed. The rest of its item stays: a player in it may have been forgotten meanwhile."""
        with aws_errors_as_operation_errors():
            self.marks.update(
                key,
                "SET #state = :ended_as, #ended = :ended, #outcome = :outcome, #problem = :problem",
                "#state = :state",
                state="begun",
                ended_as=state,
                ended=rfc3339(self.now()),
                outcome=json.dumps(deed.counts),
                problem=as_texts(problem=problem[:MOST_CHARACTERS])["problem"]["S"],
            )


def open_trail(board: RunningBoard) -> Trail:
    """The trail of a board that runs."""
    return Trail(board.marks, board.who, board.now)


def as_texts(**texts: str) -> Item:
    """Attributes that are texts. What a command line had that is no character is replaced: DynamoDB takes UTF-8."""
    return {name: {"S": text.encode("utf-8", "replace").decode("utf-8")} for name, text in texts.items()}


def _describe(error: BaseException) -> str:
    return "interrupted" if isinstance(error, KeyboardInterrupt) else str(error) or type(error).__name__

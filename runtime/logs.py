"""Writes lines of the log: JSON with the board, the run, and ids. What people wrote is in none of them.

A log outlives a player whose data is erased, and more people read it than the tables. So no line has a player's id, a
display name or a field of an activity, and what an exception says is left out, because it may quote one. Activities are
named by their ids, from which `leaderboards` finds the rest where it still is.
"""

from __future__ import annotations

from collections.abc import Iterable
from traceback import extract_tb
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from runtime.domain.activity import ACTIVITY_ID

FIELDS = (
    *("level", "message", "timestamp", "location"),  # every line
    *("service", "request_id"),  # every line: the board's name in AWS, and Lambda's id of the run
    *("windows", "activity_ids", "message_id", "route", "reason", "ends_at", "wanted_end", "written"),
    *("error", "code", "at", "identity"),
)
"""Every field that a line may have. A query over the logs may only name these."""
_MOST = 10
"""Activities that a line names at most."""
_FRAMES = 4
"""Lines of code that a line says of an error, the innermost last."""

logger = Logger()


def begin(context: LambdaContext) -> None:
    """Put Lambda's id of this run into every line that it writes from now on."""
    logger.append_keys(request_id=context.aws_request_id)


def info(message: str, **fields: Any) -> None:
    """Write what happened as it should."""
    logger.info(message, stacklevel=3, **_check(fields))


def warn(message: str, **fields: Any) -> None:
    """Write what a person should know, though nothing has failed."""
    logger.warning(message, stacklevel=3, **_check(fields))


def fail(message: str, failure: BaseException | None = None, **fields: Any) -> None:
    """Write what failed: of an exception its name, AWS's code for it and where it was raised, not what it says."""
    logger.error(message, stacklevel=3, **_check({**(_describe(failure) if failure else {}), **fields}))


def name_activities(ids: Iterable[str]) -> list[str]:
    """Some of the ids, for `activity_ids`. A producer's text that is no id is left out."""
    return [each for each in ids if ACTIVITY_ID.fullmatch(each)][:_MOST]


def _describe(failure: BaseException) -> dict[str, Any]:
    response = getattr(failure, "response", None)
    code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    frames = extract_tb(failure.__traceback__)[-_FRAMES:]
    at = [f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno}" for frame in frames]
    return {"error": type(failure).__name__, **({"code": code} if code else {}), "at": at}


def _check(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields, which are to be some of FIELDS: another one would be found by no query."""
    assert fields.keys() <= set(FIELDS), fields.keys()
    return fields

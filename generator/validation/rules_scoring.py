"""Rules across the fields of a board's scoring: columns, decimals, bounds, limits, milestones."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from generator.aws import limits
from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.wording import plural
from generator.spec import decimals
from generator.spec.values import digits_after_point
from generator.validation.merging import Merged
from generator.validation.model_paths import Loc
from runtime.config import BOUND

_RULES = ("scoring", "rules")
_SHORT = ("points", "per")
"""The keys of a rule that are short for a column named score."""
_SCORE = "score"


def check(board: Merged) -> Iterator[Diagnostic]:
    """What is wrong with a board's scoring although each value by itself is right."""
    for rule in (_points, _columns, _given, _ignored, _digits, _bound, _limits, _milestones):
        yield from rule(board)


def _points(board: Merged) -> Iterator[Diagnostic]:
    """Without `rank_by` a rule has points, but where activities are counted."""
    if _written(board, "rank_by") or not board.sound("scoring", "aggregate"):
        return
    counts = _aggregate(board) == "count"
    for index, rule in board.items(*_RULES):
        steps: Loc = (*_RULES, index)
        if not board.sound(*steps) or not rule.mapping():
            continue
        given = [key for key in _SHORT if rule.get(key)]
        if not given and not counts:
            hint = "Write `points: 10`, or `per: {field: damage, points: 0.01}`."
            yield board.diagnostic(steps, "no-points", "this rule gives no points", hint)
        for key in given if counts else ():
            message = "each activity counts as 1 here, whatever its points"
            yield _warning(board, (*steps, key), message, "Delete it, or write `aggregate: sum`.")


def _columns(board: Merged) -> Iterator[Diagnostic]:
    steps: Loc = ("scoring", "rank_by")
    if not _written(board, "rank_by"):
        return
    if _aggregate(board) == "count":
        message = "a board that counts has one column, the count"
        yield board.diagnostic(steps, "count", message, "Delete it, or choose another `aggregate`.", True)
    if board.at("scoring", "order"):
        message = "each column of `rank_by` has its own order"
        yield board.diagnostic(("scoring", "order"), "order", message, "Delete this key.", True)
    seen: set[str] = set()
    for index, _ in board.items(*steps):
        name = board.value(*steps, index, "name")
        if isinstance(name, str) and name in seen:
            message = f"a second column is called {name}"
            yield board.diagnostic((*steps, index, "name"), "duplicate-column", message, "Give it a name of its own.")
        elif isinstance(name, str):
            seen.add(name)


def _given(board: Merged) -> Iterator[Diagnostic]:
    """With `rank_by` each type has one rule, which gives every column once."""
    names = _names(board)
    if not names or _aggregate(board) == "count" or not _written(board, "rank_by"):
        return
    seen: set[str] = set()
    for index, rule in board.items(*_RULES):
        steps: Loc = (*_RULES, index)
        kind = board.value(*steps, "activity")
        if isinstance(kind, str) and kind in seen:
            message = f"a second rule for {kind}, and with `rank_by` a type has one"
            hint = "A run is one activity that has every column. Keep one rule."
            yield board.diagnostic((*steps, "activity"), "second-rule", message, hint)
        elif isinstance(kind, str):
            seen.add(kind)
        if not board.sound(*steps) or not rule.mapping():
            continue
        short = [key for key in _SHORT if rule.get(key)]
        for key in short if _SCORE not in names else ():
            message = f"`{key}` is short for a column named {_SCORE}, and there is none"
            yield board.diagnostic((*steps, key), "columns", message, f"Write `{names[0]}: ...` instead.", True)
        if short and rule.get(_SCORE) and _SCORE in names:
            message = f"`{short[0]}` gives the {_SCORE} already"
            yield board.diagnostic((*steps, _SCORE), "columns", message, "Keep one of the two.", True)
        for name in names:
            if not rule.get(name) and not (short and name == _SCORE):
                hint = f"Write `{name}: {{field: NAME}}` with a field of the activity, or a number."
                yield board.diagnostic(steps, "columns", f"this rule gives no {name}", hint)


def _ignored(board: Merged) -> Iterator[Diagnostic]:
    ruled = {board.value(*_RULES, index, "activity") for index, _ in board.items(*_RULES)}
    for index, _ in board.items("scoring", "ignore"):
        steps: Loc = ("scoring", "ignore", index)
        kind = board.value(*steps)
        if isinstance(kind, str) and kind in ruled:
            hint = "Delete it here, or delete the rule."
            yield board.diagnostic(steps, "ignored", f"{kind} is ignored here and has a rule above", hint)
    ignored = {node.value for _, node in board.items("scoring", "ignore") if isinstance(node.value, str)}
    if board.sound("scoring", "ignore"):
        pattern = json.dumps(limits.pipe_pattern(sorted(ignored)), separators=(",", ":"))
        if len(pattern) > limits.PATTERN_LENGTH:
            message = (
                f"with {plural(len(ignored), 'type')} the pipe's filter has {len(pattern):,} characters, "
                f"and AWS takes {limits.PATTERN_LENGTH:,}"
            )
            hint = "Ignore fewer types: those that are written most. Give the others a rule of 0 points."
            yield board.diagnostic(("scoring", "ignore"), "filter-length", message, hint)


def _digits(board: Merged) -> Iterator[Diagnostic]:
    """Digits after the point of a constant decide those of a score, unless something else does."""
    if _written(board, "decimals") or _aggregate(board) in (None, "average"):
        return
    for steps, number in _constants(board).items():
        digits = digits_after_point(number)
        if digits > limits.MAX_DECIMALS:
            message = f"has {digits} digits after its point, a score has at most {limits.MAX_DECIMALS}"
            hint = f"Write fewer, or add `decimals: {limits.MAX_DECIMALS}` to `scoring`, to round to."
            yield board.diagnostic(steps, "decimals", message, hint)


def _bound(board: Merged) -> Iterator[Diagnostic]:
    """A constant has digits before its point that a score has room for."""
    digits = _decimals(board)
    if digits is None:
        return
    days = 1 if _aggregate(board) in ("best", "last") else _days(board)
    for steps, number in _constants(board).items():
        scaled = abs(decimals.rounded(number, digits))
        if steps[-2:] == ("per", "points") or scaled <= BOUND // days:
            continue
        message = _too_long(digits)
        if scaled <= BOUND:
            message = f"a day of a rolling window holds at most 1/{days} of a score's {limits.SCORE_DIGITS} digits"
        yield board.diagnostic(steps, "bound", message, "Write fewer points, or fewer `decimals`.")


def _limits(board: Merged) -> Iterator[Diagnostic]:
    steps: Loc = ("scoring", "limits", "points")
    node = board.at(*steps)
    if node is None:
        return
    if _aggregate(board) == "count":
        message = "each activity counts as 1 here, so that this limits nothing"
        yield _warning(board, steps, message, "Delete it, or use `activities_per_minute`.")
        return
    if not node.mapping():
        yield board.diagnostic(steps, "limits", "limits nothing", "Write `min`, `max` or both.", True)
    digits = _decimals(board)
    low, high = (_number(board, (*steps, key)) for key in ("min", "max"))
    if digits is None:
        return
    if low is not None and high is not None and low > high:
        message = f"the least of {low} is over the most of {high}"
        yield board.diagnostic((*steps, "min"), "limits", message, "Swap them.")
    elif low is not None and high is not None and decimals.at_least(low, digits) > decimals.at_most(high, digits):
        message = f"no number with {plural(digits, 'decimal')} lies between {low} and {high}"
        yield board.diagnostic((*steps, "min"), "limits", message, "Write wider limits, or more `decimals`.")
    elif low is not None and decimals.at_least(low, digits) > BOUND:
        yield board.diagnostic((*steps, "min"), "bound", _too_long(digits), "No activity gives so much: write less.")
    elif high is not None and decimals.at_most(high, digits) < -BOUND:
        yield board.diagnostic((*steps, "max"), "bound", _too_long(digits), "No activity gives so little: write more.")
    else:
        yield from _refused(board, digits, low, high)


def _refused(board: Merged, digits: int, low: Decimal | None, high: Decimal | None) -> Iterator[Diagnostic]:
    """A rule that stands alone for its type and gives what the limits always refuse."""
    names = _names(board)
    kinds = Counter(board.value(*_RULES, index, "activity") for index, _ in board.items(*_RULES))
    for index, rule in board.items(*_RULES):
        key = names[0] if names and rule.get(names[0]) else "points"
        number = _number(board, (*_RULES, index, key))
        if number is None or kinds[board.value(*_RULES, index, "activity")] > 1:
            continue
        if key == "points" and (rule.get("per") or (names and names[0] != _SCORE)):
            continue
        points = decimals.rounded(number, digits)
        message = ""
        if high is not None and points > decimals.at_most(high, digits):
            message = f"{number} is over the most that `limits` lets one activity give, {high}: all would be rejected"
        elif low is not None and points < decimals.at_least(low, digits):
            message = f"{number} is under the least that `limits` lets one activity give, {low}: all would be rejected"
        if message:
            yield board.diagnostic((*_RULES, index, key), "limits", message, "Correct this, or the limit.")


def _milestones(board: Merged) -> Iterator[Diagnostic]:
    milestones = [(index, _number(board, ("milestones", index))) for index, _ in board.items("milestones")]
    kinds = {board.value("window", index, "every") for index, _ in board.items("window")}
    if milestones and kinds == {"rolling"}:
        message = "a rolling window has no milestones: its scores go down again"
        yield board.diagnostic(("milestones",), "milestones", message, "Add a window, or delete this key.", True)
    digits = _decimals(board)
    seen: set[Decimal] = set()
    for index, milestone in milestones:
        steps: Loc = ("milestones", index)
        if milestone is None or digits is None:
            continue
        if milestone in seen:
            yield board.diagnostic(steps, "milestones", f"{milestone} is here twice", "Keep one.")
        elif (own := digits_after_point(milestone)) > digits:
            message = f"has {plural(own, 'digit')} after its point, a score of this board {digits or 'none'}"
            yield board.diagnostic(steps, "milestones", message, "Write fewer, or more `decimals` in `scoring`.")
        elif abs(decimals.rounded(milestone, digits)) > BOUND:
            yield board.diagnostic(
                steps, "milestones", _too_long(digits), "No player can reach it: write a nearer one."
            )
        seen.add(milestone)


def _too_long(digits: int) -> str:
    return (
        f"with {plural(digits, 'decimal')} a score holds at most {limits.SCORE_DIGITS - digits} digits "
        "before its point, this has more"
    )


def _warning(board: Merged, steps: Loc, message: str, hint: str) -> Diagnostic:
    return replace(board.diagnostic(steps, "count", message, hint, True), severity="warning")


def _number(board: Merged, steps: Loc) -> Decimal | None:
    """The number there; None where there is none or it is wrong."""
    value = board.value(*steps)
    return Decimal(value) if isinstance(value, int | Decimal) else None


def _written(board: Merged, key: str) -> bool:
    scoring = board.node.get("scoring")
    return scoring is not None and scoring.get(key) is not None


def _aggregate(board: Merged) -> str | None:
    """The board's aggregate; None where it is wrong."""
    if not board.sound("scoring", "aggregate"):
        return None
    value = board.value("scoring", "aggregate")
    return value if isinstance(value, str) else "sum"


def _names(board: Merged) -> list[str]:
    """The columns of `rank_by`; none where any of it is wrong."""
    if not board.at("scoring", "rank_by"):
        return []
    found = [board.value("scoring", "rank_by", index, "name") for index, _ in board.items("scoring", "rank_by")]
    return list(dict.fromkeys(name for name in found if isinstance(name, str)))


def _constants(board: Merged) -> dict[Loc, Decimal]:
    """Every number that a rule gives, by its place; none where activities are counted."""
    if _aggregate(board) in (None, "count"):
        return {}
    keys: list[Loc] = [("points",), ("per", "points"), *((name,) for name in _names(board))]
    return {
        steps: number
        for index, _ in board.items(*_RULES)
        for key in keys
        if (number := _number(board, steps := (*_RULES, index, *key))) is not None
    }


def _decimals(board: Merged) -> int | None:
    """How many decimals the board has; None where what decides it is wrong."""
    written = board.value("scoring", "decimals")
    aggregate = _aggregate(board)
    if aggregate is None or (_written(board, "decimals") and not isinstance(written, int)):
        return None
    constants = _constants(board)
    return decimals.of_scores(aggregate, written if isinstance(written, int) else None, constants.values())


def _days(board: Merged) -> int:
    """Among how many days a rolling window shares the bound of a score; 1 where there is none."""
    found = [board.value("window", index, "days") for index, _ in board.items("window")]
    return max((days for days in found if isinstance(days, int) and days > 0), default=1)

"""Rules across the numbers of a board: decimals, the bound of a score, limits, milestones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from generator.aws import limits
from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.wording import plural
from generator.spec.columns import decimals
from generator.spec.scoring import SCORE
from generator.spec.values import count_decimals
from generator.validation.field_place import FieldPlace
from generator.validation.rules.scoring_facts import ScoringFacts
from runtime.config import BOUND


def check_bounds(facts: ScoringFacts) -> Iterator[Diagnostic]:
    """Check the numbers of one board."""
    yield from _check_digits(facts)
    yield from _check_bound(facts)
    yield from _check_limits(facts)
    yield from _check_milestones(facts)


def _check_digits(facts: ScoringFacts) -> Iterator[Diagnostic]:
    """Where the constants decide the decimals of a column, check that none has more than a score may have."""
    if facts.scoring["decimals"].exists:
        return
    for column in facts.scored:
        if column.aggregate == "average" or (column.place and column.place["decimals"].exists):
            continue
        for place, number in column.constants.items():
            digits = count_decimals(number)
            if digits > limits.MAX_DECIMALS:
                message = f"has {digits} digits after its point, a score has at most {limits.MAX_DECIMALS}"
                hint = f"Write fewer, or add `decimals: {limits.MAX_DECIMALS}` to `scoring`, to round to."
                yield place.diagnostic("decimals", message, hint)


def _check_bound(facts: ScoringFacts) -> Iterator[Diagnostic]:
    """Check that no constant has more digits before its point than a score has room for."""
    for column in facts.scored if facts.decimals else ():
        digits = facts.decimals[column.name]
        days = 1 if column.aggregate in ("best", "last") else facts.days
        for place, number in column.constants.items():
            scaled = abs(decimals.round_half_even(number, digits))
            is_factor = place.above is not None and place.above.step == "per"
            if is_factor or scaled <= BOUND // days:
                continue
            message = _too_long(digits)
            if scaled <= BOUND:
                message = f"a rolling window of {days} days takes at most 1/{days} of the largest score from each day"
            yield place.diagnostic("bound", message, "Write fewer points, or fewer `decimals`.")


def _check_limits(facts: ScoringFacts) -> Iterator[Diagnostic]:
    """Check that the limits have an effect, and that a score can lie between them."""
    points = facts.scoring["limits"]["points"]
    if not points.given:
        return
    if facts.scored and facts.scored[0].aggregate == "count":
        message = "each activity counts as 1 here, so that this limits nothing"
        yield points.warning("count", message, "Delete it, or use `activities_per_minute`.", at_key=True)
        return
    if not points.node.mapping():
        yield points.diagnostic("limits", "limits nothing", "Write `min`, `max` or both.", at_key=True)
    digits, low, high = _first_decimals(facts), points["min"].number, points["max"].number
    if digits is None:
        return
    if low is not None and high is not None and low > high:
        yield points["min"].diagnostic("limits", f"the least of {low} is over the most of {high}", "Swap them.")
    elif low is not None and high is not None and decimals.at_least(low, digits) > decimals.at_most(high, digits):
        message = f"no number with {plural(digits, 'decimal')} lies between {low} and {high}"
        yield points["min"].diagnostic("limits", message, "Write wider limits, or more `decimals`.")
    elif low is not None and decimals.at_least(low, digits) > BOUND:
        yield points["min"].diagnostic("bound", _too_long(digits), "No activity can give that: write less.")
    elif high is not None and decimals.at_most(high, digits) < -BOUND:
        yield points["max"].diagnostic("bound", _too_long(digits), "No activity can give that: write more.")
    else:
        yield from _check_constant_limits(facts, digits, low, high)


def _check_constant_limits(
    facts: ScoringFacts, digits: int, low: Decimal | None, high: Decimal | None
) -> Iterator[Diagnostic]:
    """Check that the only rule of a type does not give a number that the limits always reject."""
    kinds = Counter(rule["activity"].value for rule in facts.rules)
    for rule in facts.rules:
        place = _first_column(rule, facts.columns)
        number = place.number if place else None
        if place is None or number is None or kinds[rule["activity"].value] > 1:
            continue
        points = decimals.round_half_even(number, digits)
        message = ""
        if high is not None and points > decimals.at_most(high, digits):
            message = f"{number} is over the most that `limits` lets one activity give, {high}: all would be rejected"
        elif low is not None and points < decimals.at_least(low, digits):
            message = f"{number} is under the least that `limits` lets one activity give, {low}: all would be rejected"
        if message:
            yield place.diagnostic("limits", message, "Correct this, or the limit.")


def _first_decimals(facts: ScoringFacts) -> int | None:
    """The decimals of the first column, which limits and milestones are about; None if what decides them is wrong."""
    return next(iter(facts.decimals.values()), None)


def _first_column(rule: FieldPlace, columns: tuple[str, ...]) -> FieldPlace | None:
    """The place of the number that a rule gives the first column; None if that follows from a field or from `per`."""
    if columns and rule[columns[0]].exists:
        return rule[columns[0]]
    return None if rule["per"].exists or (columns and columns[0] != SCORE) else rule["points"]


def _check_milestones(facts: ScoringFacts) -> Iterator[Diagnostic]:
    """Check that each milestone can be reached, and is listed once."""
    milestones = facts.board["milestones"]
    kinds = {window["every"].value for window in facts.board["window"].items()}
    if milestones.items() and kinds == {"rolling"}:
        message = "a rolling window has no milestones: its scores go down again"
        yield milestones.diagnostic("milestones", message, "Add a window, or delete this key.", at_key=True)
    digits, seen = _first_decimals(facts), set[Decimal]()
    for place in milestones.items():
        milestone = place.number
        if milestone is not None and milestone in seen:
            yield place.diagnostic("milestones", f"{milestone} is here twice", "Keep one.")
        elif milestone is not None and digits is not None:
            yield from _check_milestone(place, milestone, digits)
            seen.add(milestone)


def _check_milestone(place: FieldPlace, milestone: Decimal, digits: int) -> Iterator[Diagnostic]:
    """Check that a score with this number of decimals can reach the milestone."""
    own = count_decimals(milestone)
    if own > digits:
        message = f"has {plural(own, 'digit')} after its point, a score of this board {digits or 'none'}"
        yield place.diagnostic("milestones", message, "Write fewer, or more `decimals` in `scoring`.")
    elif abs(decimals.round_half_even(milestone, digits)) > BOUND:
        yield place.diagnostic("milestones", _too_long(digits), "No player can reach it: write a nearer one.")


def _too_long(digits: int) -> str:
    """Say that a number has too many digits before its point."""
    return (
        f"with {plural(digits, 'decimal')} a score holds at most {limits.SCORE_DIGITS - digits} digits "
        "before its point, this has more"
    )

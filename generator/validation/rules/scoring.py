"""Rules across the keys of a board's scoring: points, columns, ignored types."""

from __future__ import annotations

import json
from collections.abc import Iterator

from generator.aws import limits
from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.wording import plural, quote
from generator.spec.scoring import SCORE
from generator.validation.field_place import FieldPlace, find_repeated
from generator.validation.rules.reading import check_reading
from generator.validation.rules.scoring_facts import SHORT, ScoringFacts


def check_scoring(facts: ScoringFacts) -> Iterator[Diagnostic]:
    """Check the scoring of one board."""
    yield from _check_points(facts)
    yield from _check_rank_by(facts)
    yield from _check_aggregates(facts)
    yield from check_reading(facts)
    if facts.columns and facts.aggregate != "count":
        yield from _check_one_rule_for_a_type(facts)
        for rule in facts.rules:
            yield from _check_columns_of_rule(rule, facts)
    yield from _check_ignored(facts)
    yield from _check_filter_length(facts)
    yield from _check_attached(facts)


def _check_points(facts: ScoringFacts) -> Iterator[Diagnostic]:
    """Check that without `rank_by` each rule gives points, unless activities are counted."""
    if facts.ranks_by_columns or facts.aggregate is None:
        return
    counts = facts.aggregate == "count"
    for rule in facts.rules:
        if not rule.sound or not rule.node.mapping():
            continue
        given = [key for key in SHORT if rule[key].exists]
        if not given and not counts:
            hint = "Write `points: 10`, or `per: {field: damage, points: 0.01}`."
            yield rule.diagnostic("no-points", "this rule gives no points", hint)
        for key in given if counts else ():
            message = "each activity counts as 1 here, whatever its points"
            yield rule[key].warning("count", message, "Delete it, or write `aggregate: sum`.", at_key=True)


def _check_rank_by(facts: ScoringFacts) -> Iterator[Diagnostic]:
    """Check that columns have different names, and that neither `order` nor `aggregate: count` stands beside them."""
    rank_by, order = facts.scoring["rank_by"], facts.scoring["order"]
    if not rank_by.exists:
        return
    if facts.aggregate == "count":
        message = "a board that counts has one column, the count"
        hint = "Delete it; or choose another `aggregate`, and give this one to a column."
        yield rank_by.diagnostic("count", message, hint, at_key=True)
    if order.given:
        message = "each column of `rank_by` has its own order"
        yield order.diagnostic("order", message, "Delete this key.", at_key=True)
    for name in find_repeated(column["name"] for column in rank_by.items()):
        message = f"a second column is called {name.text}"
        yield name.diagnostic("duplicate-column", message, "Give it a name of its own.")


def _check_aggregates(facts: ScoringFacts) -> Iterator[Diagnostic]:
    """Check that no column of a run has an aggregate of its own."""
    if facts.aggregate not in ("best", "last"):
        return
    for column in facts.scoring["rank_by"].items():
        if column["aggregate"].exists:
            kept = f"`aggregate: {facts.aggregate}`"
            message = f"with {kept} under `scoring` a run is compared and replaced as a whole, not column by column"
            hint = f"Delete this key; or delete {kept} there, and give every column an `aggregate` of its own."
            yield column["aggregate"].diagnostic("aggregate", message, hint, at_key=True)


def _check_one_rule_for_a_type(facts: ScoringFacts) -> Iterator[Diagnostic]:
    """Check that with `rank_by` each type has one rule."""
    for kind in find_repeated(rule["activity"] for rule in facts.rules):
        message = f"a second rule for {kind.text}: with `rank_by` each type has only one"
        yield kind.diagnostic("second-rule", message, "One activity has every column. Keep one rule.")


def _check_columns_of_rule(rule: FieldPlace, facts: ScoringFacts) -> Iterator[Diagnostic]:
    """Check that with `rank_by` a rule gives every column once, and nothing to one that counts."""
    if not rule.sound or not rule.node.mapping():
        return
    columns, counting = facts.columns, {column.name for column in facts.scored if column.aggregate == "count"}
    short = [key for key in SHORT if rule[key].exists]
    for key in short if SCORE not in columns else ():
        message = f"`{key}` is short for a column named {SCORE}, and there is none"
        given = next((name for name in columns if name not in counting), "")
        hint = f"Write `{given}: ...` instead." if given else "Delete it."
        yield rule[key].diagnostic("columns", message, hint, at_key=True)
    if short and rule[SCORE].exists and SCORE in columns:
        message = f"`{short[0]}` gives the {SCORE} already"
        yield rule[SCORE].diagnostic("columns", message, "Keep one of the two.", at_key=True)
    for name in columns:
        if name in counting:
            yield from _check_counting(rule, name, short if name == SCORE else [])
        elif not rule[name].exists and not (short and name == SCORE):
            hint = f"Write `{name}: {{field: NAME}}` with a field of the activity, or a number."
            yield rule.diagnostic("columns", f"this rule gives no {name}", hint)


def _check_counting(rule: FieldPlace, name: str, short: list[str]) -> Iterator[Diagnostic]:
    """Check that a rule gives nothing to a column that counts. `short`: keys of the rule that are short for it."""
    for key in (name, *short):
        if rule[key].exists:
            message = f"{name} counts activities: each is 1 there, and a rule gives it nothing"
            hint = f"Delete it, or give {name} another `aggregate` in `rank_by`."
            yield rule[key].diagnostic("count", message, hint, at_key=True)


def _check_ignored(facts: ScoringFacts) -> Iterator[Diagnostic]:
    """Check that no ignored type has a rule."""
    ruled = {rule["activity"].text for rule in facts.rules}
    for ignored in facts.scoring["ignore"].items():
        kind = ignored.text
        if kind and kind in ruled:
            message = f"{kind} is ignored here and has a rule above"
            yield ignored.diagnostic("ignored", message, "Delete it here, or delete the rule.")


def _check_attached(facts: ScoringFacts) -> Iterator[Diagnostic]:
    """Check that no field is attached twice."""
    places = [item["field"] if item.node.mapping() else item for item in facts.scoring["attach"].items()]
    for field in find_repeated(places):
        message = f"{quote(field.text or '')} is attached already"
        yield field.diagnostic("duplicate-field", message, "Delete it here.")


def _check_filter_length(facts: ScoringFacts) -> Iterator[Diagnostic]:
    """Check that the pipe's filter, which names the ignored types, is not too long for AWS."""
    ignore = facts.scoring["ignore"]
    if not ignore.given:
        return
    kinds = {kind for item in ignore.items() if (kind := item.text)}
    pattern = json.dumps(limits.pipe_pattern(sorted(kinds)), separators=(",", ":"))
    if len(pattern) > limits.PATTERN_LENGTH:
        message = (
            f"with {plural(len(kinds), 'type')} the pipe's filter has {len(pattern):,} characters, "
            f"and AWS takes {limits.PATTERN_LENGTH:,}"
        )
        hint = "Ignore only the most frequent types, and give each of the others a rule with `points: 0`."
        yield ignore.diagnostic("filter-length", message, hint)

"""Compares a stored aggregate to what the model counted for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.runtime.naive_rules import Rules
from tests.simulation import model
from tests.simulation.model import Run


def compare_total(rules: Rules, item: dict[str, Any] | None, runs: Sequence[Run]) -> str | None:
    """What is wrong with the stored total of some runs; None for nothing."""
    if item is None or not runs:
        return None if item is None and not runs else f"{len(runs)} activities were counted"
    if int(item["counted"]["N"]) != len(runs):
        return f"{len(runs)} activities were counted"
    return _compare_score(rules, item, runs)


def compare_run(
    rules: Rules, item: dict[str, Any] | None, done: Sequence[Run], possible: Mapping[str, Run]
) -> str | None:
    """As `compare_total`, for a board that keeps one run: the stored one is the best of those that are done, or better.

    A batch may have written it and then failed, so it may be each of those that are `possible`.
    """
    if item is None:
        return f"{len(done)} activities were counted" if done else None
    run = possible.get(item["run"]["S"][-36:])
    if run is None:
        return "it was never written"
    if done and model.keep_run(rules, [*done, run]) != run:
        return f"a better one was counted: {model.keep_run(rules, list(done))}"
    return _compare_score(rules, item, [run])


def _compare_score(rules: Rules, item: dict[str, Any], runs: Sequence[Run]) -> str | None:
    columns = tuple(int(column["N"]) for column in item["columns"]["L"])
    wanted = model.score(rules, list(runs))
    # An average is stored as the sum that it is made of.
    raw = tuple(
        sum(run.columns[number] for run in runs) if aggregate == "average" else wanted.columns[number]
        for number, (aggregate, _) in enumerate(rules.columns)
    )
    if columns != raw or int(item["at"]["N"]) != wanted.at or item.get("name", {}).get("S") != wanted.name:
        return f"expected {raw} at {wanted.at} by {wanted.name}"
    if item.get("attached", {"M": {}})["M"].get("note", {}).get("S") != wanted.note:
        return f"expected {wanted.note} to be attached"
    values = item.get("segments", {"M": {}})["M"]
    if (values["country"]["L"][0]["S"] if values else None) != wanted.country:
        return f"expected {wanted.country} for the country"
    return None

"""Makes the `BoardConfig` that a board's functions read, from its spec: rules, columns, windows, limits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from generator.board.sizing import Sizing
from generator.spec import decimals
from generator.spec.board import BoardSpec, make_title
from generator.spec.scoring import FromField, RuleSpec, Scoring
from generator.spec.values_time import to_length_seconds, to_seconds
from generator.spec.windows import Hour, Rolling, SeasonWindow, Week, WindowSpec
from runtime.config import BoardConfig, Column, Limits, Points, Rule, Season, WindowKind

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def make_function_config(spec: BoardSpec, sizing: Sizing) -> BoardConfig:
    """Make what the functions of a board know about it. Limits and milestones are scaled by its decimals."""
    scoring = spec.scoring
    digits = decimals.score_decimals(scoring.aggregate, scoring.decimals, _list_constants(scoring))
    columns = _make_columns(scoring)
    return BoardConfig(
        name=spec.name,
        title=spec.title or make_title(spec.name),
        aggregate=scoring.aggregate,
        ties=scoring.ties,
        decimals=digits,
        columns=columns,
        rules=tuple(_make_rule(scoring, rule) for rule in scoring.rules),
        ignore=tuple(sorted(set(scoring.ignore))),
        windows=tuple(map(_make_window, spec.window)),
        top=spec.top,
        shards=sizing.shards.value,
        max_age_seconds=sizing.cache.value,
        stale_seconds=sizing.snapshot_age.value,
        limits=_make_limits(scoring, digits),
        milestones=tuple(
            sorted(
                (decimals.round_half_even(milestone, digits) for milestone in spec.milestones),
                reverse=columns[0].order == "ascending",
            )
        ),
        drain_seconds=sizing.drain.value,
        processor_seconds=sizing.processor_timeout.value,
        lease_seconds=sizing.lease.value,
    )


def _list_constants(scoring: Scoring) -> Iterator[Decimal]:
    """Every number of points that the rules name."""
    for rule in scoring.rules:
        yield from (value for value in rule.columns.values() if isinstance(value, Decimal))
        if rule.points is not None:
            yield rule.points
        if rule.per:
            yield rule.per.points


def _make_columns(scoring: Scoring) -> tuple[Column, ...]:
    if scoring.rank_by is None:
        return (Column("score", scoring.order),)
    return tuple(Column(column.name, column.order) for column in scoring.rank_by)


def _make_rule(scoring: Scoring, rule: RuleSpec) -> Rule:
    return Rule(
        activity=rule.activity,
        points=tuple(_make_points(scoring, rule, column.name) for column in _make_columns(scoring)),
        when=tuple(
            (field, tuple(values) if isinstance(values, list) else (values,)) for field, values in rule.when.items()
        ),
    )


def _make_points(scoring: Scoring, rule: RuleSpec, column: str) -> Points:
    """What the rule gives one column: always 1 on a board that counts activities."""
    if scoring.aggregate == "count":
        return Points(Decimal(1))
    given = rule.columns.get(column)
    if isinstance(given, FromField):
        return Points(Decimal(0), given.field)
    if given is not None:
        return Points(given)
    constant = rule.points or Decimal(0)
    return Points(constant, rule.per.field, rule.per.points) if rule.per else Points(constant)


def _make_limits(scoring: Scoring, digits: int) -> Limits:
    points = scoring.limits.points
    return Limits(
        min_points=None if points.min is None else decimals.at_least(points.min, digits),
        max_points=None if points.max is None else decimals.at_most(points.max, digits),
        activities_per_minute=scoring.limits.activities_per_minute,
    )


def _make_window(spec: WindowSpec) -> WindowKind:
    if spec.every == "all_time":
        return WindowKind("all_time")
    if isinstance(spec, Hour):
        return WindowKind(
            "hour", grace_seconds=to_seconds(spec.grace), keep=spec.keep, lasts_seconds=_to_lasts_seconds(spec.lasts)
        )
    at_minutes = int(spec.at[:2]) * 60 + int(spec.at[3:])
    if isinstance(spec, Rolling):
        return WindowKind("rolling", spec.timezone, at_minutes, days=spec.days)
    return WindowKind(
        spec.every,
        timezone=spec.timezone,
        at_minutes=at_minutes,
        starts=WEEKDAYS.index(spec.starts) if isinstance(spec, Week) else 0,
        grace_seconds=to_seconds(spec.grace),
        keep=spec.keep,
        seasons=_make_seasons(spec) if isinstance(spec, SeasonWindow) else (),
        lasts_seconds=0 if isinstance(spec, SeasonWindow) else _to_lasts_seconds(spec.lasts),
    )


def _to_lasts_seconds(lasts: str | None) -> int:
    return 0 if lasts is None else to_length_seconds(lasts)


def _make_seasons(spec: SeasonWindow) -> tuple[Season, ...]:
    """The seasons in the order of their dates."""
    seasons = (
        Season(season.name, date.fromisoformat(season.starts), date.fromisoformat(season.ends))
        for season in spec.seasons
    )
    return tuple(sorted(seasons, key=lambda season: season.starts))

"""Makes the `BoardConfig` that a board's functions read, from its spec: rules, columns, windows, limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from generator.aws.rebuilding import LINES_OF_A_CHANGE
from generator.board.sizing import Sizing
from generator.spec.attaching import read_fields
from generator.spec.board import BoardSpec, make_title
from generator.spec.columns import decimals
from generator.spec.columns.decimals import ColumnKeys
from generator.spec.columns.rank_by import RankBy
from generator.spec.columns.reading import decide_unit
from generator.spec.scoring import SCORE, FromField, RuleSpec, Scoring
from generator.spec.segmenting import make_segment
from generator.spec.values_time import to_length_seconds, to_seconds
from generator.spec.windows import Hour, Rolling, SeasonWindow, Week, WindowSpec
from runtime.config import AssemblyConfig, BoardConfig, Column, Limits, Points, Rule, Scalar, Season, WindowKind

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def make_function_config(spec: BoardSpec, sizing: Sizing) -> BoardConfig:
    """Make what the functions of a board know about it. Limits and milestones are scaled as its first column is."""
    scoring = spec.scoring
    columns = _make_columns(scoring)
    digits = columns[0].decimals
    return BoardConfig(
        name=spec.name,
        title=spec.title or make_title(spec.name),
        aggregate=scoring.aggregate,
        ties=scoring.ties,
        columns=columns,
        rules=tuple(_make_rule(columns, rule) for rule in scoring.rules),
        ignore=tuple(sorted(set(scoring.ignore))),
        attach=tuple(each.field for each in read_fields(scoring.attach)),
        search_names=spec.api.search_names,
        segments=tuple(map(make_segment, spec.segments)),
        on_feed=spec.feed is not None,
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
        assembly=_make_assembly(spec, sizing),
    )


def _make_assembly(spec: BoardSpec, sizing: Sizing) -> AssemblyConfig | None:
    if sizing.assembly is None:
        return None
    lines = LINES_OF_A_CHANGE * sizing.assembly.begun.value
    return AssemblyConfig(sizing.assembly.most.value, spec.traffic.players, sizing.assembly.part.value, lines)


def _make_columns(scoring: Scoring) -> tuple[Column, ...]:
    """The columns of `rank_by`, or the one column `score`, each with what it does not say itself from the board."""
    named = scoring.rank_by or [
        RankBy.model_construct(
            name=SCORE, order=scoring.order, title=scoring.title, format=scoring.format, unit=scoring.unit
        )
    ]
    kinds = [column.aggregate or scoring.aggregate for column in named]
    keys = [
        ColumnKeys(
            aggregate=kind,
            decimals=column.decimals,
            has_own=column.aggregate is not None or column.decimals is not None,
            constants=tuple(_list_constants(scoring, column.name)),
        )
        for column, kind in zip(named, kinds, strict=True)
    ]
    digits = decimals.decide_decimals(scoring.decimals, keys)
    return tuple(
        Column(
            name=column.name,
            order=column.order,
            aggregate=kind,
            decimals=places,
            title=column.shown_title,
            format=column.format,
            unit=decide_unit(column.format, column.unit),
        )
        for column, kind, places in zip(named, kinds, digits, strict=True)
    )


def _list_constants(scoring: Scoring, column: str) -> Iterator[Decimal]:
    """Every number of points that the rules name for a column."""
    for rule in scoring.rules:
        if isinstance(given := rule.columns.get(column), Decimal):
            yield given
        if column == SCORE and rule.points is not None:
            yield rule.points
        if column == SCORE and rule.per:
            yield rule.per.points


def _make_rule(columns: Sequence[Column], rule: RuleSpec) -> Rule:
    return Rule(
        activity=rule.activity,
        points=tuple(_make_points(column, rule) for column in columns),
        # Their order means nothing, so that it changes nothing.
        when=tuple((field, tuple(_sort_values(values))) for field, values in sorted(rule.when.items())),
    )


def _sort_values(values: Scalar | list[Scalar]) -> list[Scalar]:
    return sorted(values if isinstance(values, list) else [values], key=lambda value: (type(value).__name__, value))


def _make_points(column: Column, rule: RuleSpec) -> Points:
    """What the rule gives one column: always 1 to one that counts activities."""
    if column.aggregate == "count":
        return Points(Decimal(1))
    given = rule.columns.get(column.name)
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

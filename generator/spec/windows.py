"""The models of `window`: one for each kind."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from generator.diagnostics.suggestions import suggest_choice
from generator.spec.base import Model, Shape, computed, one_or_list
from generator.spec.values import Maybe, SeasonName, value_error
from generator.spec.values_time import Clock, Day, Grace, Length, TimeZone

At = Annotated[Clock, Field(description="The local time of day at which a window starts, in quotes.")]
Zone = Annotated[TimeZone, Field(description="The IANA time zone of the local times, changes of the clock included.")]
Keep = Annotated[
    int,
    Field(
        ge=1,
        le=100,
        description="How many windows that have ended stay readable, the newest first. Older ones are gone: a higher "
        "number brings none of them back.",
    ),
]
Late = Annotated[
    Grace,
    Field(
        description="How long after a window's end an activity of that window may still be written and counts: "
        "0s to 24h.",
        examples=["15m"],
    ),
]


Lasts = Annotated[
    Maybe[Length],
    Field(
        description="How long a window takes activities from its start, if not until the next one starts. Activities "
        "between two windows are rejected. A day is one of the calendar, also where it has 23 or 25 hours.",
        examples=["2d6h"],
        json_schema_extra=computed("until the next window starts"),
    ),
]


class AllTime(Model):
    """A window that never ends."""

    every: Literal["all_time"] = Field(description="The kind of window.")


class Hour(Model):
    """A window for each hour, on the hour in UTC."""

    every: Literal["hour"] = Field(description="The kind of window.")
    lasts: Lasts = None
    keep: Keep = 8
    grace: Late = "5m"


class Daily(Model):
    """A window for each local day, from `at` to the next day's `at`."""

    every: Literal["day"] = Field(description="The kind of window.")
    at: At = "00:00"
    lasts: Lasts = None
    timezone: Zone = "UTC"
    keep: Keep = 8
    grace: Late = "5m"


class Week(Model):
    """A window for each local week, from `at` on the day it `starts`."""

    every: Literal["week"] = Field(description="The kind of window.")
    starts: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = Field(
        default="monday", description="The day on which a week starts."
    )
    at: At = "00:00"
    lasts: Lasts = None
    timezone: Zone = "UTC"
    keep: Keep = 8
    grace: Late = "5m"


class Month(Model):
    """A window for each local month, from `at` on its 1st."""

    every: Literal["month"] = Field(description="The kind of window.")
    at: At = "00:00"
    lasts: Lasts = None
    timezone: Zone = "UTC"
    keep: Keep = 8
    grace: Late = "5m"


class SeasonSpec(Model):
    """A season: from `at` on its first local day to `at` on the day after its last."""

    name: SeasonName = Field(
        description="The season's name, which is its window's id too. Not the name of a kind of window.",
        examples=["spring-2026"],
    )
    starts: Day = Field(description="The first local day of the season.", examples=["2026-03-01"])
    ends: Day = Field(
        description="The local day after the last one: the first that is not in the season.", examples=["2026-06-01"]
    )


class SeasonWindow(Model):
    """A window for each season. An activity between two seasons counts in none of them."""

    every: Literal["season"] = Field(description="The kind of window.")
    seasons: Annotated[list[SeasonSpec], Field(min_length=1, max_length=100)] = Field(
        description="The seasons, in any order. No two may overlap.",
        examples=[[{"name": "spring-2026", "starts": "2026-03-01", "ends": "2026-06-01"}]],
    )
    at: At = "00:00"
    timezone: Zone = "UTC"
    keep: Keep = 8
    grace: Late = "5m"


class Rolling(Model):
    """One window of today and the days before it, which moves on at `at`."""

    every: Literal["rolling"] = Field(description="The kind of window.")
    days: Annotated[int, Field(ge=1, le=90)] = Field(description="How many local days, today included.", examples=[7])
    at: At = "00:00"
    timezone: Zone = "UTC"


_KINDS = ("all_time", "hour", "day", "week", "month", "season", "rolling")


def _make_list(value: Any) -> Any:
    if isinstance(value, str | int | Decimal):
        meant = suggest_choice(value, _KINDS) if isinstance(value, str) else None
        hint = f"Write `window: {{every: {meant or 'week'}}}`."
        raise value_error("type", "must be a window, or a list of windows", hint)
    return [value] if isinstance(value, dict) else value


WindowSpec = Annotated[AllTime | Hour | Daily | Week | Month | SeasonWindow | Rolling, Field(discriminator="every")]
Windows = Annotated[list[WindowSpec], BeforeValidator(_make_list), Field(min_length=1), Shape(one_or_list)]

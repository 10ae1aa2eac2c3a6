"""The models of `window`: one for each kind."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from generator.model import Model
from generator.values import Clock, Day, Grace, SeasonName, TimeZone, wrong

Keep = Annotated[int, Field(ge=1, le=100)]


class AllTime(Model):
    """A window that never ends."""

    every: Literal["all_time"]


class Hour(Model):
    """A window for each hour, on the hour in UTC."""

    every: Literal["hour"]
    keep: Keep = 8
    grace: Grace = "5m"


class Daily(Model):
    """A window for each local day, from `at` to the next day's `at`."""

    every: Literal["day"]
    at: Clock = "00:00"
    timezone: TimeZone = "UTC"
    keep: Keep = 8
    grace: Grace = "5m"


class Week(Model):
    """A window for each local week, from `at` on the day it `starts`."""

    every: Literal["week"]
    starts: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    at: Clock = "00:00"
    timezone: TimeZone = "UTC"
    keep: Keep = 8
    grace: Grace = "5m"


class Month(Model):
    """A window for each local month, from `at` on its 1st."""

    every: Literal["month"]
    at: Clock = "00:00"
    timezone: TimeZone = "UTC"
    keep: Keep = 8
    grace: Grace = "5m"


class SeasonSpec(Model):
    """A season: from `at` on its first local day to `at` on the day after its last."""

    name: SeasonName = Field(examples=["spring-2026"])
    starts: Day = Field(examples=["2026-03-01"])
    ends: Day = Field(examples=["2026-06-01"])


class SeasonWindow(Model):
    """A window for each season; what is played between two counts in none."""

    every: Literal["season"]
    seasons: Annotated[list[SeasonSpec], Field(min_length=1, max_length=100)] = Field(
        examples=["[{name: spring-2026, starts: 2026-03-01, ends: 2026-06-01}]"]
    )
    at: Clock = "00:00"
    timezone: TimeZone = "UTC"
    keep: Keep = 8
    grace: Grace = "5m"


class Rolling(Model):
    """One window of today and the days before it, which moves on at `at`."""

    every: Literal["rolling"]
    days: Annotated[int, Field(ge=1, le=90)] = Field(examples=[7])
    at: Clock = "00:00"
    timezone: TimeZone = "UTC"


def _listed(value: Any) -> Any:
    if isinstance(value, str | int | Decimal):
        raise wrong("type", "must be a window, or a list of windows", "Write `window: {every: week}`.")
    return [value] if isinstance(value, dict) else value


WindowSpec = Annotated[AllTime | Hour | Daily | Week | Month | SeasonWindow | Rolling, Field(discriminator="every")]
Windows = Annotated[list[WindowSpec], BeforeValidator(_listed), Field(min_length=1)]

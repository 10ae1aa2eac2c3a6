"""The time zone that was probably meant: always one that exists, and an offset is one that the zone has."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.diagnostics import zones
from generator.diagnostics.zones import advise_on_zone, suggest_zones
from generator.spec.values_time import zone_names
from tests.support.effort import examples

NOBODY = 'Write an IANA name such as "Europe/Berlin".'


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Tokyo", ("Asia/Tokyo",)),
        ("Kolkatta", ("Asia/Kolkata",)),
        ("los angeles", ("America/Los_Angeles",)),
        ("America/NewYork", ("America/New_York",)),
        ("america/argentina/buenos_aires", ("America/Argentina/Buenos_Aires",)),
        ("utc", ("UTC",)),
        ("est", ("America/New_York",)),
        ("Pacific Standard Time", ("America/Los_Angeles",)),
        ("CEST", ("Europe/Berlin", "Europe/Paris")),
        ("IST", ("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin")),
        ("Brazil", ("America/Sao_Paulo", "America/Fortaleza", "America/Manaus")),
        ("brasil", ("America/Sao_Paulo", "America/Fortaleza", "America/Manaus")),
        ("Germnay", ("Europe/Berlin",)),
        ("South Korea", ("Asia/Seoul",)),
        ("Korea", ("Asia/Seoul",)),
        ("burma", ("Asia/Yangon",)),
        ("UK", ("Europe/London",)),
        ("jp", ("Asia/Tokyo",)),
        ("japan", ("Asia/Tokyo",)),
        ("Mumbai", ("Asia/Kolkata",)),
        ("Munich", ("Europe/Berlin",)),
        ("Europe/Munich", ("Europe/Berlin",)),
        ("America/Brasilia", ("America/Sao_Paulo",)),
        ("Europe/Germany", ("Europe/Berlin",)),
        ("America/Los Angelos", ("America/Los_Angeles",)),
        ("Europe/Tokyo", ("Asia/Tokyo",)),
        ("LA", ("America/Los_Angeles",)),
        ("nyc", ("America/New_York",)),
        ("Wien", ("Europe/Vienna",)),
        ("east", ()),
        ("localtime", ()),
        ("Mars/Olympus", ()),
        ("", ()),
        ("x" * 100_000, ()),
    ],
)
def test_the_zones_that_were_meant(text: str, meant: tuple[str, ...]) -> None:
    assert suggest_zones(text, zone_names()) == meant


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("UTC+3", 'It is an offset: "Europe/Istanbul" has it all year.'),
        ("GMT-3", 'It is an offset: "America/Sao_Paulo" has it all year.'),
        ("gmt\N{MINUS SIGN}3", 'It is an offset: "America/Sao_Paulo" has it all year.'),
        ("+01:00", 'It is an offset: "Africa/Lagos" has it all year and "Europe/Berlin" outside summer time.'),
        ("UTC-0330", 'It is an offset: "America/St_Johns" has it outside summer time.'),
        ("UTC+25", 'It is an offset that no zone has. Write an IANA name such as "Europe/Berlin".'),
        ("Brazil", 'Did you mean "America/Sao_Paulo", "America/Fortaleza" or "America/Manaus"?'),
        ("Olympus Mons", NOBODY),
    ],
)
def test_the_advice(text: str, advice: str) -> None:
    assert advise_on_zone(text, zone_names()) == advice


def test_every_country_has_zones_that_exist() -> None:
    countries = zones._by_country()
    assert len(countries) > 450  # names and codes of some 240
    for found in (*countries.values(), *zones._OTHER_NAMES.values()):
        assert found
        assert {*found} <= {*zone_names(), "UTC"}


def test_each_zone_has_its_offset() -> None:
    months = [datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 13)]
    for minutes, (all_year, standard) in zones._OFFSETS.items():
        assert all_year or standard
        for name, number in ((all_year, 1), (standard, 2)):
            offsets = {month.astimezone(ZoneInfo(name)).utcoffset() for month in months} if name else set()
            found = sorted(offset for offset in offsets if offset is not None)
            assert not name or (found[0], len(found)) == (timedelta(minutes=minutes), number), name


@examples(300)
@given(st.one_of(st.text(max_size=30), st.text("utcgm+-:0123456789 ", max_size=10), st.sampled_from(zone_names())))
def test_whatever_is_suggested_exists(text: str) -> None:
    for zone in re.findall('"([^"]+)"', advise_on_zone(text, zone_names())):
        assert zone in (*zone_names(), "UTC")

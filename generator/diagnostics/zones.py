"""Guesses which time zone a person meant: by a city, a country, an abbreviation, an offset or a misspelt name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from generator.diagnostics.nearest import KnownNames, nearest
from generator.diagnostics.wording import join_words

_LONGEST = 100
"""Characters of the longest text that a guess is made for."""

_SHORTEST_CITY = 5
"""Letters of the shortest word that is compared with cities and countries: shorter ones are like too many of them."""

_NO_PLACE = ("local", "localtime", "system", "default")
"""Words that mean the machine's own zone; never match them to a city."""

_OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    word: zones
    for zones, words in {
        ("UTC", "Europe/London"): ("gmt",),
        ("America/New_York",): (
            "et",
            "est",
            "edt",
            "eastern",
            "nyc",
            "new york city",
            "boston",
            "washington",
            "miami",
            "florida",
        ),
        ("America/Chicago",): ("ct", "cdt", "central", "texas", "dallas", "houston"),
        ("America/Denver",): ("mt", "mst", "mdt", "mountain", "colorado"),
        ("America/Los_Angeles",): (
            *("pt", "pst", "pdt", "pacific", "california", "la", "san francisco", "sf", "seattle"),
        ),
        ("America/Anchorage",): ("akst", "akdt"),
        ("America/Halifax",): ("ast", "adt", "atlantic"),
        ("America/St_Johns",): ("ndt",),
        ("America/Sao_Paulo",): ("brt", "brasilia", "rio de janeiro", "rio"),
        ("America/Argentina/Buenos_Aires",): ("art",),
        ("America/Santiago",): ("clt", "clst"),
        ("America/Bogota",): ("cot",),
        ("America/Lima",): ("pet",),
        ("America/Chicago", "Asia/Shanghai"): ("cst",),
        ("Pacific/Honolulu",): ("hst", "hawaii"),
        ("Europe/London",): ("bst",),
        ("Europe/Lisbon",): ("wet", "west", "lisboa"),
        ("Europe/Berlin", "Europe/Paris"): ("cet", "cest", "mez", "mesz", "central european"),
        ("Europe/Berlin",): ("munich", "münchen", "hamburg", "frankfurt", "cologne", "köln"),
        ("Europe/Vienna",): ("wien",),
        ("Europe/Prague",): ("praha",),
        ("Europe/Warsaw",): ("warszawa", "kraków", "łódź"),
        ("Europe/Madrid",): ("barcelona",),
        ("Europe/Rome",): ("roma", "milan", "milano"),
        ("Europe/Zurich",): ("geneva",),
        ("Europe/Athens", "Europe/Helsinki"): ("eet", "eest"),
        ("Europe/Moscow",): ("msk", "moskva"),
        ("Europe/Istanbul",): ("trt",),
        ("Africa/Lagos",): ("wat",),
        ("Africa/Maputo",): ("cat",),
        ("Africa/Nairobi",): ("eat",),
        ("Africa/Johannesburg",): ("sast", "cape town"),
        ("Asia/Dubai",): ("gst", "abu dhabi"),
        ("Asia/Kolkata",): ("mumbai", "delhi", "new delhi", "bangalore", "bengaluru"),
        ("Asia/Shanghai",): ("beijing", "shenzhen", "guangzhou"),
        ("Asia/Karachi",): ("pkt",),
        ("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"): ("ist",),
        ("Asia/Bangkok",): ("ict",),
        ("Asia/Jakarta",): ("wib",),
        ("Asia/Singapore",): ("sgt",),
        ("Asia/Hong_Kong",): ("hkt",),
        ("Asia/Manila",): ("pht",),
        ("Asia/Tokyo",): ("jst", "osaka", "kyoto"),
        ("Asia/Seoul",): ("kst",),
        ("Australia/Perth",): ("awst",),
        ("Australia/Adelaide",): ("acst", "acdt"),
        ("Australia/Sydney", "Australia/Brisbane"): ("aest",),
        ("Australia/Sydney",): ("aedt",),
        ("Pacific/Auckland",): ("nzst", "nzdt"),
    }.items()
    for word in words
}
"""The zones of abbreviations, of regions, and of large cities that no zone is called after."""

_OLD_AREAS = ("", "brazil", "canada", "chile", "etc", "mexico", "us")
"""Areas whose zones are older names of others: `Brazil/East` is not what "East" means."""

_SIMILAR = 0.8
"""Least similarity (difflib's ratio) of a word with a city or a country: at 0.7, Munich would be Zurich."""

_MOST_PEOPLE: Mapping[str, tuple[str, ...]] = {
    "AU": ("Australia/Sydney", "Australia/Brisbane", "Australia/Adelaide", "Australia/Perth"),
    "BR": ("America/Sao_Paulo", "America/Fortaleza", "America/Manaus"),
    "CA": ("America/Toronto", "America/Winnipeg", "America/Edmonton", "America/Vancouver"),
    "ID": ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"),
    "MX": ("America/Mexico_City", "America/Tijuana", "America/Cancun"),
    "RU": ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Asia/Vladivostok"),
    "UA": ("Europe/Kyiv",),
    "US": ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    "UZ": ("Asia/Tashkent",),
}
"""The zones that most people of a country live in, where that is not the first one that `zone.tab` lists."""

_COUNTRIES: Mapping[str, str] = {
    name: code
    for code, names in {
        "AE": ("uae", "emirates"),
        "AT": ("oesterreich", "österreich"),
        "BR": ("brasil",),
        "CH": ("schweiz", "suisse"),
        "CI": ("ivory coast",),
        "CZ": ("czechia",),
        "DE": ("deutschland",),
        "ES": ("espana", "españa"),
        "GB": ("uk", "great britain", "united kingdom", "england", "scotland", "wales"),
        "IT": ("italia",),
        "KR": ("korea",),
        "MX": ("méxico",),
        "NL": ("holland",),
        "PL": ("polska",),
        "TR": ("türkiye", "turkiye"),
        "US": ("usa", "u.s.", "u.s.a.", "america", "united states of america"),
    }.items()
    for name in names
}
"""Names of countries beside those in the tzdata package, and their ISO 3166 codes."""

_OFFSETS: Mapping[int, tuple[str, str]] = {
    -720: ("Etc/GMT+12", ""),
    -660: ("Pacific/Pago_Pago", ""),
    -600: ("Pacific/Honolulu", ""),
    -570: ("Pacific/Marquesas", ""),
    -540: ("Pacific/Gambier", "America/Anchorage"),
    -480: ("Pacific/Pitcairn", "America/Los_Angeles"),
    -420: ("America/Phoenix", "America/Denver"),
    -360: ("America/Mexico_City", "America/Chicago"),
    -300: ("America/Bogota", "America/New_York"),
    -240: ("America/Manaus", "America/Halifax"),
    -210: ("", "America/St_Johns"),
    -180: ("America/Sao_Paulo", ""),
    -120: ("America/Noronha", ""),
    -60: ("Atlantic/Cape_Verde", "Atlantic/Azores"),
    0: ("UTC", "Europe/London"),
    60: ("Africa/Lagos", "Europe/Berlin"),
    120: ("Africa/Johannesburg", "Europe/Athens"),
    180: ("Europe/Istanbul", ""),
    210: ("Asia/Tehran", ""),
    240: ("Asia/Dubai", ""),
    270: ("Asia/Kabul", ""),
    300: ("Asia/Karachi", ""),
    330: ("Asia/Kolkata", ""),
    345: ("Asia/Kathmandu", ""),
    360: ("Asia/Dhaka", ""),
    390: ("Asia/Yangon", ""),
    420: ("Asia/Bangkok", ""),
    480: ("Asia/Singapore", ""),
    525: ("Australia/Eucla", ""),
    540: ("Asia/Tokyo", ""),
    570: ("Australia/Darwin", "Australia/Adelaide"),
    600: ("Australia/Brisbane", "Australia/Sydney"),
    630: ("", "Australia/Lord_Howe"),
    660: ("Pacific/Guadalcanal", ""),
    720: ("Pacific/Fiji", "Pacific/Auckland"),
    765: ("", "Pacific/Chatham"),
    780: ("Pacific/Tongatapu", ""),
    840: ("Pacific/Kiritimati", ""),
}
"""By minutes ahead of UTC: a zone that has this offset all year, and a well-known one that has it without summer time;
empty where there is none. A test holds it against the tzdata package."""


def advise_on_zone(value: str, zones: tuple[str, ...]) -> str:
    """Say which time zone was probably meant by a wrong one. `zones`: the names of all zones."""
    if offset := _describe_offset(value):
        return offset
    if meant := suggest_zones(value, zones):
        quoted = [f'"{zone}"' for zone in meant]
        return f"Did you mean {join_words(quoted)}?"
    return 'Write an IANA name such as "Europe/Berlin".'


def suggest_zones(value: str, zones: tuple[str, ...]) -> tuple[str, ...]:
    """Guess the time zones that were meant, the likeliest first; empty if none is similar."""
    if len(value) > _LONGEST:
        return ()
    word = re.sub("[ _]+(standard |daylight )?(time|zone|timezone)$", "", value.strip().lower().replace("_", " "))
    if word in ("utc", "z", "zulu"):
        return ("UTC",)
    if word in _OTHER_NAMES:
        return _OTHER_NAMES[word]
    cities, areas, all_zones = _by_city_and_area(zones)
    area, _, city = word.replace(" ", "_").rpartition("/")
    if area:
        if zone := all_zones.nearest(f"{area}/{city}"):
            return (zone,)
        place = city.replace("_", " ")
        if known := _OTHER_NAMES.get(place) or _by_country().get(place):  # Europe/Munich, America/Brazil
            return known
        zone = cities.get(city) or nearest(f"{area}/{city}", areas.get(area, ()))
        return (zone,) if zone else ()
    if city in cities:
        return (cities[city],)
    if word in _by_country():
        return _by_country()[word]
    if len(word) < _SHORTEST_CITY or word in _NO_PLACE:
        return ()
    places = {**{name.replace("_", " "): (zone,) for name, zone in cities.items()}, **_OTHER_NAMES, **_by_country()}
    near = nearest(word, tuple(places), _SIMILAR)
    return places[near] if near else ()


def _describe_offset(value: str) -> str:
    """Say which zones have the offset that stands in place of a zone; empty if it is no offset."""
    match = re.fullmatch(r"(?:utc|gmt)? *([-+\u2212]) *([0-9]{1,2})(?::?([0-9]{2}))?", value.strip().lower())
    if not match:
        return ""
    minutes = (60 * int(match[2]) + int(match[3] or 0)) * (1 if match[1] == "+" else -1)
    all_year, standard = _OFFSETS.get(minutes, ("", ""))
    parts = [f'"{all_year}" has it all year'] if all_year else []
    parts += [f'"{standard}" {"has it " * (not all_year)}outside summer time'] if standard else []
    if not parts:
        return 'It is an offset that no zone has. Write an IANA name such as "Europe/Berlin".'
    return f"It is an offset: {join_words(parts, 'and')}."


@cache
def _by_city_and_area(zones: tuple[str, ...]) -> tuple[dict[str, str], dict[str, tuple[str, ...]], KnownNames]:
    cities: dict[str, str] = {}
    areas: dict[str, tuple[str, ...]] = {}
    for name in zones:
        area, _, city = name.lower().rpartition("/")
        if area not in _OLD_AREAS:
            cities.setdefault(city, name)
        areas[area] = (*areas.get(area, ()), name)
    return cities, areas, KnownNames(zones)


@cache
def _by_country() -> Mapping[str, tuple[str, ...]]:
    """The zones of countries, by name and by ISO 3166 code in lower case, from the tables of the tzdata package."""
    import tzdata

    folder = Path(tzdata.__path__[0], "zoneinfo")
    found: dict[str, tuple[str, ...]] = {}
    for code, zone in _read_table(folder / "zone.tab", 0, 2):
        found.setdefault(code.lower(), _MOST_PEOPLE.get(code, (zone,)))
    names = [(name.lower(), code) for code, name in _read_table(folder / "iso3166.tab", 0, 1)]
    for name, code in (*_COUNTRIES.items(), *names):
        if zones := found.get(code.lower()):
            # "Korea (South)" is also written "South Korea", and "Myanmar (Burma)" by either name.
            plain, _, more = name.rstrip(")").partition(" (")
            for spelling in {name, plain, more, f"{more} {plain}".strip()} - {""}:
                found.setdefault(spelling, zones)
    return found


def _read_table(file: Path, *columns: int) -> list[list[str]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [[row[column] for column in columns] for row in rows]
